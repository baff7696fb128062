"""Which row names the columns: titles and dates may stand above it, notes and totals below."""

from collections.abc import Set as AbstractSet
from typing import Any

from importers.reading.table import Grid, SourceRow, SourceTable, header_name

SEARCHED_ROWS = 40
_TOTALS = frozenset({"合計", "小計", "総計", "計"})
_NOTE_MARKS = ("※", "注)", "注）", "(注", "（注")


def find_table(grid: Grid, known_headers: AbstractSet[str]) -> SourceTable | None:
    """The table below the row with most known names, or below the first full row if none is known.

    None when no row holds at least two names.
    """
    at = _header_index(grid.rows, known_headers)
    if at is None:
        return None
    header_row = grid.rows[at]
    names = _without_trailing_blanks(tuple(header_name(cell) for cell in header_row.cells))
    notes: list[dict[str, Any]] = []
    if at > 0:
        notes.append({"code": "lines-above-header", "rows": [row.row_no for row in grid.rows[:at]]})
    rows = _data_rows(grid.rows[at + 1 :], names, notes)
    return SourceTable(grid.sheet, names, header_row.row_no, rows, grid.encoding, notes)


def _header_index(rows: list[SourceRow], known: AbstractSet[str]) -> int | None:
    best, best_score = None, (0, 0)
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        names = [name for cell in row.cells if (name := header_name(cell))]
        score = (sum(name in known for name in names), 0)
        if best is None and len(names) > 1:
            score = (score[0], 1)
        if score > best_score:
            best, best_score = index, score
    return best


def _without_trailing_blanks(names: tuple[str, ...]) -> tuple[str, ...]:
    end = len(names)
    while end and not names[end - 1]:
        end -= 1
    return names[:end]


def _data_rows(
    rows: list[SourceRow], header: tuple[str, ...], notes: list[dict[str, Any]]
) -> list[SourceRow]:
    """Rows that hold data. What is left out is noted with its row number."""
    width, kept = len(header), []
    skipped: dict[str, list[int]] = {}
    for row in rows:
        reason = _not_data(row, header)
        if reason == "blank":
            continue
        if reason:
            skipped.setdefault(reason, []).append(row.row_no)
        else:
            cells = row.cells[:width] + ("",) * (width - len(row.cells))
            kept.append(SourceRow(row.row_no, cells))
    notes.extend({"code": code, "rows": numbers} for code, numbers in skipped.items())
    return kept


def _not_data(row: SourceRow, header: tuple[str, ...]) -> str | None:
    filled = [cell for cell in row.cells if cell and not cell.isspace()]
    if not filled:
        return "blank"
    first = header_name(filled[0])
    if first in _TOTALS:
        return "total-row"
    if len(filled) == 1 and filled[0].lstrip().startswith(_NOTE_MARKS):
        return "note-row"
    if first in header and tuple(map(header_name, row.cells[: len(header)])) == header:
        return "repeated-header"
    return None
