import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from service.analytics.methods import rates
from service.analytics.methods.rate_comparison import homogeneity, standardised_rate
from service.analytics.methods.too_few import TooFew
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.exposed import (
    EXPOSURE,
    FAILURES,
    STANDARD,
    Exposed,
    exposed,
    is_failure_terminated,
    total,
)
from service.analytics.procedures.figures import compare
from service.analytics.procedures.naming import MEMBERS, Either, Estimate

_ALIASES = {
    "rate": ("lambda", "failure_rate", "rate_per_unit", "lambda_hat", "crude_rate", "total_rate",
             "pooled_rate", "rate_pooled", "overall_rate", "crude", "point_estimate"),
    "mtbf": ("theta", "mttf", "mtbf_hat", "m"),
    "ratio": ("rate_ratio", "rr", "irr", "rates_ratio", "incidence_rate_ratio"),
    "p_ratio": ("p", "p_value", "p_two_sided", "pvalue", "p_exact"),
    "p_doubled": ("p_central", "p_twice_smaller_tail"),
    "p_as_likely": ("p_minlike", "p_poisson_test", "p_binom_test"),
    "phi": ("dispersion", "overdispersion", "φ", "dispersion_phi"),
    "chi2": ("homogeneity_chi2", "chi2_homogeneity", "x2", "chisq", "chi_square"),
    "df": ("homogeneity_df", "chi2_df", "degrees_of_freedom"),
    "p_homogeneity": ("homogeneity_p", "chi2_p", "p_chi2"),
    "standardised": ("adj_rate", "adjusted_rate", "asr", "standardized_rate", "adjusted",
                     "directly_standardised", "dsr", "standardised_rate", "fay_feuer",
                     "directly_standardised_rate", "directly_standardized_rate"),
    "group": ("scaled", "group_rate", "dispersion_scaled", "scaled_garwood", "rate_scaled",
              "dispersion_scaled_garwood", "garwood_scaled"),
    "garwood": ("exact", "plain", "poisson", "limits", "plain_garwood"),
    "failures": ("total_failures", "events", "n", "N", "total_events", "n_failures", "count_total"),
    "exposure": ("total_exposure", "total_time", "T", "device_years", "total_hours"),
    "devices": ("n_devices", "k", "K"),
    "rates": ("rate_by_group", "rate_by_device", "group_rates", "each_rate"),
    "spread": ("V", "variance_between"),
}  # fmt: skip

Found = re.Match[str]
RateFigure = float | tuple[float, float]


def pair(limits: rates.Limits) -> tuple[float, float]:
    return limits.lower, limits.upper


def _confidence(digits: str) -> float:
    return float(f"0.{digits}")


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


