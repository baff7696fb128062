"""故障報告書兼対応記録 as PDF: A4, the boxes for the stamps, what was told and done, photos."""

from collections.abc import Iterator, Sequence
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    Image,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from service.core.i18n.catalogue import translate
from service.core.i18n.dates import jst, tokyo_day
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.core.paper_font import FONT, font, printable
from service.faults.approval_desk import Round
from service.faults.approval_domain import APPROVAL_ROLE_LABELS, RequestState
from service.faults.dossier import Dossier, EntryKind
from service.faults.paper_content import TITLE, Paper, seals, told
from service.faults.vocabulary import ApprovalRole, Decision
from service.faults.wording import DECISION_LABELS, LABELS

MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
RULE, GROUND = HexColor("#5a5a5c"), HexColor("#eef0f7")
BOX = 19 * mm
PHOTO = (WIDTH / 2 - 3 * mm, 58 * mm)
_NOTHING = "–"


def _style(size: float, *, space: float = 0, align: int = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"case-{size}-{space}-{align}",
        fontName=FONT,
        fontSize=size,
        leading=size * 1.45,
        wordWrap="CJK",
        spaceBefore=space,
        alignment=align,
    )


HEAD, SECTION, BODY, SMALL = _style(16), _style(11, space=9), _style(9), _style(7.5)
CENTRED = _style(8, align=1)


def _words(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    lines = (escape(printable(line)[0]) for line in text.splitlines())
    return Paragraph("<br/>".join(lines), style)


def as_pdf(paper: Paper, locale: Locale) -> bytes:
    font()
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 4 * mm,
        title=f"{translate(TITLE, locale)} {paper.case.case_no}",
        author=paper.city,
        invariant=1,
    )
    foot = _foot(paper, locale)

    def paint(canvas: Canvas, page: Any) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 7)
        canvas.drawString(MARGIN, 10 * mm, foot)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, f"{paper.case.case_no}　{page.page}")
        canvas.restoreState()

    document.build(list(_parts(paper, locale)), onFirstPage=paint, onLaterPages=paint)
    return out.getvalue()


def _foot(paper: Paper, locale: Locale) -> str:
    told = translate(N_("下水簿 %(moment)s 出力"), locale, moment=jst(paper.printed_at, locale))
    if paper.round is None:
        return told
    digest = paper.round.request.content_hash.hex()[:16]
    told += " " + translate(N_("決裁内容 SHA-256 %(digest)s"), locale, digest=digest)
    if not paper.round.is_intact:
        told += " " + translate(N_("（決裁のあとで内容が変わっています）"), locale)
    return told


def _parts(paper: Paper, locale: Locale) -> Iterator[Flowable]:
    head = [[_words(paper.city, BODY)], [_words(translate(TITLE, locale), HEAD)]]
    roles = _roles(paper.round)
    width = BOX * len(roles)
    yield Table(
        [[Table(head, [WIDTH - width - 4 * mm]), _boxes(paper.round, roles, locale)]],
        [WIDTH - width, width],
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ]
        ),
    )
    yield from _readers(paper.round, locale)
    yield Spacer(1, 4 * mm)
    yield _facts(paper, locale)
    yield _words(translate(N_("報告"), locale), SECTION)
    yield from _reports(paper.dossier, locale)
    yield _words(translate(N_("対応"), locale), SECTION)
    yield from _responses(paper.dossier, locale)
    if paper.photos:
        yield KeepTogether([_words(translate(N_("写真"), locale), SECTION), _photos(paper.photos)])


def _roles(round_: Round | None) -> list[ApprovalRole]:
    """Of the round; without one all, from the director down, to be stamped by hand."""
    if round_ is None:
        return list(reversed(ApprovalRole))
    return [ApprovalRole(role) for role in round_.request.steps]


def _boxes(round_: Round | None, roles: list[ApprovalRole], locale: Locale) -> Table:
    """決裁欄: each role with its stamp."""
    stamps = seals(round_)
    names = [_words(translate(APPROVAL_ROLE_LABELS[role], locale), CENTRED) for role in roles]
    signed = [_stamp(stamps.get(role.value), locale) for role in roles]
    table = Table([names, signed], [BOX] * len(roles), [6 * mm, BOX], hAlign="RIGHT")
    grid = [
        ("GRID", (0, 0), (-1, -1), 0.7, RULE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 1),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1),
    ]
    table.setStyle(TableStyle(grid))
    return table


