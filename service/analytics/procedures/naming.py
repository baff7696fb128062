"""Which obtained figure a name in a case's file stands for.

Cases are written by many hands. ``ci_beta``, ``beta_ci95``, ``beta_lower`` and ``se_beta`` all
speak of β, ``survival_24`` and ``survival: {"24": …}`` of the curve at 24, ``beta_A`` and
``A: {"beta": …}`` of group A.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, isfinite, isnan
from typing import Any

import numpy as np

from service.analytics.methods.distributions import Floats, two_sided_z
from service.analytics.methods.rates import CONFIDENCE, Limits
from service.analytics.procedures.words import LOWER, UPPER, Reading, plain, read_words, words_of

Figures = Mapping[str, Any]
Aliases = Mapping[str, Sequence[str]]
MEMBERS = "members"  # the figures of each group or device, by its name
LimitsOf = Callable[[float], Limits]


class Unknown:
    """The procedure knows no figure of that name."""


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Estimate:
    """A figure with its error and limits; ``limits`` takes the confidence.

    ``laws`` are limits by other laws, by a word of theirs: ``lr``, ``plain``, ``robust``;
    ``errors`` the errors by them.
    """

    value: float | None
    error: float | None = None
    limits: LimitsOf | None = None
    laws: Mapping[str, LimitsOf] = field(default_factory=dict)
    errors: Mapping[str, float | None] = field(default_factory=dict)

    def part(self, reading: Reading) -> Any:
        """Error, variance, a limit or both, or (nothing of these said) the estimate itself."""
        if reading.wants_error:
            return self._error(reading)
        limits_of = self.laws.get(reading.law, self.limits) if reading.law else self.limits
        if limits_of is None:
            return UNKNOWN if reading.wants_limits else self
        if not reading.wants_limits:
            return replace(self, limits=lambda level: limits_of(reading.level or level))
        return _side(limits_of(reading.level or CONFIDENCE), reading)

    def _error(self, reading: Reading) -> Any:
        if _is_other(reading.law) and reading.law not in self.errors:
            return UNKNOWN
        error = self.errors.get(reading.law, self.error)
        if error is None:
            return None if self.limits is None and not self.laws else UNKNOWN
        return error**2 if reading.wants_variance else error


def even_limits(value: float, error: float) -> LimitsOf:
    """The same error to both sides, by the normal law."""

    def limits(level: float) -> Limits:
        margin = two_sided_z(level) * error
        return Limits(value - margin, value + margin)

    return limits


def _is_other(law: str) -> bool:
    """Laws that change the error itself, not only the shape of limits."""
    return law in {"robust", "scaled"}


def _side(limits: Limits, reading: Reading) -> Any:
    if reading.kinds & LOWER:
        return limits.lower
    return limits.upper if reading.kinds & UPPER else (limits.lower, limits.upper)


@dataclass(frozen=True)
class Curve:
    """A figure at any age; ``last`` is the age of its last step, ``steps`` its values there."""

    at: Callable[[float], Estimate]
    last: float | None = None
    steps: Sequence[float] = ()

    def __call__(self, age: float) -> Estimate:
        return self.at(age)

    @classmethod
    def stepwise(cls, ages: Floats, values: Floats) -> "Curve":
        """0 before the first age, then the value of the last step."""
        padded = np.concatenate([[0.0], values])
        return cls(
            lambda age: Estimate(float(padded[np.searchsorted(ages, age, side="right")])),
            float(ages[-1]) if len(ages) else None,
            [float(value) for value in values],
        )


@dataclass(frozen=True)
class Member:
    """A row of a case, by its number from 1 and by its name."""

    number: int
    label: str


class Several(list[Any]):
    """Rows that a case may name one by one or only count."""


@dataclass(frozen=True)
class Either:
    """Several usual definitions go by this name; the nearest to what the case gives is meant."""

    values: tuple[float, ...]

    def nearest(self, wanted: float) -> float:
        if not isfinite(wanted):
            same = (one for one in self.values if one == wanted or isnan(one) == isnan(wanted))
            return next(same, self.values[0])
        return min(self.values, key=lambda value: abs(value - wanted))


@dataclass(frozen=True)
class Naming:
    """The figures of a procedure, by their names and other names for them.

    ``labels`` name the members of lists: devices, periods.
    """

    figures: Figures
    aliases: Aliases
    confidence: float = CONFIDENCE
    labels: Sequence[str] = ()

    def inside(self, figures: Figures) -> "Naming":
        return replace(self, figures=figures)

    def find(self, name: str) -> Any:
        """Value, limits, list, mapping or curve for a name; `UNKNOWN` without any."""
        for read in (
            self._exact, self._scaled, self._qualified, self._of_a_part, self._of_each_member,
        ):  # fmt: skip
            found = read(name)
            if found is not UNKNOWN:
                return found
        return UNKNOWN

    def _key(self, name: str) -> str | None:
        if name in self.figures:
            return name
        wanted = plain(name)
        for key in self.figures:
            if wanted in {plain(other) for other in (key, *self.aliases.get(key, ()))}:
                return key
        return None

    def _exact(self, name: str) -> Any:
        key = self._key(name)
        return UNKNOWN if key is None else self.figures[key]

    def _qualified(self, name: str) -> Any:
        """A figure's name with words such as se, ci90, lower, at 24, last before or after it."""
        for words in words_of(name):
            for first, last in _spans(len(words)):
                key = self._key("_".join(words[first:last]))
                if (
                    key is not None
                    and (found := self._with(key, words, first, last)) is not UNKNOWN
                ):
                    return found
        return self._unnamed(name)

    def _with(self, key: str, words: list[str], first: int, last: int) -> Any:
        figure = self.figures[key]
        takes_point = callable(figure) or isinstance(figure, list | tuple)
        reading = read_words(words[:first] + words[last:], takes_point=takes_point)
        is_other = isinstance(figure, Mapping) and last - first < len(words)
        if reading is None or (is_other and reading.says_nothing):  # a member of it may be meant
            return UNKNOWN
        return self.part(figure, reading)

    def _unnamed(self, name: str) -> Any:
        """Limits or error without a name are those of the procedure's main figure."""
        words = next(iter(words_of(name)))
        kind = "prediction" if any(word.startswith("pi") for word in words) else "estimate"
        sole = self.figures.get(kind)
        reading = None if sole is None else read_words(words, takes_point=callable(sole))
        if reading is None or not (reading.wants_error or reading.wants_limits):
            return UNKNOWN
        return self.part(sole, reading)

    def part(self, figure: Any, reading: Reading) -> Any:
        """What the words say of a figure, of each member of a list, of a curve at every age."""
        reading = replace(reading, level=reading.level or self.confidence)
        if reading.extreme and isinstance(figure, list | tuple):
            return _extreme(figure, reading.extreme)
        if reading.point is not None or reading.is_last:
            return self._at(figure, reading)
        if isinstance(figure, Curve):
            return Curve(lambda age: _as_estimate(figure(age).part(reading)), figure.last)
        return self._everywhere(figure, reading)

    def _everywhere(self, figure: Any, reading: Reading) -> Any:
        if isinstance(figure, Estimate):
            return figure.part(reading)
        if isinstance(figure, list | tuple):
            return self._of_each(dict(enumerate(figure)), reading, lambda parts: [*parts.values()])
        if isinstance(figure, Mapping):
            return self._of_each(figure, reading, lambda parts: parts)
        return figure if reading.says_nothing else UNKNOWN

    def _of_each(
        self, members: Mapping[Any, Any], reading: Reading, form: Callable[[dict[Any, Any]], Any]
    ) -> Any:
        if not any(isinstance(member, Estimate) for member in members.values()):
            return form(dict(members)) if reading.says_nothing else UNKNOWN
        return form(
            {
                key: member.part(reading) if isinstance(member, Estimate) else member
                for key, member in members.items()
            }
        )

    def _at(self, figure: Any, reading: Reading) -> Any:
        """A list's member by its number from 1, a curve at an age."""
        rest = replace(reading, point=None, is_last=False)
        if isinstance(figure, list | tuple):
            place = -1 if reading.is_last else int(reading.point or 0) - 1
            if not (figure and (reading.is_last or 0 <= place < len(figure))):
                return UNKNOWN
            return self.part(figure[place], rest)
        age = getattr(figure, "last", None) if reading.is_last else reading.point
        if not callable(figure) or age is None:
            return UNKNOWN
        return self.part(figure(age), rest)

    def _of_a_part(self, name: str) -> Any:
        """``beta_A`` for what ``A: {"beta": …}`` holds."""
        wanted = name.casefold()
        for key, inner in self.figures.items():
            if not (isinstance(inner, Mapping) and inner):
                continue
            for part in {
                key.casefold(),
                *(other.casefold() for other in self.aliases.get(key, ())),
            }:
                rest = _without(wanted, part)
                if rest and (found := self.inside(inner).find(rest)) is not UNKNOWN:
                    return found
        return UNKNOWN

    def _of_each_member(self, name: str) -> Any:
        """``laplace_by_system``, ``median_each``: of every group or device, by its name."""
        found = re.fullmatch(r"(.+?)_(?:(?:by|per)_[a-z]+|each|all)", name)
        members = self.figures.get(MEMBERS)
        if found is None or not isinstance(members, Mapping):
            return UNKNOWN
        parts = {key: self.inside(inner).find(found[1]) for key, inner in members.items()}
        return UNKNOWN if UNKNOWN in parts.values() else parts

    def _scaled(self, name: str) -> Any:
        """``rate_per_1000``, ``saving_pct``, ``expected_at_…``: another scale of a known figure."""
        factor, rest = 100.0, re.sub(r"_(?:pct|percent)$", "", name)
        if rest == name:
            found = re.fullmatch(r"(.+?)_per_(\d+)(?:_?[a-z_]+)?(.*)", name)
            if found is None:
                return UNKNOWN
            factor, rest = float(found[2]), found[1] + found[3]
        known = self.find(rest)
        return UNKNOWN if known is UNKNOWN else _times(known, factor)


