"""A source: which columns a ledger has, and what one of its rows says."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sqlmodel import Session

from importers.decisions import Decisions
from importers.directory import Directory, Places
from importers.reading.table import header_name
from importers.records import Draft, RowNotes
from importers.values.reading import Reader
from importers.values.text import read_text
from service.core.tables import partial_date_columns

Cells = dict[str, Any]
# What the names of the city's own fields begin with, by what the field belongs to.
CUSTOM_OF = {"position": "custom:", "device": "device-custom:"}


class Binding(NamedTuple):
    """What a column's reader may depend on: the unit in the header, and what was decided."""

    field: str
    unit: str | None
    decisions: Decisions
    epoch_1904: bool = False
    header: str = ""


class Matcher(Protocol):
    def match(self, rows: Sequence[Any], fields: AbstractSet[str]) -> None:
        """Gives rows the codes of the records that they mean, or blocks them with a question.

        ``fields`` are those that the table has columns for.
        """

    def told(self) -> dict[str, Any]:
        """What people should see of the whole file before they decide."""


MatcherFactory = Callable[[Session, Decisions, Directory, Places], Matcher]


class Lookup(NamedTuple):
    """The column holds a word (code or name) for a record of ``kind``; ``into`` takes its code."""

    kind: str
    into: str


@dataclass(frozen=True)
class Column:
    """``headers`` are the names by which ledgers call it, the usual one first.

    ``key`` columns may be absent when the records can be found in another way (see `Source`).
    """

    field: str
    headers: tuple[str, ...]
    read: Reader = read_text
    bind: Callable[[Binding], Reader] | None = None
    required: bool = False
    lookup: Lookup | None = None

    @property
    def title(self) -> str:
        return self.headers[0]

    def reader(
        self, header: str, unit: str | None, decisions: Decisions, *, epoch_1904: bool
    ) -> Reader:
        if self.bind is None:
            return self.read
        return self.bind(Binding(self.field, unit, decisions, epoch_1904, header))


def column(
    field: str,
    *headers: str,
    read: Reader = read_text,
    bind: Callable[[Binding], Reader] | None = None,
    required: bool = False,
    lookup: Lookup | None = None,
) -> Column:
    names = tuple(header_name(header) for header in headers)
    return Column(field, names, read, bind, required, lookup)


@dataclass(frozen=True)
class Source:
    """``main`` is the kind of record that a row is about; ``draft`` turns a row into records.

    ``expand`` makes several of a row such as 「No.1～4」; ``matcher`` finds records by other things
    than their codes; ``removed`` is what a struck-through row says.

    ``either`` names groups of fields of which a ledger must have one. What a required field
    lacks may also come from the title, the name of the sheet or a decision: ``elsewhere``.
    Beside a column of ``placed_by`` no facility is asked for.
    """

    name: str
    title: str
    main: str
    columns: tuple[Column, ...]
    draft: Callable[[Cells, RowNotes], list[Draft]]
    either: tuple[tuple[str, ...], ...] = ()
    elsewhere: frozenset[str] = frozenset()
    placed_by: frozenset[str] = frozenset()
    expand: Callable[[Cells, Decisions, RowNotes], list[Cells]] | None = None
    matcher: MatcherFactory | None = None
    removed: Mapping[str, Any] | None = None

    def column(self, field: str) -> Column:
        return next(column for column in self.columns if column.field == field)


def picked(cells: Cells, *fields: str) -> Cells:
    """The cells that are filled; a blank one leaves the registry's value alone."""
    return {field: cells[field] for field in fields if field in cells}


def dated(cells: Cells, field: str, prefix: str) -> Cells:
    """The four columns of a partial date, or nothing for a blank cell."""
    return partial_date_columns(prefix, cells[field]) if field in cells else {}
