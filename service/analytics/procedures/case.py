"""A published case and the comparison of its figures with those obtained."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

_SEVEN_DIGITS = 1e-6


def _half_digit(figure: float) -> float:
    return 0.5 * 10.0 ** int(Decimal(str(figure)).as_tuple().exponent)


@dataclass(frozen=True)
class Check:
    """One figure of a case; ``allowed`` is the largest difference that still passes."""

    name: str
    expected: float
    obtained: float
    allowed: float

    @property
    def passed(self) -> bool:
        return abs(self.obtained - self.expected) <= self.allowed


@dataclass(frozen=True)
class Case:
    folder: Path
    body: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def method(self) -> str:
        return str(self.body["method"])

    @property
    def source(self) -> str:
        return str(self.body.get("source", ""))

    @property
    def inputs(self) -> dict[str, Any]:
        return dict(self.body["inputs"])

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_csv(self.folder / self.body["tables"][name], try_parse_dates=True)

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        if name in self.body.get("tables", {}):
            yield from self.table(name).iter_rows(named=True)

    def check(self, name: str, expected: float, obtained: float) -> Check:
        """Against a figure given in full precision.

        A figure of seven or more digits is not held to more digits than it is written with.
        """
        tolerance = self.body.get("tolerance", {})
        relative = tolerance.get("rel", 0.0) * abs(expected)
        rounding = _half_digit(expected)
        if rounding > _SEVEN_DIGITS * abs(expected):
            rounding = 0.0
        allowed = max(tolerance.get("abs", 0.0), relative, rounding)
        return Check(name, expected, obtained, allowed or 1e-9)

    def check_printed(self, name: str, expected: float, obtained: float) -> Check:
        """Against a figure as printed.

        Half of its last digit, or what the case allows if that is more: a print of three decimals
        cannot be met more closely, whatever its case says of longer ones.
        """
        tolerance = self.body.get("tolerance", {})
        allowed = max(tolerance.get("published_abs", 0.0), _half_digit(expected))
        relative = tolerance.get("published_rel", 0.0) * abs(expected)
        return Check(f"{name} (printed)", expected, obtained, max(allowed, relative))


Figures = Mapping[str, Any]


def compare(
    case: Case, figures: Figures, *, not_given: frozenset[str] = frozenset()
) -> Iterator[Check]:
    """Every expected and every printed figure; one that was not obtained fails as NaN.

    Figures may be nested in lists and by name. Words (a device, an item) are compared as such;
    printed words that only describe are passed over, and so is what is ``not_given``: figures of
    rows that the source had and the case's table no longer has.
    """
    for kind, check in (("expected", case.check), ("published", case.check_printed)):
        for name, expected in case.body.get(kind, {}).items():
            if name in not_given or (kind == "published" and isinstance(expected, str)):
                continue
            for label, wanted, found in _pairs(name, expected, figures.get(name)):
                yield check(label, wanted, found)


def _pairs(name: str, wanted: Any, found: Any) -> Iterator[tuple[str, float, float]]:
    if isinstance(wanted, Mapping):
        have = found if isinstance(found, Mapping) else {}
        for key, part in wanted.items():
            yield from _pairs(f"{name}.{key}", part, have.get(key))
    elif isinstance(wanted, list | tuple):
        parts = list(found) if isinstance(found, list | tuple) else []
        yield from _items(name, wanted, parts)
    elif isinstance(wanted, str):
        yield f"{name} = {wanted}", 1.0, float(found == wanted)
    else:
        yield name, float(wanted), _number(found)


def _items(
    name: str, wanted: list[Any] | tuple[Any, ...], parts: list[Any]
) -> Iterator[tuple[str, float, float]]:
    if len(parts) != len(wanted):
        yield f"len({name})", float(len(wanted)), float(len(parts)) if parts else float("nan")
    for index, (part, have) in enumerate(zip(wanted, parts, strict=False)):
        yield from _pairs(f"{name}[{index}]", part, have)


def _number(found: Any) -> float:
    if found is None or isinstance(found, str | list | tuple | Mapping):
        return float("nan")
    return float(found)
