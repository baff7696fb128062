"""Lives of devices until one thing (replacement), with delayed entry and censoring."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from service.analytics.methods.distributions import Floats


@dataclass(frozen=True)
class Lifetimes:
    """One row per device: ``entry`` age when the records began, ``exit`` age, ``ended`` there?

    Delayed entry is right only for what takes a device out of the register (replacement): a device
    present at the start of the records was not replaced before, but may well have failed before.
    Rows with entry ≥ exit were never seen and are left out (``dropped``).
    """

    entry: Floats
    exit: Floats
    ended: Floats
    dropped: int = 0

    @classmethod
    def of(
        cls,
        exits: Iterable[float],
        ended: Iterable[float] | None = None,
        entry: Iterable[float] | None = None,
    ) -> "Lifetimes":
        """All ended and all seen from age 0 where not said otherwise."""
        until = _column(exits)
        died = np.ones(len(until)) if ended is None else _column(ended)
        start = np.zeros(len(until)) if entry is None else _column(entry)
        kept = start < until
        if kept.all():
            return cls(start, until, died)
        return cls(start[kept], until[kept], died[kept], int((~kept).sum()))

    @property
    def rows(self) -> int:
        return len(self.exit)

    @property
    def ends(self) -> int:
        return int(self.ended.sum())

    def given_survival_to(self, age: float) -> "Lifetimes":
        """Only what was seen after an age."""
        if not self.rows or age <= self.entry.min():
            return self
        return Lifetimes.of(self.exit, self.ended, np.maximum(self.entry, age))


def _column(values: Iterable[float]) -> Floats:
    if isinstance(values, np.ndarray):
        return values.astype(np.float64, copy=False)
    return np.array(list(values), dtype=float)
