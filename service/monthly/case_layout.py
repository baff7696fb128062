"""The case's form that comes with the product as Excel: A4 upright, to make one's own from."""

from typing import Any

from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale
from service.faults.paper_content import TITLE
from service.monthly import case_form
from service.monthly.form_layout import head_row, list_sheet, set_widths

_FONT = "Yu Gothic"
_A4 = "9"
_FACTS_FROM = 8
_COLUMNS = 10
_WIDTHS = (14, 12, 12, 12, 12, 14, 12, 12, 12, 12)


def laid_out(locale: Locale) -> Any:
    from openpyxl import Workbook  # noqa: PLC0415  # only a form needs it

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = translate(TITLE, locale)[:31]
    _on_paper(sheet)
    set_widths(sheet, _WIDTHS)
    _heading(sheet, locale)
    _seals(sheet, locale)
    _facts(sheet, locale)
    for name, columns, widths in (
        (case_form.REPORT_LIST, case_form.REPORTS, (14, 16, 22, 60, 40)),
        (case_form.RESPONSE_LIST, case_form.RESPONSES, (12, 12, 16, 14, 50, 12, 14, 14, 30, 30)),
    ):
        listed = list_sheet(book, translate(name, locale), locale)
        head_row(listed, 1, [translate(one, locale) for one in columns])
        listed.cell(2, 1, f"{{{{{name}}}}}")
        set_widths(listed, widths)
        for column in range(1, len(columns) + 1):
            _text(listed.cell(2, column))
    return book


def _on_paper(sheet: Any) -> None:
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.oddFooter.center.text = "&P / &N"


def _text(cell: Any, *, size: int = 10, bold: bool = False) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side  # noqa: PLC0415

    line = Side(style="thin", color="808080")
    cell.font = Font(name=_FONT, size=size, bold=bold)
    cell.border = Border(left=line, right=line, top=line, bottom=line)
    cell.alignment = Alignment(vertical="center", wrap_text=True)


def _heading(sheet: Any, locale: Locale) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415

    sheet["A1"], sheet["A2"] = "{{市名}}", translate(TITLE, locale)
    sheet["A1"].font = Font(name=_FONT, size=11)
    sheet["A2"].font = Font(name=_FONT, size=16, bold=True)
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 18, 28
    for row, name in enumerate(("印刷日時", "費用の合計", "決裁の状況"), start=4):
        sheet.cell(row, 1, translate(name, locale)).font = Font(name=_FONT, size=9)
        cell = sheet.cell(row, 2, f"{{{{{name}}}}}")
        cell.font = Font(name=_FONT, size=10)
        cell.number_format = "#,##0"
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=4)


def _seals(sheet: Any, locale: Locale) -> None:
    """決裁欄: the highest office on the left."""
    from openpyxl.styles import Alignment  # noqa: PLC0415

    for offset, label in enumerate(reversed(case_form.SEALS)):
        column = _COLUMNS - len(case_form.SEALS) + 1 + offset
        head, seal = sheet.cell(3, column), sheet.cell(4, column)
        head.value, seal.value = translate(label, locale), f"{{{{{label}}}}}"
        _text(head, size=9)
        _text(seal, size=9)
        head.alignment = seal.alignment = Alignment(
            horizontal="center", vertical="center", wrap_text=True
        )
        sheet.merge_cells(start_row=4, end_row=6, start_column=column, end_column=column)
        for row in (5, 6):
            _text(sheet.cell(row, column))
    for row in (4, 5, 6):
        sheet.row_dimensions[row].height = 20


def _facts(sheet: Any, locale: Locale) -> None:
    """Two to a line, as on the PDF."""
    half = _COLUMNS // 2
    for number, name in enumerate(case_form.FACTS):
        row, column = _FACTS_FROM + number // 2, 1 + half * (number % 2)
        _text(sheet.cell(row, column, translate(name, locale)), size=9)
        for wide in range(column + 1, column + half):
            _text(sheet.cell(row, wide))
        sheet.cell(row, column + 1).value = f"{{{{{name}}}}}"
        sheet.merge_cells(
            start_row=row, end_row=row, start_column=column + 1, end_column=column + half - 1
        )
        sheet.row_dimensions[row].height = 32
