"""What became of one cell."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Change(NamedTuple):
    """One normalisation, by the name of its rule."""

    rule: str
    old: str
    new: str


class Reading(NamedTuple):
    value: Any
    changes: tuple[Change, ...] = ()


class Unreadable(ValueError):
    """The cell cannot become a value.

    ``asks`` is true when a person could settle it (which era?) and false when the cell is wrong.
    """

    def __init__(self, code: str, *, asks: bool = False, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.asks = asks
        self.params = params


Reader = Callable[[str], Reading]


def changed(rule: str, old: str, new: str, value: Any) -> Reading:
    """The value, with a change noted only if the writing differs."""
    return Reading(value, (Change(rule, old, new),) if old != new else ())