def _readers(round_: Round | None, locale: Locale) -> Iterator[Flowable]:
    """供覧: who has read what was decided, and who has not yet."""
    if round_ is None or round_.request.state != RequestState.APPROVED:
        return
    seen = {row["role"]: row for row in round_.stamps if row["decision"] == Decision.CIRCULATED}
    told = []
    for role in map(ApprovalRole, round_.request.circulate):
        row = seen.get(role.value)
        who = (
            f"{row['name']} {jst(row['decided_at'], locale)}"
            if row
            else translate(N_("未"), locale)
        )
        told.append(f"{translate(APPROVAL_ROLE_LABELS[role], locale)} {who}")
    if told:
        yield _words(f"{translate(N_('供覧'), locale)}　{'　'.join(told)}", SMALL)


def _stamp(stamp: Any, locale: Locale) -> Paragraph | str:
    if stamp is None:
        return ""
    decision = translate(DECISION_LABELS[stamp["decision"]], locale)
    day = tokyo_day(stamp["decided_at"])
    return _words(f"{stamp['name']}\n{decision}\n{day.month}/{day.day}", CENTRED)


def _facts(paper: Paper, locale: Locale) -> Table:
    rows = [
        [_words(translate(label, locale), SMALL), _words(value or _NOTHING)]
        for label, value in told(paper, locale)
    ]
    halves = [[*rows[at], *rows[at + 1]] for at in range(0, len(rows) - 1, 2)]
    narrow, wide = 24 * mm, WIDTH / 2 - 24 * mm
    lines = [
        ("GRID", (0, 0), (-1, -1), 0.5, RULE),
        ("BACKGROUND", (0, 0), (0, -1), GROUND),
        ("BACKGROUND", (2, 0), (2, -1), GROUND),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    return Table(halves, [narrow, wide, narrow, wide], style=TableStyle(lines))


def _reports(dossier: Dossier, locale: Locale) -> Iterator[Flowable]:
    for entry in reversed(dossier.entries):
        if entry.kind is not EntryKind.REPORT:
            continue
        row = entry.row
        who = " ".join(filter(None, (row.company_name, row.reporter_name)))
        head = _words(f"{row.report_no}　{jst(row.received_at, locale)}　{who}", SMALL)
        texts = [_words(row.body)] if row.body else []
        if row.temporary_action:
            told = translate(N_("応急処置: %(told)s"), locale, told=row.temporary_action)
            texts.append(_words(told))
        yield KeepTogether([head, *texts, Spacer(1, 2 * mm)])


def _responses(dossier: Dossier, locale: Locale) -> Iterator[Flowable]:
    shown = [row for row in reversed(dossier.responses) if not row.corrected_by_seq]
    if not shown:
        yield _words(translate(N_("対応の記録はありません。"), locale))
    for row in shown:
        yield KeepTogether([*_response(row, locale), Spacer(1, 2 * mm)])


def _response(row: Any, locale: Locale) -> Iterator[Flowable]:
    head = [
        translate(LABELS["response_kind"][row.kind], locale),
        translate(LABELS["action_code"][row.action_code], locale),
        jst(row.started_at or row.created_at, locale),
        row.actor_name,
    ]
    if row.cost_yen is not None:
        head.append(translate(N_("%(yen)s 円"), locale, yen=f"{row.cost_yen:,}"))
    if row.expenditure_class:
        head.append(translate(LABELS["expenditure_class"][row.expenditure_class], locale))
    if row.contract_ref:
        head.append(translate(N_("契約番号 %(ref)s"), locale, ref=row.contract_ref))
    yield _words("　".join(head), SMALL)
    yield _words(row.description)
    for label, text in (
        (N_("再発防止: %(told)s"), row.prevention),
        (N_("水平展開: %(told)s"), row.rollout),
    ):
        if text:
            yield _words(translate(label, locale, told=text))


def _photos(photos: Sequence[tuple[str, bytes]]) -> Table:
    cells = [[_fitted(content), _words(shows, SMALL)] for shows, content in photos]
    pairs = [cells[at : at + 2] for at in range(0, len(cells), 2)]
    rows = [[*pair, *[""] * (2 - len(pair))] for pair in pairs]
    return Table(rows, [WIDTH / 2] * 2, style=TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))


def _fitted(content: bytes) -> Image:
    width, height = ImageReader(BytesIO(content)).getSize()
    scale = min(PHOTO[0] / width, PHOTO[1] / height)
    return Image(BytesIO(content), width * scale, height * scale)
