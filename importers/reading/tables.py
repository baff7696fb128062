"""The tables of a grid: one below the other, with titles above, totals and notes between."""

import re
from collections.abc import Set as AbstractSet
from itertools import islice

from importers.reading.data_rows import DataRows
from importers.reading.header import (
    SEARCHED_ROWS,
    Header,
    fallback_index,
    header_at,
    is_header,
)
from importers.reading.table import (
    Grid,
    Marks,
    Note,
    Rows,
    SourceRow,
    SourceTable,
    header_name,
)

_LABELLED = re.compile(r"^(.{1,12}?)\s*[:：]\s*(.+)$")
HEAD_ROWS = 2_000
_MOSTLY = 0.8


def find_tables(grid: Grid, known: AbstractSet[str]) -> list[SourceTable]:
    """Every table below a row of known names, or the one below the first full row."""
    rows = grid.rows if isinstance(grid.rows, list) else list(islice(grid.rows, HEAD_ROWS))
    headers, repeated = _headers(rows, grid, known)
    if not headers:
        index = fallback_index(rows)
        if index is None:
            return []
        headers = [header_at(rows, grid.look.merges, index, known)]
    if rows is not grid.rows:
        return [_long_table(grid, rows, headers[0])]
    tables = []
    for number, header in enumerate(headers):
        above = _end(rows, header) if number else 0
        below = _end(rows, headers[number + 1]) if number + 1 < len(headers) else len(rows)
        data = DataRows(
            rows[header.last + 1 : below],
            len(header.names),
            repeated=repeated,
            merges=grid.look.merges,
        )
        found = list(data)
        titles = rows[above : header.first]
        tables.append(
            _table(
                grid,
                header,
                rows=rows,
                above=titles,
                data=found,
                notes=data.notes,
                is_first=not number,
            )
        )
    return tables


def _long_table(grid: Grid, head: list[SourceRow], header: Header) -> SourceTable:
    """A file of many rows holds one table; its rows are looked at as they are walked."""
    lines = head[header.first : header.last + 1]
    data = DataRows(
        grid.rows,
        len(header.names),
        after=lines[-1].row_no,
        lines=lines,
        merges=grid.look.merges,
    )
    return _table(
        grid,
        header,
        rows=head,
        above=head[: header.first],
        data=data,
        notes=data.notes,
        is_first=True,
    )


def _headers(
    rows: list[SourceRow], grid: Grid, known: AbstractSet[str]
) -> tuple[list[Header], frozenset[int]]:
    """Headers that differ, and the numbers of the rows that printed pages repeat."""
    found: list[Header] = []
    repeated: set[int] = set()
    index = 0
    while index < len(rows) and (found or index <= SEARCHED_ROWS):
        if is_header(rows[index], known):
            above = found[-1] if found else None
            header = header_at(rows, grid.look.merges, index, known, above=above)
            if found and _is_same(header.names, found[-1].names):
                repeated.update(row.row_no for row in rows[header.first : header.last + 1])
            else:
                found.append(header)
            index = header.last
        index += 1
    return found, frozenset(repeated)


def _is_same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """A header that is repeated may have lost merged cells or units."""
    same = sum(a == b for a, b in zip(one, other, strict=False))
    return same >= _MOSTLY * max(len(one), len(other))


def _table(
    grid: Grid,
    header: Header,
    *,
    rows: list[SourceRow],
    above: list[SourceRow],
    data: Rows,
    notes: list[Note],
    is_first: bool,
) -> SourceTable:
    if is_first and above:
        notes.insert(0, {"code": "lines-above-header", "rows": [row.row_no for row in above]})
    look = grid.look
    is_marked = look.hidden_rows or look.struck_rows
    return SourceTable(
        sheet=grid.sheet,
        header=header.names,
        header_row_no=rows[header.last].row_no,
        rows=data,
        encoding=grid.encoding,
        notes=notes,
        context=_context([row for row in above if is_first or _is_title(row)]),
        marks=Marks(look.hidden_rows, look.struck_rows) if is_marked else None,
        epoch_1904=grid.epoch_1904,
    )


def _end(rows: list[SourceRow], following: Header) -> int:
    """Where the table before a header ends: titles right above belong to what follows."""
    index = following.first
    while index and sum(bool(cell.strip()) for cell in rows[index - 1].cells) <= 1:
        index -= 1
    return index


def _is_title(row: SourceRow) -> bool:
    return sum(bool(cell.strip()) for cell in row.cells) <= 2  # noqa: PLR2004 - a label and a value


def _context(rows: list[SourceRow]) -> list[tuple[str, str]]:
    """(label, value) of the words above a table; the label is empty where there is none."""
    found: list[tuple[str, str]] = []
    for row in rows:
        cells = [cell.strip() for cell in row.cells if cell.strip()]
        for at, cell in enumerate(cells):
            bare = cell.strip("()（）[]［］")
            match = _LABELLED.match(bare)
            if match:
                found.append((header_name(match[1]), match[2].strip()))
            elif at + 1 < len(cells):
                found.append((header_name(cell.rstrip(":：")), cells[at + 1]))
            found.append(("", cell))
    return found
