"""Which obtained figure a name in a case's file stands for, and its comparison.

Cases are written by many hands. ``ci_beta``, ``beta_ci95``, ``beta_lower`` and ``se_beta`` all
speak of β, ``survival_24`` and ``survival: {"24": …}`` of the curve at 24.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Any

from service.analytics.methods.rates import CONFIDENCE, Limits
from service.analytics.procedures.case import Case, Check

Figures = Mapping[str, Any]
Aliases = Mapping[str, Sequence[str]]

ABSENT_WORDS = frozenset(
    {"", "none", "null", "nan", "na", "notreached", "notestimable", "undefined", "runtofailure"}
)
INFINITE_WORDS = frozenset({"inf", "infinity", "infinite", "∞"})
_LOWER = frozenset({"lower", "lo", "low", "lcl", "ll", "min"})
_UPPER = frozenset({"upper", "hi", "up", "high", "ucl", "ul", "max"})
_LIMITS = frozenset({"ci", "cl", "pi", "limits", "interval", "confint", "bounds"})
_ERRORS = frozenset({"se", "stderr", "error", "std"})
_VARIANCES = frozenset({"var", "variance"})
# Units and laws said beside a figure change nothing of it.
_SILENT = frozenset(
    {"h", "hours", "days", "years", "per", "of", "for", "the", "exact", "garwood", "chi2", "wald",
     "fisher", "log", "twosided", "two", "sided", "conf", "confidence", "pct", "95pct", "printed"}
)  # fmt: skip
_PARTS = re.compile(r"(lower|upper|lo|hi|ci|cl|pi)(\d{2,3})?(pct)?|(\d{2,3})(pct)?")


class Unknown:
    """The procedure knows no figure of that name."""


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Estimate:
    """A figure with its error and limits; ``limits`` takes the confidence."""

    value: float | None
    error: float | None = None
    limits: Callable[[float], Limits] | None = None


def plain(name: str) -> str:
    """The letters and figures of a name, in small letters."""
    return re.sub(r"[^0-9a-z.+-]", "", name.casefold().replace("β", "beta").replace("η", "eta"))


@dataclass(frozen=True)
class Naming:
    """The figures of a procedure, by their names and other names for them."""

    figures: Figures
    aliases: Aliases
    confidence: float = CONFIDENCE

    def find(self, name: str) -> Any:
        """Value, pair of limits, mapping or function of age for a name; `UNKNOWN` without any."""
        for found in (self._exact(name), self._qualified(name), self._at_a_number(name)):
            if found is not UNKNOWN:
                return found
        return UNKNOWN

    def _exact(self, name: str) -> Any:
        if name in self.figures:
            return _value(self.figures[name])
        wanted = plain(name)
        for key, value in self.figures.items():
            others = (key, *self.aliases.get(key, ()))
            if wanted in {plain(other) for other in others}:
                return _value(value)
        return UNKNOWN

    def _estimate(self, name: str) -> Estimate | None:
        wanted = plain(name)
        for key, value in self.figures.items():
            names = {plain(other) for other in (key, *self.aliases.get(key, ()))}
            if isinstance(value, Estimate) and wanted in names:
                return value
        return None

    def _qualified(self, name: str) -> Any:
        """Error or limits of an estimate: its name with words such as se, ci90, lower before or
        after it."""  # noqa: D205, D209  # one sentence
        words = [word for word in re.split(r"[_\s.]+", name) if word]
        for first in range(len(words)):
            for last in range(len(words), first, -1):
                estimate = self._estimate("_".join(words[first:last]))
                if estimate is not None and (first, last) != (0, len(words)):
                    return self._part(estimate, words[:first] + words[last:])
        sole = self._estimate("estimate")
        return UNKNOWN if sole is None else self._part(sole, words)

    def _part(self, estimate: Estimate, words: list[str]) -> Any:
        kinds, level = _qualifiers(words, self.confidence)
        if kinds is None:
            return UNKNOWN
        if kinds & (_ERRORS | _VARIANCES) and estimate.error is not None:
            return estimate.error ** (2 if kinds & _VARIANCES else 1)
        if estimate.limits is None or kinds & (_ERRORS | _VARIANCES):
            return UNKNOWN
        limits = estimate.limits(level)
        if kinds & _LOWER:
            return limits.lower
        return limits.upper if kinds & _UPPER else (limits.lower, limits.upper)

    def _at_a_number(self, name: str) -> Any:
        """A function of age at the number that ends the name: ``S_24``, ``mcf_at_365``, ``b10``."""
        found = re.fullmatch(r"(.*?)_?(?:at|t|given)?[_(\s]?(-?\d+(?:[._]\d+)?)\)?", name)
        if found is None or not found[1]:
            return UNKNOWN
        curve = self._exact(found[1])
        return curve(float(found[2].replace("_", "."))) if callable(curve) else UNKNOWN


def _value(found: Any) -> Any:
    return found.value if isinstance(found, Estimate) else found


def _qualifiers(words: list[str], level: float) -> tuple[set[str] | None, float]:
    kinds: set[str] = set()
    for word in (plain(part) for part in words):
        found = _PARTS.fullmatch(word)
        if found and (digits := found[2] or found[4]):
            level = float(f"0.{digits}")
        if found and found[1]:
            kinds.add(found[1])
        elif word in _LOWER | _UPPER | _LIMITS | _ERRORS | _VARIANCES:
            kinds.add(word)
        elif not found and word not in _SILENT:
            return None, level
    return kinds or None, level


def compare(
    case: Case,
    figures: Figures,
    *,
    aliases: Aliases | None = None,
    not_given: frozenset[str] = frozenset(),
) -> Iterator[Check]:
    """Every expected and every printed figure; one of an unknown name fails and says so.

    Figures may be nested in lists and by name. Words (a device, an item) are compared as such;
    printed words that only describe are passed over, and so is what is ``not_given``: figures of
    rows that the source had and the case's table no longer has.
    """
    naming = Naming(figures, aliases or {}, confidence_of(case))
    for kind, given in (("expected", case.expected), ("published", case.published)):
        check = case.check if kind == "expected" else case.check_printed
        for name, wanted in given.items():
            if name in not_given or (kind == "published" and _only_describes(wanted)):
                continue
            for label, number, found in _pairs(name, wanted, naming.find(name), naming):
                if found is UNKNOWN:
                    yield Check(label, number, nan, 0.0, is_known=False)
                else:
                    yield check(label, number, found)


def confidence_of(case: Case) -> float:
    given = case.inputs.get("confidence", case.inputs.get("cl", case.inputs.get("conf_level")))
    level = CONFIDENCE if given is None else float(given)
    return level / 100 if level > 1 else level


def _only_describes(wanted: Any) -> bool:
    words = ABSENT_WORDS | INFINITE_WORDS
    return isinstance(wanted, str) and plain(wanted) not in words


def _pairs(name: str, wanted: Any, found: Any, naming: Naming) -> Iterator[tuple[str, float, Any]]:
    if isinstance(found, Limits):
        found = (found.lower, found.upper)
    if isinstance(wanted, Mapping):
        yield from _by_key(name, wanted, found, naming)
    elif isinstance(wanted, list | tuple):
        yield from _items(name, wanted, found, naming)
    elif isinstance(wanted, str) and plain(wanted) not in ABSENT_WORDS | INFINITE_WORDS:
        same = found if found is UNKNOWN else float(_same_word(wanted, found))
        yield f"{name} = {wanted}", 1.0, same
    else:
        yield name, _wanted(wanted), found if found is UNKNOWN else _number(found)


def _by_key(
    name: str, wanted: Mapping[str, Any], found: Any, naming: Naming
) -> Iterator[tuple[str, float, Any]]:
    inner = Naming(found, naming.aliases, naming.confidence) if isinstance(found, Mapping) else None
    for key, part in wanted.items():
        if callable(found):
            have = _called(found, key)
        elif isinstance(found, tuple) and len(found) == 2:  # noqa: PLR2004  # two limits
            have = found[plain(key) in _UPPER] if plain(key) in _LOWER | _UPPER else UNKNOWN
        else:
            have = UNKNOWN if inner is None else inner.find(str(key))
        yield from _pairs(f"{name}.{key}", part, have, naming)


def _called(function: Callable[[float], Any], key: str) -> Any:
    try:
        return function(float(key))
    except ValueError:
        return UNKNOWN


def _items(
    name: str, wanted: Sequence[Any], found: Any, naming: Naming
) -> Iterator[tuple[str, float, Any]]:
    if found is UNKNOWN:
        yield name, float(len(wanted)), UNKNOWN
        return
    parts = list(found) if isinstance(found, list | tuple) or hasattr(found, "tolist") else []
    if len(parts) != len(wanted):
        yield f"len({name})", float(len(wanted)), float(len(parts))
    for index, (part, have) in enumerate(zip(wanted, parts, strict=False)):
        yield from _pairs(f"{name}[{index}]", part, have, naming)


def _same_word(wanted: str, found: Any) -> bool:
    return found is not None and plain(str(found)) == plain(wanted)


def _wanted(wanted: Any) -> float:
    if wanted is None or isinstance(wanted, str):
        return inf if wanted is not None and plain(wanted) in INFINITE_WORDS else nan
    return float(wanted)


def _number(found: Any) -> float:
    """NaN for what is not there; several values are no number either."""
    if found is None or isinstance(found, str | list | tuple | Mapping) or callable(found):
        return nan
    number = float(found)
    return number if isfinite(number) or number in {inf, -inf} else nan