def _spans(size: int) -> Iterator[tuple[int, int]]:
    """All stretches of words, the longest first."""
    for width in range(size, 0, -1):
        for first in range(size - width + 1):
            yield first, first + width


def _without(name: str, part: str) -> str:
    if name.startswith(f"{part}_"):
        return name[len(part) + 1 :]
    for joint in (f"_{part}", f"_of_{part}", f"_for_{part}"):
        if name.endswith(joint):
            return name.removesuffix(joint)
    return name.replace(f"_{part}_", "_", 1) if f"_{part}_" in name else ""


def _as_estimate(found: Any) -> Estimate:
    if isinstance(found, Estimate):
        return found
    if isinstance(found, tuple):
        return Estimate(None, None, lambda _level: Limits(*found))
    return Estimate(None if found is UNKNOWN else found)


def _extreme(values: Sequence[Any], word: str) -> Any:
    numbers = [value.value if isinstance(value, Estimate) else value for value in values]
    known = [number for number in numbers if isinstance(number, int | float)]
    return (max if word == "max" else min)(known, default=None)


def _times(found: Any, factor: float) -> Any:
    if isinstance(found, Estimate):
        limits_of = found.limits
        return Estimate(
            None if found.value is None else found.value * factor,
            None if found.error is None else found.error * factor,
            None if limits_of is None else lambda level: limits_of(level).scaled(factor),
        )
    if isinstance(found, list | tuple):
        return [_times(one, factor) for one in found]
    if isinstance(found, Mapping):
        return {key: _times(one, factor) for key, one in found.items()}
    return found * factor if isinstance(found, int | float) and abs(found) < inf else found
