from collections.abc import Iterator
from math import sqrt
from typing import Any

import numpy as np

from service.analytics.methods.change_points import (
    ChangePoint,
    best_segments,
    change_point,
    segments,
)
from service.analytics.methods.control_charts import (
    Chart,
    GapChart,
    exact_u_chart,
    g_chart,
    t_chart,
    u_chart,
)
from service.analytics.methods.distributions import Floats
from service.analytics.methods.seasons import Season, season
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import ABSENT_WORDS, compare, plain
from service.analytics.procedures.rates import EXPOSURE, FAILURES

_PERIOD: given.Names = ("i", "year", "month", "period", "sample", "t", "index", "date", "subgroup")
CHART_ALIASES = {
    "ubar": ("center", "centre", "cl", "u_bar", "mean_rate", "cbar"),
    "sigma_z": ("laney_sigma_z", "sigmaz", "dispersion", "phi_laney"),
    "total": ("total_count", "n_events"),
    "signals": ("out_of_control", "points_outside", "beyond_limits", "violations"),
    "gbar": ("mean_gap", "mean", "g_bar", "center"),
    "ucl_3sigma": ("ucl",),
    "lcl_3sigma": ("lcl",),
    "median_center": ("median",),
    "above": ("signals", "points_above"),
}


def _counts(case: Case) -> tuple[Floats, Floats]:
    counts = np.array(given.needed(case, FAILURES), dtype=float)
    exposure = given.numbers(case, ("exposure", "area", "size", "sample_size", "device_days",
                                    "units", *EXPOSURE))  # fmt: skip
    time = np.ones(len(counts)) if exposure is None else np.array(exposure, dtype=float)
    return counts, time


def check_u_chart(case: Case) -> Iterator[Check]:
    counts, exposure = _counts(case)
    charts = _u_charts(case, counts, exposure)
    chart = charts["laney" if _says(case, "laney") else "exact" if _says(case, "exact") else "u"]
    for _, rows in given.tables_with(case, FAILURES, ("ucl", "upper", "hi", "u")):
        for index, row in enumerate(rows):
            yield from _chart_row(case, row, chart, index)
    yield from compare(case, _u_figures(case, charts, chart), aliases=CHART_ALIASES)


def _says(case: Case, word: str) -> bool:
    said = case.inputs.get(word)
    if said is not None:
        return plain(str(said)) not in ABSENT_WORDS | {"false", "0", "no"}
    return any(
        word in str(case.inputs.get(key, "")).casefold() for key in ("chart", "type", "limits")
    )


def _u_charts(case: Case, counts: Floats, exposure: Floats) -> dict[str, Chart]:
    sigmas = float(given.value(case, ("k", "sigmas", "nsigma", "sigma_limits"), 3))
    given_centre = given.value(case, ("given_centre", "center", "standard_given"))
    first = given.value(case, ("baseline", "baseline_periods"))
    baseline = slice(int(first)) if isinstance(first, int) else slice(None)
    found = {
        "u": u_chart(counts, exposure, sigmas=sigmas, baseline=baseline, given_centre=given_centre),
        "laney": u_chart(counts, exposure, sigmas=sigmas, baseline=baseline, laney=True),
        "exact": exact_u_chart(counts, exposure, baseline=baseline),
        # A source may have drawn its limits around the centre as it printed it, rounded.
        "drawn": u_chart(
            counts, exposure, sigmas=sigmas, baseline=baseline,
            given_centre=given_centre or case.published.get("ubar"),
        ),
    }  # fmt: skip
    charts = {name: chart for name, chart in found.items() if isinstance(chart, Chart)}
    if "u" not in charts:
        raise CaseIncomplete("at least 3 periods with count and exposure")
    return charts


def _chart_row(case: Case, row: given.Row, chart: Chart, index: int) -> Iterator[Check]:
    name = given.read(row, _PERIOD, index + 1)
    columns: tuple[tuple[given.Names, float], ...] = (
        (("u", "value", "rate"), float(chart.values[index])),
        (("center", "centre", "ubar", "cl"), chart.centre),
        (("lcl", "lower", "lo"), float(chart.lower[index])),
        (("ucl", "upper", "hi"), float(chart.upper[index])),
    )
    for names, have in columns:
        wanted = given.read(row, names)
        if wanted is not None:
            yield case.check(f"{name}: {names[0]}", wanted, have)


def _u_figures(case: Case, charts: dict[str, Chart], chart: Chart) -> dict[str, Any]:
    drawn, sizes = charts.get("drawn", chart), len(chart.values)
    counts, exposure = _counts(case)
    figures: dict[str, Any] = {
        f"roll{index + 1}": (float(drawn.lower[index]), float(drawn.upper[index]))
        for index in range(sizes)
    }
    equal = bool((exposure == exposure[0]).all())
    return figures | {
        "ubar": chart.centre,
        "total": counts.sum(),
        "exposure": exposure.sum(),
        "signals": [int(index) + 1 for index in chart.signals],
        "n_signals": len(chart.signals),
        "sigma_z": charts["laney"].dispersion if "laney" in charts else None,
        "ucl": float(chart.upper[0]) if equal else [float(value) for value in chart.upper],
        "lcl": float(chart.lower[0]) if equal else [float(value) for value in chart.lower],
        "u": [float(value) for value in chart.values],
        "laney_signals": [int(index) + 1 for index in charts.get("laney", chart).signals],
        "laney_ucl": [float(value) for value in charts.get("laney", chart).upper],
        "laney_lcl": [float(value) for value in charts.get("laney", chart).lower],
        "exact_ucl": [float(value) for value in charts.get("exact", chart).upper],
        "exact_lcl": [float(value) for value in charts.get("exact", chart).lower],
        "u_signals": [int(index) + 1 for index in charts["u"].signals],
    }


