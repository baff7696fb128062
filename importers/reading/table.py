"""A table as it was read: every cell is text, every row knows its place in the file."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from importers.reading.appearance import Look

Note = dict[str, Any]


class SourceRow(NamedTuple):
    """``row_no`` is the line of a CSV or the row of a sheet, as the user's program shows it."""

    row_no: int
    cells: tuple[str, ...]


class Rows(Protocol):
    """Rows that can be walked again and again; ``len`` may be an estimate for long files."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[SourceRow]: ...


@dataclass(frozen=True)
class Grid:
    """Cells before anybody knows which row holds the column names."""

    sheet: str | None
    rows: Rows
    encoding: str | None = None
    look: Look = field(default_factory=Look)
    epoch_1904: bool = False


@dataclass(frozen=True)
class Marks:
    """What the look of a sheet says, by row number."""

    hidden_rows: frozenset[int] = frozenset()
    struck_rows: frozenset[int] = frozenset()


@dataclass(frozen=True)
class SourceTable:
    """``context`` are the words around the table, with their labels: (施設名, 第一ポンプ場)."""

    sheet: str | None
    header: tuple[str, ...]
    header_row_no: int
    rows: Rows
    encoding: str | None
    notes: list[Note] = field(default_factory=list)
    context: list[tuple[str, str]] = field(default_factory=list)
    marks: Marks | None = None
    epoch_1904: bool = False

    @property
    def unit(self) -> str | None:
        """「単位：千円」 above the table."""
        return next((value for label, value in self.context if label == "単位"), None)


def header_name(cell: str) -> str:
    """One spelling of a column name, without the blanks and line breaks of narrow columns."""
    return "".join(unicodedata.normalize("NFKC", cell).split())
