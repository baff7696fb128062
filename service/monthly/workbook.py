"""The report as xlsx: a form is laid out or taken from the city, then its cells are filled."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

from service.core.clock import JST
from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale
from service.core.i18n.marker import N_
from service.monthly import form_layout
from service.monthly.domain import ALL_FIGURES, FIGURES, by_facility
from service.monthly.form_file import MARKER
from service.monthly.service import Issue
from service.monthly.wording import CASE_COLUMNS, Cell, difference_cells, headings, notes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DIFFERENCES = N_("改訂内容")
DIFFERENCE_COLUMNS = (N_("対象"), N_("項目"), N_("前回の版"), N_("今回の版"), N_("増減"))
# Control characters that XML cannot hold; old ledgers have them in their texts.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MOMENT_FORMAT = "yyyy/mm/dd hh:mm"


def sample(locale: Locale) -> bytes:
    """The form that comes with the product, unfilled, to make one's own from."""
    return saved(form_layout.laid_out(locale))


def xlsx(issue: Issue, locale: Locale) -> bytes:
    from openpyxl import load_workbook  # noqa: PLC0415  # only this file needs it

    book = (
        form_layout.laid_out(locale)
        if issue.template is None
        else load_workbook(io.BytesIO(issue.template))
    )
    given = _lists(issue, locale)
    asked = fill(book, headings(issue, locale) | dict(_figures(issue)), given)
    _append_unasked(book, given, asked)
    if issue.revision > 1:
        sheet = form_layout.list_sheet(book, translate(DIFFERENCES, locale), locale)
        form_layout.head_row(sheet, 1, [translate(one, locale) for one in DIFFERENCE_COLUMNS])
        _write_rows(sheet, 2, 1, [difference_cells(one, locale) for one in issue.differences])
        form_layout.set_widths(sheet, (22, 22, 30, 30, 12))
    book.properties.creator = issue.issued_by
    book.properties.created = issue.content.taken_at.astimezone(JST).replace(tzinfo=None)
    return saved(book)


def saved(book: Any) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _figures(issue: Issue) -> Iterable[tuple[str, Cell]]:
    for one in ALL_FIGURES:
        yield one.label, issue.content.totals[one.key]


def _lists(issue: Issue, locale: Locale) -> dict[str, list[list[Cell]]]:
    content = issue.content
    return {
        "施設別": [
            [line.code, line.name, *(line.totals[one.key] for one in FIGURES)]
            for line in by_facility(content.cases)
        ],
        "案件一覧": [[one.value(case, locale) for one in CASE_COLUMNS] for case in content.cases],
        "遅着一覧": [[one.value(case, locale) for one in CASE_COLUMNS] for case in content.late],
        "注記": [list(note) for note in notes(issue, locale)],
    }


def fill(book: Any, single: Mapping[str, Any], lists: Mapping[str, list[list[Cell]]]) -> set[str]:
    """Puts what each cell asks for into it; answers the names that were asked for."""
    asked = set()
    for sheet in book.worksheets:
        for row in list(sheet.iter_rows()):
            for cell in row:
                mark = MARKER.fullmatch(cell.value.strip()) if _is_text(cell) else None
                if mark is None:
                    continue
                asked.add(mark.group(1))
                if mark.group(1) in lists:
                    cell.value = None
                    _write_rows(sheet, cell.row, cell.column, lists[mark.group(1)])
                else:
                    _write(cell, single[mark.group(1)])
    return asked


def _is_text(cell: Any) -> bool:
    return isinstance(cell.value, str)


def _append_unasked(book: Any, lists: dict[str, list[list[Cell]]], asked: set[str]) -> None:
    """Late arrivals and footnotes go with every report, also where the form forgot them."""
    for name, columns in (("遅着一覧", [one.label for one in CASE_COLUMNS]), ("注記", [])):
        if name in asked or not lists[name]:
            continue
        sheet = form_layout.list_sheet(book, name, Locale.JA)
        if columns:
            form_layout.head_row(sheet, 1, columns)
        _write_rows(sheet, 2, 1, lists[name])
        widths = [one.width for one in CASE_COLUMNS] if columns else [20, 100]
        form_layout.set_widths(sheet, widths)


def _write_rows(sheet: Any, row: int, column: int, rows: Sequence[Sequence[Cell]]) -> None:
    """Downwards; every row looks as the first one was formatted."""
    for offset, values in enumerate(rows):
        for position, value in enumerate(values):
            cell = sheet.cell(row + offset, column + position)
            if offset:
                _look_like(cell, sheet.cell(row, column + position))
            _write(cell, value)


def _look_like(cell: Any, model: Any) -> None:
    if model.has_style:
        cell.font, cell.border = copy(model.font), copy(model.border)
        cell.fill, cell.alignment = copy(model.fill), copy(model.alignment)
        cell.number_format = model.number_format


def _write(cell: Any, value: Cell) -> None:
    if isinstance(value, str):
        cell.value = _UNWRITABLE.sub("", value)
        cell.data_type = "s"  # a text that begins with = is shown, never run
        return
    cell.value = value
    if cell.is_date and cell.number_format == "yyyy-mm-dd h:mm:ss":
        cell.number_format = _MOMENT_FORMAT
