"""The tables of a grid: one below the other, with titles above, totals and notes between."""

import re
from collections.abc import Set as AbstractSet

from importers.reading.header import (
    SEARCHED_ROWS,
    Header,
    fallback_index,
    header_at,
    is_header,
)
from importers.reading.table import Grid, Marks, Note, SourceRow, SourceTable, header_name

_TOTALS = frozenset({"合計", "小計", "総計", "計", "累計", "総合計", "ページ計", "頁計"})
_NOTE = re.compile(r"^(?:※|\*|注|\(注|（注|備考[:：]|凡例|出典)")
_END = re.compile(
    r"^(?:以下(?:余白|空白)|以上|-+\s*\d+\s*-+|\d+\s*/\s*\d+(?:ページ|頁)?|p\.?\s*\d+|\d+(?:ページ|頁))$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"^(.{1,12}?)\s*[:：]\s*(.+)$")
_MOSTLY = 0.8
_WIDE = 4  # a single word in so wide a table heads a section


def find_tables(grid: Grid, known: AbstractSet[str]) -> list[SourceTable]:
    """Every table below a row of known names, or the one below the first full row."""
    headers, repeated = _headers(grid, known)
    if not headers:
        index = fallback_index(grid.rows)
        if index is None:
            return []
        headers = [header_at(grid, index, known)]
    tables = []
    for number, header in enumerate(headers):
        above = headers[number - 1].last + 1 if number else 0
        below = headers[number + 1].first if number + 1 < len(headers) else len(grid.rows)
        tables.append(_table(grid, header, above, below, repeated))
    return tables


def _headers(grid: Grid, known: AbstractSet[str]) -> tuple[list[Header], frozenset[int]]:
    """Headers that differ, and the rows of those that printed pages repeat."""
    found: list[Header] = []
    repeated: set[int] = set()
    index = 0
    while index < len(grid.rows) and (found or index <= SEARCHED_ROWS):
        if is_header(grid.rows[index], known):
            header = header_at(grid, index, known)
            if found and _is_same(header.names, found[-1].names):
                repeated.update(range(header.first, header.last + 1))
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
    grid: Grid, header: Header, above: int, below: int, repeated: frozenset[int]
) -> SourceTable:
    before = grid.rows[above : header.first]
    titles = [row for row in before if above == 0 or _is_title(row)]
    notes: list[Note] = []
    if above == 0 and before:
        notes.append({"code": "lines-above-header", "rows": [row.row_no for row in before]})
    rows = _data_rows(grid, header, below, repeated, notes)
    look = grid.look
    marks = None
    if look.hidden_rows or look.struck_rows:
        marks = Marks(look.hidden_rows, look.struck_rows)
    return SourceTable(
        grid.sheet,
        header.names,
        grid.rows[header.last].row_no,
        rows,
        grid.encoding,
        notes,
        _context(titles),
        marks,
        grid.epoch_1904,
    )


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


def _data_rows(
    grid: Grid, header: Header, below: int, repeated: frozenset[int], notes: list[Note]
) -> list[SourceRow]:
    """Rows that hold data. What is left out is noted with its row number."""
    width, kept = len(header.names), []
    skipped: dict[str, list[int]] = {}
    for index in range(header.last + 1, below):
        row = grid.rows[index]
        reason = "repeated-header" if index in repeated else _not_data(row, width)
        if reason == "blank":
            continue
        if reason:
            skipped.setdefault(reason, []).append(row.row_no)
        else:
            cells = row.cells[:width] + ("",) * (width - len(row.cells))
            kept.append(SourceRow(row.row_no, cells))
    notes.extend({"code": code, "rows": numbers} for code, numbers in skipped.items())
    return _merged_down(grid, kept)


def _not_data(row: SourceRow, width: int) -> str | None:
    filled = [cell for cell in row.cells if cell and not cell.isspace()]
    if not filled:
        return "blank"
    first = header_name(filled[0])
    if first in _TOTALS:
        return "total-row"
    return _single(filled[0].strip(), first, width) if len(filled) == 1 else _note(filled)


def _note(filled: list[str]) -> str | None:
    """「備考：」 and its text in two cells."""
    is_pair = len(filled) == len(("label", "text"))
    return "note-row" if is_pair and _NOTE.match(filled[0].lstrip()) else None


def _single(cell: str, name: str, width: int) -> str | None:
    if _NOTE.match(cell):
        return "note-row"
    if _END.match(name):
        return "end-row"
    return "section-row" if width >= _WIDE else None


def _merged_down(grid: Grid, rows: list[SourceRow]) -> list[SourceRow]:
    """A cell merged over several rows holds for each of them."""
    tall = [merge for merge in grid.look.merges if merge.bottom > merge.top]
    if not tall or not rows:
        return rows
    at = {row.row_no: index for index, row in enumerate(rows)}
    for merge in tall:
        source = at.get(merge.top)
        if source is None or merge.left >= len(rows[source].cells):
            continue
        value = rows[source].cells[merge.left]
        for number in range(merge.top + 1, merge.bottom + 1):
            index = at.get(number)
            if index is not None and not rows[index].cells[merge.left]:
                cells = list(rows[index].cells)
                cells[merge.left] = value
                rows[index] = SourceRow(number, tuple(cells))
    return rows