def check_gap_chart(case: Case) -> Iterator[Check]:
    gaps = np.array(
        given.needed(
            case, ("gaps", "gap", "days_between", "opportunities", "g", "t", "times", "x")
        ),
        dtype=float,
    )
    chart, days = g_chart(gaps), t_chart(gaps)
    if not (isinstance(chart, GapChart) and isinstance(days, Chart)):
        raise CaseIncomplete("at least 3 gaps that are not all zero")
    figures = {
        "n": len(gaps),
        "gbar": chart.mean,
        "sd": sqrt(chart.mean * (chart.mean + 1)),
        "ucl_3sigma": chart.upper,
        "lcl_3sigma": chart.lower,
        "p_mle": chart.probability,
        "p": chart.probability,
        "p_unbiased": chart.probability_unbiased,
        "ucl_prob_99865": chart.upper_exact,
        "lcl_prob_00135": chart.lower_exact,
        "median_center": chart.median,
        "above": [int(index) + 1 for index in chart.signals],
        "t_chart": {"center": days.centre, "ucl": days.upper[0], "lcl": days.lower[0]},
    }
    yield from compare(case, figures, aliases=CHART_ALIASES)


def check_change_point(case: Case) -> Iterator[Check]:
    counts, exposure = _counts(case)
    labels = _labels(case, len(counts))
    found = change_point(counts, exposure)
    if not isinstance(found, ChangePoint):
        yield from compare(case, {"change": None, "statistic": None})
        return
    two, _ = segments(counts, exposure, 2) if len(counts) > 2 else ([], 0.0)  # noqa: PLR2004
    one = labels[found.last]
    figures: dict[str, Any] = {
        "rate_before": found.rate_before,
        "rate_after": found.rate_after,
        "lr_statistic": found.statistic,
        "p_value": found.p_value,
        "two_changes_last_years": [labels[index] for index in two],
        "rates": (found.rate_before, found.rate_after),
        "plausible": tuple(labels[index] for index in found.plausible),
        "n_changes_bic": len(best_segments(counts, exposure)),
        "changes_bic": [labels[index] for index in best_segments(counts, exposure)],
        "last_of_first_regime": one,
        "first_of_second_regime": labels[found.last + 1],
        "significant": found.p_value < 0.05,  # noqa: PLR2004  # the usual level
    }
    aliases = {
        "last_of_first_regime": (
            "last_year_of_first_regime", "last_period_of_first_regime", "change_after", "change",
            "last_month_of_first_regime", "tau", "change_point", "changepoint", "last_index",
            "last",
        ),
        "lr_statistic": ("statistic", "lr", "likelihood_ratio"),
        "p_value": ("p", "p_permutation"),
        "two_changes_last_years": ("two_changes", "two_changes_last", "two_changes_last_periods"),
        "changes_bic": ("changes", "changepoints", "segments_last"),
        "plausible": ("interval", "date_interval", "plausible_interval", "support_interval"),
    }  # fmt: skip
    yield from compare(case, figures, aliases=aliases)


def _labels(case: Case, size: int) -> list[Any]:
    """What the periods are called: a column, else numbers from the first."""
    for _, rows in given.tables_with(case, _PERIOD, FAILURES):
        return [given.read(row, _PERIOD) for row in rows]
    first = given.value(case, ("first_year", "first", "start", "first_period"), 1)
    return [int(first) + index for index in range(size)]


def check_season(case: Case) -> Iterator[Check]:
    counts, _ = _counts(case)
    given_days = given.numbers(case, ("days", "month_days", "length", "exposure", "device_days"))
    days = np.ones(len(counts)) if given_days is None else np.array(given_days, dtype=float)
    phi = float(given.value(case, ("dispersion", "phi"), 1))
    found = season(counts, days, days=days, dispersion=phi)
    equal = season(counts, np.ones(len(counts)), dispersion=phi)
    if not (isinstance(found, Season) and isinstance(equal, Season)):
        raise CaseIncomplete("12 failures at least, and exposure in every month")
    figures = {
        "total": counts.sum(),
        "chi2_days": found.chi2,
        "p_days": found.p_value,
        "chi2_equal_months": equal.chi2,
        "p_equal": equal.p_value,
        "harmonic_lr": found.wave_chi2,
        "harmonic_lr_p": found.wave_p_value,
        "amplitude_log": found.amplitude,
        "peak_to_trough_rate_ratio": found.peak_to_trough,
        "peak_day_of_year": found.peak * 365,
        "peak_month": int(np.argmax(found.index)) + 1,
        "trough_month": int(np.argmin(found.index)) + 1,
        "seasonal_index": [float(value) for value in found.index],
        "df": len(counts) - 1,
    }
    aliases = {
        "chi2_days": ("chi2", "x2", "chisq"),
        "p_days": ("p", "p_value"),
        "harmonic_lr": ("harmonic_chi2", "lr"),
        "harmonic_lr_p": ("harmonic_p", "p_harmonic"),
        "amplitude_log": ("amplitude",),
        "peak_to_trough_rate_ratio": ("peak_to_trough", "peak_trough_ratio"),
        "seasonal_index": ("index", "month_index", "indices"),
        "peak_day_of_year": ("peak_day", "peak"),
    }
    yield from compare(case, figures, aliases=aliases)
