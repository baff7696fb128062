"""Formulas of regressions as R and statsmodels write them: ``y ~ a*b + C(c) + offset(log(n))``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from math import exp, log, sqrt
from typing import Any

from service.analytics.procedures.case import CaseIncomplete

_FACTOR = re.compile(r"(?:C|factor|as\.factor)\((.+?)(?:,.*)?\)")
_FUNCTION = re.compile(r"(log|ln|sqrt|exp)\((.+)\)")
_FUNCTIONS = {"log": log, "ln": log, "sqrt": sqrt, "exp": exp}
_PLUS = re.compile(r"\+(?![^(]*\))")


@dataclass
class Formula:
    """``terms`` are columns, in order; ``together`` those that act jointly as well."""

    response: str
    terms: list[str] = field(default_factory=list)
    together: list[tuple[str, ...]] = field(default_factory=list)
    factors: set[str] = field(default_factory=set)
    offset: str | None = None

    @classmethod
    def of(cls, text: str) -> "Formula":
        left, tilde, right = text.partition("~")
        if not tilde or re.search(r"[-/|^]", _FACTOR.sub("", _FUNCTION.sub("", right))):
            raise CaseIncomplete("formula: y ~ a + b*c + C(d) + log(e) + offset(log(exposure))")
        found = cls(left.strip())
        for part in (part.strip() for part in _PLUS.split(right)):
            if offset := re.fullmatch(r"offset\((.+)\)", part):
                found.offset = offset[1].strip()
            elif part not in {"", "1"}:
                found._add(part)  # its own
        return found

    def _add(self, part: str) -> None:
        names = [self._column(word.strip()) for word in re.split(r"[*:]", part)]
        if ":" not in part or "*" in part:
            self.terms += [name for name in names if name not in self.terms]
        widths = range(2, len(names) + 1) if "*" in part else [len(names)]
        for width in widths:
            self.together += [
                joint
                for joint in combinations(names, width)
                if width > 1 and joint not in self.together
            ]

    def _column(self, word: str) -> str:
        factor = _FACTOR.fullmatch(word)
        if factor is None:
            return word
        self.factors.add(factor[1].strip())
        return factor[1].strip()


def column(rows: list[dict[str, Any]], term: str) -> list[Any]:
    """Values of a column, or of a function of one; whole numbers without a point."""
    if rows and term in rows[0]:
        return [_whole(row[term]) for row in rows]
    found = _FUNCTION.fullmatch(term)
    if found is None or not rows or found[2].strip() not in rows[0]:
        raise CaseIncomplete(f"formula: {term}?")
    return [_FUNCTIONS[found[1]](float(row[found[2].strip()])) for row in rows]


def _whole(found: Any) -> Any:
    return int(found) if isinstance(found, float) and found.is_integer() else found


def exposure_of(row: Mapping[str, Any], said: str) -> float:
    """Exposure whose logarithm is the offset: ``log(n)`` or a column of logarithms ``log_n``."""
    inner = re.fullmatch(r"(?:log|ln|np\.log)\((.+)\)", said.strip())
    name = inner[1].strip() if inner else said.strip()
    value = row[name]
    if value is None:
        return 0.0
    is_logarithm = inner is None and bool(re.match(r"(?i)log|ln", name))
    return exp(float(value)) if is_logarithm else float(value)
