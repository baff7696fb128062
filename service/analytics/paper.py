"""A report on paper: A4 across, what it says first, then drawing, table, quality and conditions."""

from collections.abc import Iterator
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from service.analytics.figure import svg
from service.analytics.paper_figure import PaperFigure
from service.analytics.report import GRADE_LABELS, Column, Grade, Report, Value
from service.core.clock import JST
from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.core.paper_font import FONT, font, printable

PAGE = landscape(A4)
MARGIN = 12 * mm
WIDTH = PAGE[0] - 2 * MARGIN
MOST_ROWS = 500
INK, RULE, GROUND = HexColor("#1a1a1c"), HexColor("#b4b4b6"), HexColor("#eef0f7")
# In points: what a column of words takes at most, and what lies between two columns.
WIDEST_WORDS, GAP = 96.0, 6.0
SHORTENED = N_(
    "全%(all)s行のうち、はじめの%(shown)s行です。すべての行はExcelまたはCSVで書き出せます。"
)
WATERMARK = N_("参考値")
FINDINGS = N_("読み取れること")
READING = N_("表の読み方")
CONDITIONS = N_("条件")
QUALITY = N_("データ品質")
GRADE = N_("データの等級")


def _style(size: float, *, space: float = 0, align: int = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}-{space}-{align}",
        fontName=FONT,
        fontSize=size,
        leading=size * 1.4,
        textColor=INK,
        wordWrap="CJK",
        spaceBefore=space,
        alignment=align,
    )


TITLE, HEAD, BODY, SMALL = _style(15), _style(10, space=8), _style(8.5), _style(7)
CELL, FIGURES = _style(6.5), _style(6.5, align=2)


def as_pdf(report: Report, locale: Locale) -> bytes:
    """The same report is the same file, byte for byte."""
    font()
    out = BytesIO()
    title = translate(report.title, locale)
    document = SimpleDocTemplate(
        out,
        pagesize=PAGE,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 4 * mm,
        title=title,
        subject=report.snapshot.id,
        invariant=1,
    )
    paint = _Painter(report, locale)
    document.build(list(_parts(report, locale)), onFirstPage=paint, onLaterPages=paint)
    return out.getvalue()


class _Painter:
    """Foot of every page, and the watermark of a report that is not to be trusted."""

    def __init__(self, report: Report, locale: Locale) -> None:
        taken = report.snapshot.taken_at.astimezone(JST)
        self.foot = (
            f"{translate(report.title, locale)}　{taken:%Y-%m-%d %H:%M} {report.snapshot.id}"
        )
        is_rough = report.quality.grade is Grade.C
        self.mark = translate(WATERMARK, locale) if is_rough else ""

    def __call__(self, canvas: Canvas, document: Any) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 7)
        canvas.drawString(MARGIN, 8 * mm, self.foot)
        canvas.drawRightString(PAGE[0] - MARGIN, 8 * mm, f"{document.page}")
        if self.mark:
            canvas.setFillColor(HexColor("#b45309"), alpha=0.18)
            canvas.translate(PAGE[0] / 2, PAGE[1] / 2)
            canvas.rotate(30)
            canvas.setFont(FONT, 90)
            canvas.drawCentredString(0, -30, self.mark)
        canvas.restoreState()


def _words(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(printable(text)[0]), style)


def _parts(report: Report, locale: Locale) -> Iterator[Flowable]:
    yield _words(translate(report.title, locale), TITLE)
    if report.empty:
        yield _words(translate(report.empty, locale), BODY)
    if report.findings:
        yield _words(translate(FINDINGS, locale), HEAD)
        yield from (_words(f"・{one.words(locale)}", BODY) for one in report.findings)
    if report.figure is not None:
        yield Spacer(1, 3 * mm)
        yield PaperFigure(svg(report.figure, report.title, locale), WIDTH * 0.72)
    if report.rows:
        yield Spacer(1, 3 * mm)
        yield _table(report, locale)
        if len(report.rows) > MOST_ROWS:
            told = {"all": f"{len(report.rows):,}", "shown": f"{MOST_ROWS:,}"}
            yield _words(translate(SHORTENED, locale) % told, SMALL)
    yield from _boxes(report, locale)


def _boxes(report: Report, locale: Locale) -> Iterator[Flowable]:
    if report.notes:
        yield _words(translate(READING, locale), HEAD)
        yield from (_words(f"・{translate(note, locale)}", SMALL) for note in report.notes)
    yield _words(translate(QUALITY, locale), HEAD)
    grade = translate(GRADE_LABELS[report.quality.grade], locale)
    yield _words(f"{translate(GRADE, locale)}: {grade}", SMALL)
    yield from (_words(f"・{translate(text, locale)}", SMALL) for text in report.quality.warnings)
    facts = [
        f"{translate(fact.label, locale)} {fact.value_in(locale)}"
        f" {translate(fact.unit, locale) if fact.unit else ''}".rstrip()
        for fact in report.quality.facts
    ]
    yield _words("　/　".join(facts), SMALL)
    yield _words(translate(CONDITIONS, locale), HEAD)
    stated = [
        f"{translate(fact.label, locale)} {fact.value_in(locale)}"
        f" {translate(fact.unit, locale) if fact.unit else ''}".rstrip()
        for fact in report.conditions
    ]
    yield _words("　/　".join(stated), SMALL)


def _table(report: Report, locale: Locale) -> LongTable:
    columns = [column for column in report.columns if not column.is_detail]
    head = [_words(column.heading(locale), CELL) for column in columns]
    rows = [_cells(columns, row, locale) for row in report.rows[:MOST_ROWS]]
    total = [_cells(columns, report.total, locale)] if report.total else []
    widths = _widths(columns, report, locale)
    style = [
        ("BACKGROUND", (0, 0), (-1, 0), GROUND),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    if total:
        style.append(("BACKGROUND", (0, -1), (-1, -1), GROUND))
    return LongTable(
        [head, *rows, *total], widths, repeatRows=1, hAlign="LEFT", style=TableStyle(style)
    )


def _widths(columns: list[Column], report: Report, locale: Locale) -> list[float]:
    """As much as the longest cell takes, the longest words broken; never wider than the page."""
    letters = font()
    rows = [*report.rows[:MOST_ROWS], *([report.total] if report.total else [])]
    needed = []
    for column in columns:
        head = letters.stringWidth(column.heading(locale), CELL.fontSize) / 3
        cells = [_shown(column, row.get(column.key), locale) for row in rows]
        longest = max(letters.stringWidth(text, CELL.fontSize) for text in cells)
        needed.append(max(head, min(longest, WIDEST_WORDS)) + GAP)
    return [width * min(1.6, WIDTH / sum(needed)) for width in needed]


def _cells(columns: list[Column], row: dict[str, Value], locale: Locale) -> list[Paragraph]:
    return [
        _words(_shown(column, row.get(column.key), locale), CELL if column.is_text else FIGURES)
        for column in columns
    ]


def _shown(column: Column, value: Value, locale: Locale) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        return translate(value, locale)
    if isinstance(value, float) and column.digits is not None:
        return f"{value:,.{column.digits}f}"
    return f"{value:,}" if isinstance(value, int | float) else value.isoformat()
