"""What an import must know of a table: its natural key, its columns, what a new record needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Values = Mapping[str, Any]


class Parent(NamedTuple):
    """A part of a key that is another record's own key, held as its id in ``column``."""

    kind: str
    column: str


@dataclass(frozen=True, eq=False)
class Kind:
    """``keys`` are columns (or expressions) and parents, in the order of a draft's key.

    Lookups read one table at a time, by arrays of keys or ids: right after a bulk import there
    are no statistics, and a join could be planned as if the tables were still empty.

    ``secondary`` columns are raw writings: alone they do not make a record different.
    ``fixed`` columns never change by import; ``append_only`` records not at all.
    """

    name: str
    label: str
    keys: tuple[str | Parent, ...]
    columns: tuple[str, ...]
    required: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    expressions: Mapping[str, str] = field(default_factory=dict)
    secondary: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    versioned: bool = True
    append_only: bool = False
    is_link: bool = False
    render: Callable[[Values, Values], dict[str, Any]] = lambda values, _before: dict(values)
    stored: tuple[str, ...] = ()

    @property
    def key_columns(self) -> tuple[str, ...]:
        return tuple(key.column if isinstance(key, Parent) else key for key in self.keys)

    @property
    def stored_columns(self) -> tuple[str, ...]:
        return self.stored or self.columns
