import re
from collections.abc import Callable, Iterator
from typing import Any

from service.analytics.methods import rates
from service.analytics.procedures.case import Case, Check, compare


def pair(limits: rates.Limits) -> tuple[float, float]:
    return limits.lower, limits.upper


def _confidence(digits: str) -> float:
    return float(f"0.{digits}")


Found = re.Match[str]
RateFigure = float | tuple[float, float]


def _limits_of_count(case: Case, found: Found) -> RateFigure:
    time = case.inputs.get("exposure", 1)
    return pair(rates.garwood(int(found["n"]), time, confidence=_confidence(found["level"])))


def _limits_of_rate(case: Case, found: Found) -> RateFigure:
    failures, time = case.inputs["failures"], case.inputs["exposure"]
    limits = rates.garwood(failures, time, confidence=_confidence(found["level"]))
    return pair(limits) if found["kind"] == "rate_" else _inverse(limits)


def _limits_of_factor(_case: Case, found: Found) -> RateFigure:
    count = int(found["n"])
    return _inverse(rates.garwood(count, count, confidence=_confidence(found["level"])))


def _bound_without_failure(case: Case, found: Found) -> RateFigure:
    time = case.body["expected"].get("zero_failures_T", case.inputs.get("exposure", 1))
    return rates.zero_failure_mtbf(time, confidence=_confidence(found["level"]))


def _point(case: Case, found: Found) -> RateFigure:
    failures, time = case.inputs["failures"], case.inputs["exposure"]
    return float({"mtbf": time / failures, "rate": failures / time}.get(found[0], time))


RATE_FIGURES: tuple[tuple[str, Callable[[Case, Found], RateFigure]], ...] = (
    (r"x(?P<n>\d+)_(?P<level>\d+)", _limits_of_count),
    (r"(?P<kind>mtbf_|rate_)?ci(?P<level>\d+)", _limits_of_rate),
    (r"factors_r(?P<n>\d+)_(?P<level>\d+)pct", _limits_of_factor),
    (r"zero_fail_mtbf_lower(?P<level>\d+)", _bound_without_failure),
    (r"mtbf|rate|zero_failures_T", _point),
)


def _rate_figure(case: Case, name: str) -> RateFigure | None:
    """The figure that a name such as ``ci90``, ``rate_ci95`` or ``x10_95`` stands for."""
    for pattern, obtain in RATE_FIGURES:
        if found := re.fullmatch(pattern, name):
            return obtain(case, found)
    return None


def _inverse(limits: rates.Limits) -> tuple[float, float]:
    return 1 / limits.upper, (1 / limits.lower if limits.lower else float("inf"))


def check_rates(case: Case) -> Iterator[Check]:
    for row in case.rows("limits"):
        for level in _levels(row):
            limits = rates.garwood(row["x"], case.inputs["exposure"], confidence=_confidence(level))
            yield case.check(f"x={row['x']} lower {level} %", row[f"lo{level}"], limits.lower)
            yield case.check(f"x={row['x']} upper {level} %", row[f"hi{level}"], limits.upper)
    for row in case.rows("factors"):
        yield from _mtbf_factors(case, row)
    names = [*case.body.get("expected", {}), *case.body.get("published", {})]
    figures = {name: _rate_figure(case, name) for name in names}
    yield from compare(case, {name: value for name, value in figures.items() if value is not None})


def _levels(row: dict[str, Any]) -> list[str]:
    return [name[2:] for name in row if re.fullmatch(r"lo\d+", name)]


def _mtbf_factors(case: Case, row: dict[str, Any]) -> Iterator[Check]:
    """Factors by which MTBF = T/r is multiplied; r = 0 holds the one-sided bound over T."""
    count = row["r"]
    for level in _levels(row):
        confidence = _confidence(level)
        if count == 0:
            bound = rates.zero_failure_mtbf(1.0, confidence=confidence)
            yield case.check(f"r=0 lower {level} %", row[f"lo{level}"], bound)
            continue
        low, high = _inverse(rates.garwood(count, count, confidence=confidence))
        yield case.check(f"r={count} lower {level} %", row[f"lo{level}"], low)
        yield case.check(f"r={count} upper {level} %", row[f"hi{level}"], high)
