"""What a row of a file says about records of the registry, before any is looked up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from importers.values.reading import Change

Key = tuple[str, ...]


class Ref(NamedTuple):
    """A record named by its natural key; ``attribute`` takes a column of it instead of its id."""

    kind: str
    key: Key
    attribute: str = "id"


class Addition(NamedTuple):
    """Joins what the registry has: a list grows, an object gets or changes members."""

    value: Any

    def onto(self, old: Any) -> Any:
        if isinstance(self.value, dict):
            return {**(old or {}), **self.value}
        return [*(old or []), *(item for item in self.value if item not in (old or []))]


OCCUPANT = "occupant"  # Ref(OCCUPANT, (position_code, ISO day)): the device that sat there then


@dataclass(slots=True)
class Draft:
    """One record as one row describes it.

    ``ensure`` only makes sure that the record exists: one that is there is left as it is.
    ``soft`` columns fill a gap and replace nothing.
    """

    kind: str
    key: Key
    values: dict[str, Any]
    refs: dict[str, Ref] = field(default_factory=dict)
    ensure: bool = False
    soft: frozenset[str] = frozenset()


Message = dict[str, Any]
BLOCKING = frozenset({"error", "conflict", "question"})


def change_message(column: str, change: Change) -> Message:
    return {
        "level": "change",
        "code": change.rule,
        "column": column,
        "old": change.old,
        "new": change.new,
    }


def problem(level: str, code: str, column: str = "", **params: object) -> Message:
    """``level`` is error, conflict or question; each makes the row wait or fail."""
    return {"level": level, "code": code, "column": column, "params": params}


class RowNotes:
    """Collects what happened while a row became drafts."""

    __slots__ = ("messages",)

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def changes(self, column: str, changes: Iterable[Change]) -> None:
        self.messages.extend(change_message(column, change) for change in changes)

    def warn(self, code: str, column: str = "", **params: object) -> None:
        self.messages.append(problem("warning", code, column, **params))