PATTERNS: tuple[tuple[str, Callable[[Case, Found], RateFigure]], ...] = (
    (r"x(?P<n>\d+)_(?:ci)?(?P<level>\d+)", _limits_of_count),
    (r"factors_r(?P<n>\d+)_(?P<level>\d+)pct", _limits_of_factor),
    (r"zero_fail(?:ures?)?_mtbf_lower_?(?P<level>\d+)", _bound_without_failure),
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
    several = exposed(case)
    labels = several.labels if several else ()
    yield from compare(case, figures, aliases=_ALIASES, labels=labels)


def _table_of_limits(case: Case) -> Iterator[Check]:
    """Rows of a count with columns such as lo95, hi95, lower, rate, mtbf."""
    for table, rows in given.tables_with(case, FAILURES):
        if table == "factors":
            continue
        for number, row in enumerate(rows, 1):
            count = given.read(row, FAILURES)
            rate, mtbf = _rate_and_mtbf(case, float(count), _time_of(case, row))
            for name, wanted in row.items():
                have = _cell(name, rate, mtbf)
                if have is not None and isinstance(wanted, int | float):
                    yield case.check(f"row {number}, x={count} {name}", wanted, have)


def _cell(name: str, rate: Estimate, mtbf: Estimate) -> float | None:
    side = re.fullmatch(r"(mtbf_)?(rate_|ci_)?(lo|lower|lcl|hi|upper|ucl)_?(\d*)", name.casefold())
    if side is not None:
        limits_of = (mtbf if side[1] else rate).limits
        limits = limits_of(_confidence(side[4] or "95")) if limits_of else None
        if limits is None:
            return None
        return limits.lower if side[3][0] == "l" else limits.upper
    return {"rate": rate.value, "failure_rate": rate.value, "mtbf": mtbf.value}.get(name.casefold())


def _time_of(case: Case, row: given.Row) -> float:
    in_row = given.read(row, EXPOSURE)
    found = given.value(case, EXPOSURE, 1) if in_row is None else in_row
    return float(1 if isinstance(found, list) else found)


def _rate_and_mtbf(case: Case, count: float, time: float) -> tuple[Estimate, Estimate]:
    def limits(level: float) -> rates.Limits:
        return _limits(case, count, time, level)

    return (
        Estimate(count / time if time else None, None, limits, {"plain": limits, "wald": limits}),
        Estimate(time / count if count else None, None, lambda level: _inverted(limits(level))),
    )


def _figures(case: Case) -> dict[str, Any]:
    try:
        count, time = total(case)
    except CaseIncomplete:
        return {}
    several = exposed(case)
    rate, mtbf = _rate_and_mtbf(case, count, time)
    # Limits without a name are those of the figure that the case names first.
    named = [name for name in case.expected if name in {"mtbf", "theta", "mttf", "rate", "lambda"}]
    figures: dict[str, Any] = {
        "estimate": mtbf if named and named[0] in {"mtbf", "theta", "mttf"} else rate,
        "rate": rate,
        "garwood": Estimate(rate.value, None, rate.limits),
        "mtbf": mtbf,
        "zero_failures_T": time,
        "failures": count,
        "exposure": time,
        "count": Estimate(count, None, lambda level: _limits(case, count, 1.0, level)),
        "expected_count": Estimate(count, None, lambda level: _limits(case, count, 1.0, level)),
    }
    return figures if several is None else figures | _of_several(case, several)


def _of_several(case: Case, several: Exposed) -> dict[str, Any]:
    counts, times = several.counts, several.times
    sums = rates.DeviceSums.of(counts, times)
    alike = homogeneity(np.array(counts), np.array(times))
    each = [_rate_and_mtbf(case, *one) for one in zip(counts, times, strict=True)]
    group = rates.group_rate(sums)

    def limits(level: float) -> rates.Limits:
        found = rates.group_rate(sums, confidence=level)
        return rates.Limits(0.0, float("inf")) if found is None else found.limits

    figures: dict[str, Any] = {
        "devices": len(counts),
        "phi": rates.dispersion(sums),
        "spread": rates.spread(sums),
        "rates": [rate for rate, _ in each],
        "mtbfs": [mtbf for _, mtbf in each],
    }
    if group is not None:
        plain = _rate_and_mtbf(case, *(sum(one) for one in (counts, times)))[0].limits
        figures["group"] = Estimate(group.rate, None, limits, {"scaled": limits})
        figures["rate"] = Estimate(group.rate, None, plain, {"scaled": limits})
        figures["estimate"] = figures["rate"]
    if not isinstance(alike, TooFew):
        figures |= {
            "chi2": alike.chi2,
            "df": alike.degrees_of_freedom,
            "p_homogeneity": alike.p_value,
        }
    figures |= _standardised(case, several) | _ratio(several)
    figures |= {f"rate{number}": rate for number, (rate, _) in enumerate(each, 1)}
    members = {
        label: {"rate": rate, "estimate": rate, "mtbf": mtbf, "failures": count, "exposure": time}
        for label, (rate, mtbf), count, time in zip(
            several.labels, each, counts, times, strict=True
        )
    }
    return figures | {MEMBERS: members} | members


def _quotient(first: tuple[float, float], second: tuple[float, float]) -> float | None:
    if not second[0]:
        return float("inf") if first[0] else None
    return (first[0] / first[1]) / (second[0] / second[1])


def _ratio(several: Exposed) -> dict[str, Any]:
    """Of two groups, the first ÷ the second."""
    pairs = list(zip(several.counts, several.times, strict=True))
    if len(pairs) != 2 or min(several.times) <= 0:  # noqa: PLR2004  # a ratio
        return {}
    first, second = pairs
    ratio = Estimate(
        _quotient(first, second),
        None,
        lambda level: rates.rate_ratio(first, second, confidence=level),
    )
    inverse = Estimate(
        _quotient(second, first),
        None,
        lambda level: rates.rate_ratio(second, first, confidence=level),
    )
    doubled, as_likely = rates.rate_ratio_p(first, second), rates.rate_ratio_p_as_r(first, second)
    return {
        "ratio": ratio,
        "inverse_ratio": inverse,
        "estimate": ratio,
        "difference": first[0] / first[1] - second[0] / second[1],
        "p_ratio": Either((doubled, as_likely)),
        "p_doubled": doubled,
        "p_as_likely": as_likely,
    }


def _standardised(case: Case, several: Exposed) -> dict[str, Any]:
    standard = given.numbers(case, STANDARD)
    if standard is None or len(standard) != len(several.counts):
        return {}
    arrays = (np.array(several.counts), np.array(several.times), np.array(standard))
    found = standardised_rate(*arrays)
    if isinstance(found, TooFew):
        return {}

    def limits(level: float) -> rates.Limits:
        again = standardised_rate(*arrays, confidence=level)
        return found.limits if isinstance(again, TooFew) else again.limits

    share = arrays[2] / arrays[2].sum()
    error = float(np.sqrt((share**2 * arrays[0] / arrays[1] ** 2).sum()))
    estimate = Estimate(found.rate, error, limits)
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
