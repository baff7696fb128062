"""Dates as old ledgers know them: 「S58.3」, 「平成10年度」, 「不明」.

A partial date keeps the closed interval of days it may mean, how exactly it was written, and the
writing itself. In tables it is four columns with one prefix: ``x_from``, ``x_to``,
``x_precision``, ``x_raw`` (see `columns` in `service.core.database`).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Self


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    FISCAL_YEAR = "fiscal_year"
    RANGE = "range"
    APPROXIMATE = "approximate"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PartialDate:
    """``start`` and ``end`` are inclusive; both are None when the ledger says 「不明」."""

    start: date | None
    end: date | None
    precision: Precision
    raw: str = ""

    def __post_init__(self) -> None:
        if (self.start is None) != (self.end is None):
            raise ValueError("a partial date has both ends or none")
        if self.start is not None and self.end is not None and self.start > self.end:
            raise ValueError("a partial date cannot end before it starts")
        if (self.start is None) != (self.precision is Precision.UNKNOWN):
            raise ValueError("only an unknown date has no ends")

    @classmethod
    def day(cls, day: date, raw: str = "") -> Self:
        return cls(day, day, Precision.DAY, raw or day.isoformat())

    @classmethod
    def unknown(cls, raw: str = "") -> Self:
        return cls(None, None, Precision.UNKNOWN, raw)

    @property
    def midpoint(self) -> date | None:
        """The day that age statistics take: 1 July for a bare year."""
        if self.start is None or self.end is None:
            return None
        return self.start + timedelta(days=((self.end - self.start).days + 1) // 2)
