"""The form that comes with the product: A4 landscape, with the boxes for seals (決裁欄)."""

from collections.abc import Sequence
from typing import Any

from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.faults.approval_domain import APPROVAL_ROLE_LABELS
from service.monthly.domain import ALL_FIGURES, FIGURES, Figure
from service.monthly.wording import CASE_COLUMNS

TITLE = N_("下水道設備 故障・対応 月次報告")
_A4 = "9"
_WIDTHS = (14, 22, 9, 9, 9, 10, 10, 9, 9, 11, 10, 11, 13)
_FONT = "Yu Gothic"
_FACILITY_COLUMNS = (N_("施設コード"), N_("施設"), *(one.label for one in FIGURES))
_SEALS_FROM = 9
_FIGURES_FROM = 9


def laid_out(locale: Locale) -> Any:
    """Every cell to be filled holds its mark; the city may take this file as its own form."""
    from openpyxl import Workbook  # noqa: PLC0415  # only a report needs it

    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(translate(N_("月次報告"), locale))
    _on_paper(sheet)
    set_widths(sheet, _WIDTHS)
    _heading(sheet, locale)
    _seals(sheet, locale)
    after = _figures(sheet, locale)
    head_row(sheet, after, [translate(one, locale) for one in _FACILITY_COLUMNS])
    sheet.print_title_rows = f"{after}:{after}"
    sheet.cell(after + 1, 1, "{{施設別}}")
    _first_row(sheet, after + 1, len(_FACILITY_COLUMNS))
    for column, one in enumerate(FIGURES, start=len(_FACILITY_COLUMNS) - len(FIGURES) + 1):
        sheet.cell(after + 1, column).number_format = _number_format(one)
    for name in ("案件一覧", "遅着一覧"):
        listed = list_sheet(book, translate(name, locale), locale)
        head_row(listed, 1, [translate(one.label, locale) for one in CASE_COLUMNS])
        listed.cell(2, 1, f"{{{{{name}}}}}")
        _first_row(listed, 2, len(CASE_COLUMNS))
        set_widths(listed, [one.width for one in CASE_COLUMNS])
    noted = list_sheet(book, translate("注記", locale), locale)
    head_row(noted, 1, [translate(N_("項目"), locale), translate(N_("数え方"), locale)])
    noted.cell(2, 1, "{{注記}}")
    _first_row(noted, 2, 2)
    set_widths(noted, (24, 110))
    return book


def _number_format(figure: Figure) -> str:
    return "#,##0.0" if figure.key == "stop_hours" else "#,##0"


def _on_paper(sheet: Any) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.8
    sheet.page_margins.footer = 0.4
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "&P / &N"
    sheet.oddFooter.right.text = "&A"


def list_sheet(book: Any, title: str, _locale: Locale) -> Any:
    sheet = book.create_sheet(title[:31])
    _on_paper(sheet)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    return sheet


def set_widths(sheet: Any, widths: Sequence[int]) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _thin() -> Any:
    from openpyxl.styles import Border, Side  # noqa: PLC0415

    line = Side(style="thin", color="808080")
    return Border(left=line, right=line, top=line, bottom=line)


def head_row(sheet: Any, row: int, labels: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    for column, label in enumerate(labels, start=1):
        cell = sheet.cell(row, column, label)
        cell.font = Font(name=_FONT, size=10, bold=True)
        cell.fill = PatternFill("solid", fgColor="E8F1FE")
        cell.border = _thin()
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[row].height = 32


def _first_row(sheet: Any, row: int, columns: int) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    for column in range(1, columns + 1):
        cell = sheet.cell(row, column)
        cell.font = Font(name=_FONT, size=10)
        cell.border = _thin()
        cell.alignment = Alignment(vertical="top", wrap_text=True)


def _heading(sheet: Any, locale: Locale) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415

    sheet["A1"] = translate(TITLE, locale)
    sheet["A1"].font = Font(name=_FONT, size=16, bold=True)
    lines = (
        ("A2", "{{対象年月}}", "C2", "{{年度}}"),
        ("A3", translate(N_("対象範囲"), locale), "B3", "{{対象範囲}}"),
        ("A4", translate(N_("発行日"), locale), "B4", "{{発行日}}"),
        ("A5", translate(N_("発行者"), locale), "B5", "{{発行者}}"),
        ("A6", translate(N_("改訂"), locale), "B6", "{{改訂}}"),
    )
    for left, label, right, mark in lines:
        sheet[left], sheet[right] = label, mark
        sheet[left].font = sheet[right].font = Font(name=_FONT, size=11, bold=left == "A2")
    sheet["A7"] = "{{市名}}"
    sheet["A7"].font = Font(name=_FONT, size=11)


def _seals(sheet: Any, locale: Locale) -> None:
    """決裁欄: the highest office on the left."""
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    for offset, label in enumerate(reversed(APPROVAL_ROLE_LABELS.values())):
        column = _SEALS_FROM + offset
        name = sheet.cell(2, column, translate(label, locale))
        name.font = Font(name=_FONT, size=9)
        name.alignment = Alignment(horizontal="center")
        sheet.merge_cells(start_row=3, end_row=6, start_column=column, end_column=column)
        for row in range(2, 7):
            sheet.cell(row, column).border = _thin()
    for row in range(3, 7):
        sheet.row_dimensions[row].height = 18


def _figures(sheet: Any, locale: Locale) -> int:
    """One line for each figure with its footnote; answers the row of the next table's head."""
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    row = _FIGURES_FROM
    for one in ALL_FIGURES:
        label, mark, unit, note = (
            sheet.cell(row, column, text)
            for column, text in (
                (1, translate(one.label, locale)),
                (2, f"{{{{{one.label}}}}}"),
                (3, translate(one.unit, locale)),
                (4, translate(one.note, locale)),
            )
        )
        label.font = unit.font = Font(name=_FONT, size=10)
        mark.font = Font(name=_FONT, size=12, bold=True)
        mark.alignment = Alignment(horizontal="right")
        mark.number_format = _number_format(one)
        note.font = Font(name=_FONT, size=9, color="595959")
        sheet.merge_cells(start_row=row, end_row=row, start_column=4, end_column=13)
        for column in range(1, 14):
            sheet.cell(row, column).border = _thin()
        row += 1
    return row + 1
