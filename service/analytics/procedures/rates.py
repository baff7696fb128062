import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from service.analytics.methods import rates
from service.analytics.methods.rate_comparison import homogeneity, standardised_rate
from service.analytics.methods.too_few import TooFew
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import Estimate, compare, confidence_of

FAILURES: given.Names = (
    "failures", "x", "count", "counts", "events", "r", "d", "n_failures", "observed", "cases",
    "deaths", "y", "incidents",
)  # fmt: skip
EXPOSURE: given.Names = (
    "exposure", "time", "device_years", "hours", "total_time", "unit_hours", "person_years",
    "test_time", "operating_hours", "years", "t", "T", "pop", "population", "n", "service",
)  # fmt: skip
STANDARD: given.Names = ("standard", "stdpop", "standard_population", "weights", "std_pop", "w")
RATE_ALIASES = {
    "rate": ("lambda", "failure_rate", "estimate", "rate_per_unit", "lambda_hat", "crude_rate"),
    "mtbf": ("theta", "mttf", "mtbf_hat"),
    "ratio": ("rate_ratio", "rr", "irr", "rates_ratio", "incidence_rate_ratio"),
    "p_ratio": ("p", "p_value", "p_two_sided", "pvalue", "p_doubled", "p_central"),
    "phi": ("dispersion", "overdispersion", "φ"),
    "chi2": ("homogeneity_chi2", "chi2_homogeneity", "x2", "chisq", "chi_square"),
    "df": ("homogeneity_df", "chi2_df", "degrees_of_freedom"),
    "p_homogeneity": ("homogeneity_p", "chi2_p", "p_chi2"),
    "standardised": ("adj_rate", "adjusted_rate", "asr", "standardized_rate", "adjusted",
                     "directly_standardised", "dsr", "standardised_rate"),
    "upper_bound": ("one_sided_upper", "upper_one_sided", "rate_upper_one_sided"),
    "group": ("scaled", "group_rate", "dispersion_scaled", "scaled_garwood"),
    "garwood": ("exact", "plain", "poisson", "limits"),
    "failures": ("total_failures", "events", "n", "N"),
    "exposure": ("total_exposure", "total_time"),
}  # fmt: skip

Found = re.Match[str]
RateFigure = float | tuple[float, float]


def pair(limits: rates.Limits) -> tuple[float, float]:
    return limits.lower, limits.upper


def _confidence(digits: str) -> float:
    return float(f"0.{digits}")


def is_failure_terminated(case: Case) -> bool:
    if (stated := given.value(case, ("failure_terminated", "failure_truncated"))) is not None:
        return bool(stated)
    if (stated := given.value(case, ("time_terminated", "time_truncated"))) is not None:
        return not stated
    words = str(given.value(case, ("termination", "truncation", "censoring", "test"), ""))
    return bool(re.search(r"fail|type[ _-]?(ii|2)\b", words.casefold()))


def _limits(case: Case, count: float, time: float, level: float) -> rates.Limits:
    if is_failure_terminated(case):
        return rates.garwood_failure_terminated(int(count), time, confidence=level)
    return rates.garwood(count, time, confidence=level)


def _limits_of_count(case: Case, found: Found) -> RateFigure:
    time = given.value(case, EXPOSURE, 1)
    time = 1 if isinstance(time, list) else time
    return pair(_limits(case, int(found["n"]), time, _confidence(found["level"])))


def _limits_of_factor(case: Case, found: Found) -> RateFigure:
    count = int(found["n"])
    return _inverse(_limits(case, count, count, _confidence(found["level"])))


def _bound_without_failure(case: Case, found: Found) -> RateFigure:
    time = case.expected.get("zero_failures_T", given.value(case, EXPOSURE, 1))
    return rates.zero_failure_mtbf(time, confidence=_confidence(found["level"]))


def _upper_bound(case: Case, found: Found) -> RateFigure:
    count, time = _total(case)
    return rates.upper_bound(count, time, confidence=_confidence(found["level"]))


