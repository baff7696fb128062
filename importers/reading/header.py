"""The names of columns: one to three rows, merged, written downwards, units in a row of their own.

Which rows they are is told by the names that ledgers are known to use; where none is known, the
first row with at least two cells is taken.
"""

import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from importers.reading.appearance import Merge
from importers.reading.table import SourceRow, header_name
from importers.values.headers import split_header, unit_named

SEARCHED_ROWS = 40
RESULT_COLUMN = "取込結果"  # what an error workbook adds is none of the ledger's columns
_MOST_ROWS = 3
_FEW = 2
_LOOKED_AT = 4  # a header is recognised by one of its first names
_BRACKETS = re.compile(r"^[(\[〔【［<]?(?:単位[:：]?)?(.+?)[)\]〕】］>]?$")


class Header(NamedTuple):
    """Rows ``first`` to ``last`` of a grid (indices) and the name of each column."""

    first: int
    last: int
    names: tuple[str, ...]


def is_header(row: SourceRow, known: AbstractSet[str]) -> bool:
    """At least two cells are known names of columns, and half of all that is written."""
    filled = [cell for cell in row.cells if cell and not cell.isspace()]
    if not any(_is_known(header_name(cell), known) for cell in filled[:_LOOKED_AT]):
        return False
    names = [header_name(cell) for cell in filled]
    found = sum(_is_known(name, known) for name in names)
    return found >= _FEW and found * 2 >= len(names)


def header_at(
    rows: Sequence[SourceRow],
    merges: Sequence[Merge],
    index: int,
    known: AbstractSet[str],
    *,
    above: Header | None = None,
) -> Header:
    """The header of which a row is part, with the rows above and below that belong to it."""
    first, last = _reach(rows, merges, index)
    if first == index and index > 0 and _is_banner(rows, merges, index, above=above):
        first = index - 1
    has_units = last + 1 < len(rows) and _is_units(rows[last + 1])
    last += has_units
    lines = [_line(rows[at], merges, reaches=at < index) for at in range(first, last + 1)]
    width = max(map(len, lines))
    stacks = [[line[at] if at < len(line) else "" for line in lines] for at in range(width)]
    units = [_taken_unit(stack) if has_units else "" for stack in stacks]
    leaves = Counter(_leaf(stack) for stack in stacks)
    names = tuple(
        _joined(stack, known, is_alone=leaves[_leaf(stack)] == 1) + unit
        for stack, unit in zip(stacks, units, strict=True)
    )
    own = tuple("" if name.startswith(RESULT_COLUMN) else name for name in names)
    return Header(first, last, _trimmed(own))


def fallback_index(rows: Sequence[SourceRow]) -> int | None:
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        if sum(bool(cell.strip()) for cell in row.cells) >= _FEW:
            return index
    return None


def _is_known(name: str, known: AbstractSet[str]) -> bool:
    if name in known:
        return True
    return not name.isascii() and split_header(name)[0] in known


def _reach(rows: Sequence[SourceRow], merges: Sequence[Merge], index: int) -> tuple[int, int]:
    """Cells merged downwards tell how many rows the header has."""
    numbers = [row.row_no for row in rows[index : index + _MOST_ROWS]]
    here = numbers[0]
    first, last = index, index
    for merge in merges:
        if not merge.top <= here <= merge.bottom or merge.bottom - merge.top >= _MOST_ROWS:
            continue
        first = min(first, index - (here - merge.top))
        last = max(last, index + sum(here < number <= merge.bottom for number in numbers[1:]))
    return max(first, 0), last


def _is_banner(
    rows: Sequence[SourceRow], merges: Sequence[Merge], index: int, *, above: Header | None
) -> bool:
    """The row right above holds a few words over several columns each.

    Below a table (``above`` is its header) it could be a row of data: there it must be merged,
    or say what the first row of that header said.
    """
    over, row = rows[index - 1], rows[index]
    if above is not None and not _repeats(rows, over, above) and not _is_merged(over, merges):
        return False
    filled = [at for at, cell in enumerate(over.cells) if cell.strip()]
    names = sum(bool(cell.strip()) for cell in row.cells)
    is_adjacent = over.row_no + 1 + sum(c.count("\n") for c in over.cells) >= row.row_no
    return is_adjacent and _FEW <= len(filled) < names and not _looks_like_pairs(over)


def _repeats(rows: Sequence[SourceRow], row: SourceRow, header: Header) -> bool:
    return row.cells in {rows[at].cells for at in range(header.first, header.last)}


def _is_merged(row: SourceRow, merges: Sequence[Merge]) -> bool:
    return any(merge.top == row.row_no and merge.right > merge.left for merge in merges)


def _looks_like_pairs(row: SourceRow) -> bool:
    return any(":" in cell or "：" in cell for cell in row.cells)


def _is_units(row: SourceRow) -> bool:
    cells = [cell for cell in row.cells if cell.strip()]
    return bool(cells) and all(_unit(cell) for cell in cells)


def _unit(cell: str) -> str | None:
    match = _BRACKETS.match(header_name(cell))
    return unit_named(match[1]) if match else None


def _line(row: SourceRow, merges: Sequence[Merge], *, reaches: bool) -> list[str]:
    """The words of one row, each over all columns that it stands above.

    A CSV keeps no merges: there a word ``reaches`` as far as the cells right of it are blank.
    """
    names = [header_name(cell) for cell in row.cells]
    if reaches and not merges:
        word = ""
        for at, name in enumerate(names):
            word = names[at] = name or word
    for merge in merges:
        if merge.top <= row.row_no <= merge.bottom and merge.left < len(names):
            word = names[merge.left]
            for at in range(merge.left, min(merge.right + 1, len(names))):
                names[at] = names[at] or word
    return names


def _taken_unit(stack: list[str]) -> str:
    """The unit in the last row of a header, taken out of the words."""
    unit = _unit(stack.pop())
    return f"({unit})" if unit else ""


def _words(stack: list[str]) -> list[str]:
    """The words above a column from the top down, those of merged cells once."""
    return [word for at, word in enumerate(stack) if word and word not in stack[:at]]


def _leaf(stack: list[str]) -> str:
    return _words(stack)[-1] if stack and stack[-1] else ""


def _joined(stack: list[str], known: AbstractSet[str], *, is_alone: bool) -> str:
    """「設置」 over 「年」 is 設置年 when ledgers know that name, 年 alone when they know this."""
    words = _words(stack)
    if len(words) <= 1:
        return "".join(words)
    leaf, whole = words[-1], "".join(words[-2:])
    if _is_known(leaf, known) or (is_alone and not _is_known(whole, known)):
        return leaf
    return whole if _is_known(whole, known) else "".join(words)


def _trimmed(names: tuple[str, ...]) -> tuple[str, ...]:
    end = len(names)
    while end and not names[end - 1]:
        end -= 1
    return names[:end]
