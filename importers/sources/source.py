"""A source: which columns a ledger has, and what one of its rows says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from importers.reading.table import header_name
from importers.records import Draft, RowNotes
from importers.values.reading import Reader
from importers.values.text import read_text
from service.core.tables import partial_date_columns

Cells = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """``headers`` are the names by which ledgers call it, the usual one first."""

    field: str
    headers: tuple[str, ...]
    read: Reader = read_text
    required: bool = False

    @property
    def title(self) -> str:
        return self.headers[0]


def column(field: str, *headers: str, read: Reader = read_text, required: bool = False) -> Column:
    return Column(field, tuple(header_name(header) for header in headers), read, required)


@dataclass(frozen=True)
class Source:
    """``main`` is the kind of record that a row is about; ``draft`` turns a row into records."""

    name: str
    title: str
    main: str
    columns: tuple[Column, ...]
    draft: Callable[[Cells, RowNotes], list[Draft]]

    def find(self, header: tuple[str, ...]) -> dict[Column, int]:
        """The columns of this source that the header has, with their places."""
        places = {name: index for index, name in reversed(list(enumerate(header)))}
        return {
            column: places[name]
            for column in self.columns
            for name in column.headers
            if name in places
        }

    def missing(self, header: tuple[str, ...]) -> list[str]:
        found = self.find(header)
        return [column.title for column in self.columns if column.required and column not in found]


def picked(cells: Cells, *fields: str) -> Cells:
    """The cells that are filled; a blank one leaves the registry's value alone."""
    return {field: cells[field] for field in fields if field in cells}


def dated(cells: Cells, field: str, prefix: str) -> Cells:
    """The four columns of a partial date, or nothing for a blank cell."""
    return partial_date_columns(prefix, cells[field]) if field in cells else {}