PATTERNS: tuple[tuple[str, Callable[[Case, Found], RateFigure]], ...] = (
    (r"x(?P<n>\d+)_(?P<level>\d+)", _limits_of_count),
    (r"factors_r(?P<n>\d+)_(?P<level>\d+)pct", _limits_of_factor),
    (r"zero_fail(?:ures?)?_mtbf_lower_?(?P<level>\d+)", _bound_without_failure),
    (r"(?:rate_)?upper_(?:one_?sided_?)(?P<level>\d+)", _upper_bound),
    (r"one_?sided_upper_?(?P<level>\d+)", _upper_bound),
)


def _of_name(case: Case, name: str) -> RateFigure | None:
    for pattern, obtain in PATTERNS:
        if found := re.fullmatch(pattern, name):
            return obtain(case, found)
    return None


def _inverse(limits: rates.Limits) -> tuple[float, float]:
    return 1 / limits.upper, (1 / limits.lower if limits.lower else float("inf"))


def _inverted(limits: rates.Limits) -> rates.Limits:
    return rates.Limits(*_inverse(limits))


def check_rates(case: Case) -> Iterator[Check]:
    yield from _table_of_limits(case)
    for row in case.rows("factors"):
        yield from _mtbf_factors(case, row)
    figures = _figures(case)
    for name in (*case.expected, *case.published):
        if (found := _of_name(case, name)) is not None:
            figures[name] = found
    yield from compare(case, figures, aliases=RATE_ALIASES)


def _table_of_limits(case: Case) -> Iterator[Check]:
    """Rows of a count with columns such as lo95, hi95."""
    for _, rows in given.tables_with(case, FAILURES[:3]):
        for row in rows:
            count, time = given.read(row, FAILURES[:3]), _time_of(case, row)
            for name, wanted in row.items():
                side = re.fullmatch(r"(lo|lower|hi|upper)_?(\d+)", name)
                if side is None or wanted is None:
                    continue
                limits = _limits(case, count, time, _confidence(side[2]))
                have = limits.lower if side[1].startswith("lo") else limits.upper
                yield case.check(f"x={count} {name}", wanted, have)


def _time_of(case: Case, row: given.Row) -> float:
    in_row = given.read(row, EXPOSURE)
    found = given.value(case, EXPOSURE, 1) if in_row is None else in_row
    return float(1 if isinstance(found, list) else found)


def _samples(case: Case) -> tuple[list[float], list[float]] | None:
    """Failures and exposure of several devices or groups."""
    for _, rows in given.tables_with(case, FAILURES, EXPOSURE):
        return (
            [float(given.read(row, FAILURES)) for row in rows],
            [float(given.read(row, EXPOSURE)) for row in rows],
        )
    counts, times = given.value(case, FAILURES), given.value(case, EXPOSURE)
    if isinstance(counts, list) and isinstance(times, list) and len(counts) == len(times):
        return [float(one) for one in counts], [float(one) for one in times]
    return _numbered(case)


def _numbered(case: Case) -> tuple[list[float], list[float]] | None:
    """Two groups as x1, t1, x2, t2 or failures_1, exposure_1, failures_2, exposure_2."""
    found: dict[str, dict[str, float]] = {"x": {}, "t": {}}
    for name, value in case.inputs.items():
        parts = re.fullmatch(r"([a-zA-Z_]+?)_?([12ab])", name)
        if parts and isinstance(value, int | float):
            kind = "x" if given.named([parts[1]], FAILURES) else "t"
            found[kind][parts[2]] = float(value)
    if len(found["x"]) == 2 and found["x"].keys() == found["t"].keys():  # noqa: PLR2004
        return list(found["x"].values()), [found["t"][key] for key in found["x"]]
    return None


def _total(case: Case) -> tuple[float, float]:
    samples = _samples(case)
    if samples is not None:
        return sum(samples[0]), sum(samples[1])
    count, time = given.value(case, FAILURES), given.value(case, EXPOSURE)
    if isinstance(count, list):
        count = sum(count)
    if count is None or time is None:
        raise CaseIncomplete(f"inputs: {' / '.join(FAILURES[:4])}; {' / '.join(EXPOSURE[:4])}")
    return float(count), float(time)


