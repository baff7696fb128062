"""What must become of a row: the answer key of the corpus.

A row with a trap may end in several right ways. It is stored with its true value, it is refused
for a right reason, it asks, or (a subtotal, a note) it is no row at all. Whatever is stored must be
true, cell by cell, unless the row carries a warning on the cell.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class OneOf:
    """Several values are as good as each other: a registry may keep a writing or fold it."""

    values: tuple[Any, ...]

    def __eq__(self, other: object) -> bool:
        return any(value == other for value in self.values)

    def __hash__(self) -> int:
        return hash(self.values)


@dataclass(frozen=True)
class Near:
    value: float
    tolerance: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int | float) and abs(other - self.value) <= self.tolerance

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True)
class Holds:
    """The words that a longer text, or a list, must hold."""

    words: tuple[str, ...]

    def __eq__(self, other: object) -> bool:
        return other is not None and all(word in str(other) for word in self.words)

    def __hash__(self) -> int:
        return hash(self.words)


@dataclass(frozen=True)
class Stored:
    """``told`` are codes of which the row must show one: a doubtful value is never silent."""

    facts: Facts = field(default_factory=dict)
    told: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Refused:
    """The row's error or conflict has one of these codes."""

    reasons: frozenset[str]


@dataclass(frozen=True)
class Asks:
    """A question with one of these codes; ``then`` are the facts after the corpus's reply."""

    codes: frozenset[str]
    then: Facts | None = None


@dataclass(frozen=True)
class Ignored:
    """The row is no record: a total, a note, a repeated header."""


Outcome = Stored | Refused | Asks | Ignored


@dataclass(frozen=True)
class Answer:
    """``truth`` is what the whole row says, beside the trap."""

    row_no: int
    trap: str
    accepted: tuple[Outcome, ...]
    truth: Facts
    header: str = ""
    written: str = ""
    sheet: str | None = None


@dataclass(frozen=True)
class CorpusFile:
    """``replies`` are what a clerk answers, by question code (or "code:value", which comes first).

    ``read_back`` names the kind of record that the facts are about.
    """

    name: str
    content: bytes
    answers: Sequence[Answer]
    read_back: str = "equipment"
    replies: Mapping[str, Any] = field(default_factory=dict)


def stored(*, told: Iterable[str] = (), **facts: Any) -> Stored:
    return Stored(facts, frozenset(told))


def refused(*reasons: str) -> Refused:
    return Refused(frozenset(reasons))


def asks(*codes: str, then: Facts | None = None) -> Asks:
    return Asks(frozenset(codes), then)


def day(year: int, month_no: int, day_no: int) -> str:
    return _span(date(year, month_no, day_no), date(year, month_no, day_no))


def month(year: int, month_no: int) -> str:
    last = monthrange(year, month_no)[1]
    return _span(date(year, month_no, 1), date(year, month_no, last))


def year(first: int, last: int | None = None) -> str:
    return _span(date(first, 1, 1), date(last or first, 12, 31))


def fiscal_year(first: int) -> str:
    return _span(date(first, 4, 1), date(first + 1, 3, 31))


def _span(first: date, last: date) -> str:
    return f"{first.isoformat()}/{last.isoformat()}"
