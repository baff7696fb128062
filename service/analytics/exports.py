"""A report as a file: the figures of the screen, its conditions and its data quality."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any

from service.analytics.figure import svg
from service.analytics.report import GRADE_LABELS, Column, Fact, Report, Value
from service.core.clock import JST
from service.core.errors import NotFound
from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_


class NoFigure(NotFound):
    code = "no-figure"
    message = N_("この集計には図がありません。")


class ExportFormat(StrEnum):
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    SVG = "svg"
    PDF = "pdf"


MEDIA_TYPES = {
    ExportFormat.JSON: "application/json",
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.SVG: "image/svg+xml",
    ExportFormat.PDF: "application/pdf",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CONDITIONS = N_("条件")
QUALITY = N_("データ品質")
GRADE = N_("データの等級")
NOTE = N_("注記")
FINDING = N_("読み取れること")
# A spreadsheet takes a cell that begins so for a formula and would run it.
A4 = 9  # the number of the paper in the format
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export(report: Report, form: ExportFormat, locale: Locale) -> bytes:
    if form is ExportFormat.PDF:
        from service.analytics.paper import as_pdf  # noqa: PLC0415  # 0.2 s that only paper needs

        return as_pdf(report, locale)
    makers = {
        ExportFormat.JSON: as_json,
        ExportFormat.CSV: as_csv,
        ExportFormat.XLSX: as_xlsx,
        ExportFormat.SVG: as_svg,
    }
    return makers[form](report, locale)


def as_svg(report: Report, locale: Locale) -> bytes:
    """The drawing of the report.

    Raises:
        NoFigure: when there is nothing to draw.
    """
    if report.figure is None:
        raise NoFigure
    return svg(report.figure, report.title, locale).encode()


def file_name(report: Report, form: ExportFormat) -> str:
    return f"{report.name}_{report.snapshot.taken_at.astimezone(JST):%Y%m%d}.{form.value}"


def shown(column: Column, row: dict[str, Value], locale: Locale) -> Value:
    """The cell's value: words of the catalogue translated, figures as they are."""
    value = row.get(column.key)
    return translate(value, locale) if isinstance(value, str) and value else value


def all_rows(report: Report) -> Iterator[dict[str, Value]]:
    yield from report.rows
    if report.total is not None:
        yield report.total


def as_json(report: Report, locale: Locale) -> bytes:
    return json.dumps(document(report, locale), ensure_ascii=False, default=_plain).encode()


def document(report: Report, locale: Locale) -> dict[str, Any]:
    """The report for programs: keys are stable, labels are in the reader's language."""
    columns = report.columns
    return {
        "report": report.name,
        "title": translate(report.title, locale),
        "snapshot": {
            "id": report.snapshot.id,
            "taken_at": report.snapshot.taken_at.isoformat(),
            "is_behind": report.snapshot.is_behind,
            "content_sha256": report.snapshot.content_sha256,
        },
        "conditions": [_fact(fact, locale) for fact in report.conditions],
        "columns": [
            {
                "key": column.key,
                "label": translate(column.label, locale),
                "unit": translate(column.unit, locale) if column.unit else None,
            }
            for column in columns
        ],
        "rows": [_json_row(columns, row, locale) for row in report.rows],
        "total": None if report.total is None else _json_row(columns, report.total, locale),
        "empty": translate(report.empty, locale) if report.empty else None,
        "quality": {
            "grade": report.quality.grade.value,
            "warnings": [translate(text, locale) for text in report.quality.warnings],
            "facts": [_fact(fact, locale) for fact in report.quality.facts],
        },
        "findings": [finding.words(locale) for finding in report.findings],
        "notes": [translate(note, locale) for note in report.notes],
    }


def _json_row(
    columns: tuple[Column, ...], row: dict[str, Value], locale: Locale
) -> dict[str, Value]:
    return {"key": row["key"]} | {column.key: shown(column, row, locale) for column in columns}


