"""Which column of a table is which field: by decision, by the header's words, or asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache

from importers.decisions import Decisions, header_signature
from importers.sources.source import Column, Source
from importers.values.headers import split_header, unit_named

LIKELY = 0.6
_MONEY = frozenset({"円", "千円", "百万円"})
_PRICES = frozenset({"cost", "cost_yen"})


@dataclass(frozen=True)
class Mapping:
    """``places`` says in which cell of a row a column stands, ``units`` what its header adds."""

    source: Source
    header: tuple[str, ...]
    places: dict[Column, int]
    units: dict[Column, str | None] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        return header_signature(self.header)

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(column.field for column in self.places)

    @property
    def names(self) -> list[str]:
        """The words of the header by which the columns were found."""
        return [_bare_or_known(self.header[at], column) for column, at in self.places.items()]

    @property
    def unused(self) -> list[str]:
        used = set(self.places.values())
        return [name for at, name in enumerate(self.header) if name and at not in used]

    @property
    def missing(self) -> list[Column]:
        """Columns without which no row can be read."""
        return [
            column
            for column in self.source.columns
            if column.required and column not in self.places
        ]

    @property
    def missing_either(self) -> list[tuple[str, ...]]:
        return [group for group in self.source.either if not self.fields & set(group)]

    def in_unit(self, word: str) -> "Mapping":
        """「単位：千円」 above the table holds for prices whose header names no unit."""
        unit = unit_named(word)
        if unit not in _MONEY:
            return self
        priced = {c: u or unit if c.field in _PRICES else u for c, u in self.units.items()}
        return Mapping(self.source, self.header, self.places, priced)

    def told(self) -> list[dict[str, str]]:
        """Every header with the field it became, in the order of the file."""
        by_place = {place: column for column, place in self.places.items()}
        return [
            {
                "header": name,
                "field": by_place[at].field if at in by_place else "",
                "suggestion": "" if at in by_place else self._suggestion(name),
            }
            for at, name in enumerate(self.header)
            if name
        ]

    def _suggestion(self, name: str) -> str:
        free = (column for column in self.source.columns if column not in self.places)
        scored = ((_likeness(name, column), column.field) for column in free)
        best = max(scored, default=(0.0, ""))
        return best[1] if best[0] >= LIKELY else ""


def mapped(source: Source, header: tuple[str, ...], decisions: Decisions) -> Mapping:
    decided = decisions.columns.get(header_signature(header), {})
    places: dict[Column, int] = {}
    for column, place in _decided(source, header, decided):
        places.setdefault(column, place)
    taken = set(places.values()) | {at for at, name in enumerate(header) if name in decided}
    for column in source.columns:
        if column not in places:
            found = place_of(column, header, taken)
            if found is not None:
                places[column] = found
                taken.add(found)
    units = {column: split_header(header[place])[1] for column, place in places.items()}
    return Mapping(source, header, places, units)


def _decided(
    source: Source, header: tuple[str, ...], decided: dict[str, str]
) -> Iterator[tuple[Column, int]]:
    columns = {column.field: column for column in source.columns}
    for at, name in enumerate(header):
        if decided.get(name) in columns:
            yield columns[decided[name]], at


def place_of(column: Column, header: tuple[str, ...], taken: set[int]) -> int | None:
    """Where the header names the column: its own words first, then without their unit."""
    for names in (header, tuple(_bare(name) for name in header)):
        for wanted in column.headers:
            for at, name in enumerate(names):
                if name == wanted and at not in taken:
                    return at
    return None


def _bare_or_known(name: str, column: Column) -> str:
    return name if name in column.headers else _bare(name)


@cache
def _bare(name: str) -> str:
    return split_header(name)[0]


def _likeness(name: str, column: Column) -> float:
    bare = _bare(name)
    return max(SequenceMatcher(None, bare, known).ratio() for known in column.headers)
