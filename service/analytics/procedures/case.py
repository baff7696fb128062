"""A published case and the comparison of its figures with those obtained."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite, isnan
from pathlib import Path
from typing import Any

import polars as pl

_SEVEN_DIGITS, _NINE_DIGITS = 1e-6, 1e-9
_NOTHING = 1e-12  # what is smaller is rounding of sums


def _half_digit(figure: float) -> float:
    if float(figure).is_integer():
        return 0.5
    exponent = Decimal(str(figure)).as_tuple().exponent
    return 0.5 * 10.0**exponent if isinstance(exponent, int) else 0.0


@dataclass(frozen=True)
class Check:
    """One figure of a case; ``allowed`` is the largest difference that still passes.

    ``is_known`` False: the procedure of this method computes no figure of that name.
    """

    name: str
    expected: float
    obtained: float
    allowed: float
    is_known: bool = True

    @property
    def passed(self) -> bool:
        """Infinite, or absent (NaN), equals the same."""
        if not self.is_known:
            return False
        if isnan(self.expected):
            return isnan(self.obtained)
        return self.obtained == self.expected or abs(self.obtained - self.expected) <= self.allowed


class CaseIncomplete(ValueError):
    """The case's files lack what its method needs; the text says what, and which names are read."""


@dataclass(frozen=True)
class Case:
    folder: Path
    body: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.body.get("id", "?"))

    @property
    def method(self) -> str:
        return str(self.body.get("method", "?"))

    @property
    def source(self) -> str:
        return str(self.body.get("source", ""))

    @property
    def inputs(self) -> dict[str, Any]:
        return dict(self.body.get("inputs") or {})

    @property
    def expected(self) -> dict[str, Any]:
        return dict(self.body.get("expected") or {})

    @property
    def published(self) -> dict[str, Any]:
        return dict(self.body.get("published") or {})

    @property
    def tables(self) -> dict[str, Any]:
        """Names of CSV files beside the case, or rows written in the case itself."""
        return dict(self.body.get("tables") or {})

    def table(self, name: str) -> pl.DataFrame:
        given = self.tables[name]
        if isinstance(given, list):
            return pl.DataFrame(given, infer_schema_length=None)
        return pl.read_csv(
            self.folder / given,
            try_parse_dates=True,
            infer_schema_length=None,
            null_values=["", "NA", "N/A", "null", "NULL"],
        )

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        if name in self.tables:
            yield from self.table(name).iter_rows(named=True)

    @property
    def _tolerance(self) -> dict[str, float]:
        given = self.body.get("tolerance")
        return given if isinstance(given, dict) else {"rel": float(given or 0.0)}

    def check(self, name: str, expected: float, obtained: float) -> Check:
        """Against a figure given in full precision.

        A figure of seven or more digits is not held to more digits than it is written with.
        """
        relative = self._tolerance.get("rel", 0.0) * (abs(expected) if isfinite(expected) else 0.0)
        rounding = _half_digit(expected)
        if rounding > _SEVEN_DIGITS * abs(expected):
            rounding = 0.0
        floor = _NINE_DIGITS * abs(expected) if isfinite(expected) else 0.0
        allowed = max(self._tolerance.get("abs", 0.0), relative, rounding, floor, _NOTHING)
        return Check(name, expected, obtained, allowed if expected else max(allowed, _NINE_DIGITS))

    def check_printed(self, name: str, expected: float, obtained: float) -> Check:
        """Against a figure as printed.

        Half of its last digit, or what the case allows if that is more: a print of three decimals
        cannot be met more closely, whatever its case says of longer ones.
        """
        allowed = max(self._tolerance.get("published_abs", 0.0), _half_digit(expected) * 1.0001)
        relative = self._tolerance.get("published_rel", 0.0) * abs(expected)
        return Check(f"{name} (printed)", expected, obtained, max(allowed, relative))
