"""The user's own file with its bad cells coloured and a reason beside each bad row."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import openpyxl
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from importers.exporting.formulas import harmless
from importers.exporting.marker import PROPERTY, RESULT, marked_header
from importers.reading.table import header_name

_BAD = PatternFill("solid", fgColor="FFD9D9")
_REASON = PatternFill("solid", fgColor="FFF4CC")
_BOLD = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_REASON_WIDTH = 60
_COMMENT_LENGTH = 500
_AUTHOR = "Gesuibo"


class BadRow(NamedTuple):
    """``reasons`` are (column name or "", sentence)."""

    sheet: str | None
    row_no: int
    reasons: list[tuple[str, str]]


@dataclass(frozen=True)
class ReadTable:
    """Where a table of the file stands: its header's last row and its names."""

    sheet: str | None
    header_row_no: int
    header: Sequence[str]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "ReadTable":
        return cls(told["sheet"], told["header_row_no"], told["header"])


def marked_workbook(
    content: bytes, tables: Sequence[ReadTable], rows: Iterable[BadRow], job_id: UUID
) -> bytes:
    """An xlsx or xlsm file as it was, its macros kept, with the marks of an import."""
    book = openpyxl.load_workbook(io.BytesIO(content), keep_vba=b"vbaProject" in content)
    bad = _by_sheet(rows)
    for sheet in book.worksheets:
        here = [table for table in tables if table.sheet == sheet.title]
        if here:
            _mark(sheet, here, bad[sheet.title])
    _name(book, job_id)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain_workbook(
    tables: Sequence[ReadTable],
    cells: Mapping[str | None, Sequence[tuple[int, Sequence[str]]]],
    rows: Iterable[BadRow],
    job_id: UUID,
) -> bytes:
    """For files of other programs: the same tables as text, row by row where they stood."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    bad = _by_sheet(rows)
    for name, lines in cells.items():
        sheet = book.create_sheet(name or "Sheet1")
        for row_no, line in lines:
            for at, cell in enumerate(line, start=1):
                if cell:
                    _write(sheet, row_no, at, cell)
        _mark(sheet, [table for table in tables if table.sheet == name], bad[name or ""])
    _name(book, job_id)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def marked_text(
    content: bytes,
    table: ReadTable,
    rows: Iterable[BadRow],
    job_id: UUID,
    *,
    encoding: str,
    delimiter: str,
) -> bytes:
    """A CSV in its own encoding with one column more.

    Characters of a reason that the encoding cannot hold become 「?」; those of the user's cells
    come from the same encoding.
    """
    told = {row.row_no: _sentence(row) for row in rows}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    beside = _free_column(_lines(content, encoding, delimiter), table)
    for line_no, cells in _lines(content, encoding, delimiter):
        line = cells
        if line_no == table.header_row_no:
            line = _with(cells, beside, marked_header(job_id))
        elif line_no in told:
            line = _with(cells, beside, told[line_no].encode(encoding, "replace").decode(encoding))
        elif line_no > table.header_row_no:
            line = _with(cells, beside, "")
        writer.writerow(map(harmless, line))
    return out.getvalue().encode(encoding, "replace")


def _lines(content: bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of cells with the number of the line on which they begin."""
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline=None)
    reader = csv.reader(text, delimiter=delimiter)
    line_no = 1
    for cells in reader:
        yield line_no, cells
        line_no = reader.line_num + 1


def _free_column(lines: Iterable[tuple[int, list[str]]], table: ReadTable) -> int:
    """The column of an earlier import's marks, else the first that no row uses; from 0."""
    widest = len(table.header)
    for line_no, cells in lines:
        if line_no == table.header_row_no:
            for at, name in enumerate(cells):
                if name.startswith(RESULT):
                    return at
        widest = max(widest, len(cells))
    return widest


def _with(cells: list[str], at: int, text: str) -> list[str]:
    """The row with ``text`` in column ``at``; an unmarked row is left as long as it is."""
    if len(cells) <= at and not text:
        return cells
    padded = [*cells, *[""] * (at + 1 - len(cells))]
    padded[at] = text
    return padded


def _by_sheet(rows: Iterable[BadRow]) -> Mapping[str, list[BadRow]]:
    found: dict[str, list[BadRow]] = defaultdict(list)
    for row in rows:
        found[row.sheet or ""].append(row)
    return found


def _mark(sheet: Worksheet, tables: Sequence[ReadTable], rows: Sequence[BadRow]) -> None:
    widest = _widest(sheet)
    for number, table in enumerate(tables):
        last = tables[number + 1].header_row_no if number + 1 < len(tables) else sheet.max_row + 1
        earlier = _result_column(sheet, table)
        beside = earlier or max(widest, len(table.header)) + 1
        if earlier:
            _unmark(sheet, range(table.header_row_no + 1, last), beside)
        head = sheet.cell(table.header_row_no, beside, RESULT)
        head.font, head.fill = _BOLD, _REASON
        sheet.column_dimensions[get_column_letter(beside)].width = _REASON_WIDTH
        for row in rows:
            if table.header_row_no < row.row_no < last:
                _mark_row(sheet, table, row, beside)


def _result_column(sheet: Worksheet, table: ReadTable) -> int | None:
    for at, (name,) in enumerate(
        sheet.iter_cols(min_row=table.header_row_no, max_row=table.header_row_no, values_only=True),
        start=1,
    ):
        if str(name).startswith(RESULT):
            return at
    return None


def _widest(sheet: Worksheet) -> int:
    filled = (
        at
        for row in sheet.iter_rows(values_only=True)
        for at, value in enumerate(row, start=1)
        if value is not None
    )
    return max(filled, default=0)


def _unmark(sheet: Worksheet, rows: range, beside: int) -> None:
    """Takes an earlier import's marks away: its reasons, and its colour where it left a comment."""
    for row in sheet.iter_rows(min_row=rows.start, max_row=rows.stop - 1):
        for cell in row:
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment, cell.fill = None, PatternFill()
            if cell.column == beside:
                cell.value, cell.fill = None, PatternFill()


def _mark_row(sheet: Worksheet, table: ReadTable, row: BadRow, beside: int) -> None:
    places = {header_name(name): at for at, name in enumerate(table.header, start=1)}
    for column, sentence in row.reasons:
        at = places.get(header_name(column))
        if at is not None:
            cell = sheet.cell(row.row_no, at)
            cell.fill = _BAD
            cell.comment = Comment(sentence[:_COMMENT_LENGTH], _AUTHOR)
    reason = _write(sheet, row.row_no, beside, _sentence(row))
    reason.fill, reason.alignment = _REASON, _WRAPPED


def _write(sheet: Worksheet, row_no: int, at: int, text: str) -> Any:
    """Text stays text, whatever it begins with."""
    cell: Any = sheet.cell(row_no, at)
    cell.value = text
    cell.data_type = "s"
    return cell


def _name(book: Any, job_id: UUID) -> None:
    """The workbook says of which import it is, and of no earlier one."""
    properties = book.custom_doc_props
    if PROPERTY in properties.names:
        del properties[PROPERTY]
    properties.append(StringProperty(name=PROPERTY, value=str(job_id)))


def _sentence(row: BadRow) -> str:
    return "\n".join(f"{column}: {said}" if column else said for column, said in row.reasons)
