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
        until = np.array(list(exits), dtype=float)
        died = np.ones(len(until)) if ended is None else np.array(list(ended), dtype=float)
        start = np.zeros(len(until)) if entry is None else np.array(list(entry), dtype=float)
        kept = start < until
        return cls(start[kept], until[kept], died[kept], int((~kept).sum()))

    @property
    def rows(self) -> int:
        return len(self.exit)

    @property
    def ends(self) -> int:
        return int(self.ended.sum())

    def given_survival_to(self, age: float) -> "Lifetimes":
        """Only what was seen after an age."""
        return Lifetimes.of(self.exit, self.ended, np.maximum(self.entry, age))