def _fact(fact: Fact, locale: Locale) -> dict[str, Value]:
    return {
        "key": fact.key,
        "label": translate(fact.label, locale),
        "value": fact.value_in(locale),
        "unit": translate(fact.unit, locale) if fact.unit else None,
    }


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def as_csv(report: Report, locale: Locale) -> bytes:
    """UTF-8 with BOM, CRLF, as Excel in Japan opens it by a double click.

    The table comes first; conditions and data quality follow below an empty line.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_safe(column.heading(locale)) for column in report.columns])
    for row in all_rows(report):
        writer.writerow([_cell(column, row, locale) for column in report.columns])
    for title, facts in boxes(report, locale):
        writer.writerow([])
        writer.writerow([title])
        for label, value, unit in facts:
            writer.writerow([_safe(label), _safe(value), unit])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(column: Column, row: dict[str, Value], locale: Locale) -> str:
    value = shown(column, row, locale)
    if isinstance(value, float) and column.digits is not None:
        return f"{value:.{column.digits}f}"
    return _safe(value)


def _safe(value: Value) -> str:
    """Text that a spreadsheet will show and never run."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return str(value)


Line = tuple[str, Value, str]


def boxes(report: Report, locale: Locale) -> tuple[tuple[str, list[Line]], ...]:
    """The two boxes of every report with their titles: conditions, then data quality."""
    conditions = [_line(fact, locale) for fact in report.conditions]
    quality: list[Line] = [
        (translate(GRADE, locale), translate(GRADE_LABELS[report.quality.grade], locale), "")
    ]
    quality += [_line(fact, locale) for fact in report.quality.facts]
    told = [(translate(FINDING, locale), one.words(locale), "") for one in report.findings]
    words = (*report.quality.warnings, *report.notes, *((report.empty,) if report.empty else ()))
    quality += [(translate(NOTE, locale), translate(text, locale), "") for text in words]
    first = (translate(CONDITIONS, locale), [*conditions, *told])
    return first, (translate(QUALITY, locale), quality)


def _line(fact: Fact, locale: Locale) -> Line:
    unit = translate(fact.unit, locale) if fact.unit else ""
    return translate(fact.label, locale), fact.value_in(locale), unit


def as_xlsx(report: Report, locale: Locale) -> bytes:
    """Values as numbers on the first sheet; conditions and data quality on their own."""
    import xlsxwriter  # noqa: PLC0415  # only an export needs it

    data = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(data, options) as book:
        # The same report is the same file, byte for byte.
        created = report.snapshot.taken_at.replace(tzinfo=None)
        book.set_properties(
            {"title": report.title, "comments": report.snapshot.id, "created": created}
        )
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top", "align": "left"})
        _table_sheet(book, bold, report, locale)
        for title, facts in boxes(report, locale):
            sheet = book.add_worksheet(title)
            _on_paper(sheet)
            sheet.set_column(0, 1, 46)
            for number, line in enumerate(facts):
                for position, value in enumerate(line):
                    _write(sheet, number, position, value, wrapped)
    return data.getvalue()


def _on_paper(sheet: Any) -> None:
    """A4 across, as wide as the paper, with page numbers."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")


def _table_sheet(book: Any, bold: Any, report: Report, locale: Locale) -> None:
    sheet = book.add_worksheet(translate(report.title, locale)[:31])
    _on_paper(sheet)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    formats = {
        column.digits: book.add_format({"num_format": f"#,##0.{'0' * column.digits}"})
        for column in report.columns
        if column.digits
    }
    for position, column in enumerate(report.columns):
        sheet.set_column(position, position, 24 if column.is_text else 13)
        sheet.write_string(0, position, column.heading(locale), bold)
    for number, row in enumerate(all_rows(report), start=1):
        for position, column in enumerate(report.columns):
            value = shown(column, row, locale)
            _write(sheet, number, position, value, formats.get(column.digits or 0))


def _write(sheet: Any, row: int, position: int, value: Value, style: Any = None) -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, position, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, position, value)
    else:
        sheet.write_number(row, position, value, style)