def _figures(case: Case) -> dict[str, Any]:
    try:
        count, time = _total(case)
    except CaseIncomplete:
        return {}
    samples = _samples(case)
    rate = Estimate(
        count / time if time else None, None, lambda level: _limits(case, count, time, level)
    )
    mtbf = Estimate(
        time / count if count else None,
        None,
        lambda level: _inverted(_limits(case, count, time, level)),
    )
    # Limits without a name are those of the figure that the case names first.
    named = [name for name in case.expected if name in {"mtbf", "theta", "mttf", "rate", "lambda"}]
    figures: dict[str, Any] = {
        "estimate": mtbf if named and named[0] in {"mtbf", "theta", "mttf"} else rate,
        "rate": rate,
        "garwood": Estimate(rate.value, None, rate.limits),
        "mtbf": mtbf,
        "upper_bound": rates.upper_bound(count, time, confidence=confidence_of(case)),
        "zero_failures_T": time,
        "failures": count,
        "exposure": time,
        "count": Estimate(count, None, lambda level: _limits(case, count, 1.0, level)),
    }
    return figures if samples is None else figures | _of_samples(case, *samples)


def _of_samples(case: Case, counts: list[float], times: list[float]) -> dict[str, Any]:
    sums = rates.DeviceSums.of(counts, times)
    group = rates.group_rate(sums)
    alike = homogeneity(np.array(counts), np.array(times))
    figures: dict[str, Any] = {
        "devices": len(counts),
        "phi": rates.dispersion(sums),
        "rates": [
            count / time if time else None for count, time in zip(counts, times, strict=True)
        ],
    }
    if group is not None:
        figures["group"] = Estimate(group.rate, None, lambda level: _group_limits(sums, level))
    if not isinstance(alike, TooFew):
        figures |= {
            "chi2": alike.chi2,
            "df": alike.degrees_of_freedom,
            "p_homogeneity": alike.p_value,
        }
    figures |= _standardised(case, counts, times)
    if len(counts) == 2:  # noqa: PLR2004  # a ratio
        first, second = ((counts[i], times[i]) for i in (0, 1))
        ratio = Estimate(
            (first[0] / first[1]) / (second[0] / second[1]) if second[0] else None,
            None,
            lambda level: rates.rate_ratio(first, second, confidence=level),
        )
        figures |= {"ratio": ratio, "estimate": ratio, "p_ratio": rates.rate_ratio_p(first, second)}
    return figures


def _group_limits(sums: rates.DeviceSums, level: float) -> rates.Limits:
    found = rates.group_rate(sums, confidence=level)
    return rates.Limits(0.0, float("inf")) if found is None else found.limits


def _standardised(case: Case, counts: list[float], times: list[float]) -> dict[str, Any]:
    standard = given.numbers(case, STANDARD)
    if standard is None or len(standard) != len(counts):
        return {}
    arrays = (np.array(counts), np.array(times), np.array(standard))
    found = standardised_rate(*arrays)
    if isinstance(found, TooFew):
        return {}

    def limits(level: float) -> rates.Limits:
        again = standardised_rate(*arrays, confidence=level)
        return found.limits if isinstance(again, TooFew) else again.limits

    estimate = Estimate(found.rate, None, limits)
    return {"standardised": estimate, "estimate": estimate}


def _mtbf_factors(case: Case, row: dict[str, Any]) -> Iterator[Check]:
    """Factors by which MTBF = T/r is multiplied; r = 0 holds the one-sided bound over T."""
    count = row["r"]
    for level in [name[2:] for name in row if re.fullmatch(r"lo\d+", name)]:
        confidence = _confidence(level)
        if count == 0:
            bound = rates.zero_failure_mtbf(1.0, confidence=confidence)
            yield case.check(f"r=0 lower {level} %", row[f"lo{level}"], bound)
            continue
        low, high = _inverse(_limits(case, count, count, confidence))
        yield case.check(f"r={count} lower {level} %", row[f"lo{level}"], low)
        yield case.check(f"r={count} upper {level} %", row[f"hi{level}"], high)
