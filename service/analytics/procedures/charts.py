from collections.abc import Iterator
from typing import Any

import numpy as np

from service.analytics.methods.change_points import ChangePoint, change_point, segments
from service.analytics.methods.control_charts import Chart, GapChart, g_chart, t_chart, u_chart
from service.analytics.methods.pareto import pareto
from service.analytics.methods.seasons import Season, season
from service.analytics.procedures.case import Case, Check, compare


def check_u_chart(case: Case) -> Iterator[Check]:
    rows = list(case.rows("chart"))
    counts = np.array([row["count"] for row in rows], dtype=float)
    exposure = np.array([row["exposure"] for row in rows], dtype=float)
    chart = u_chart(counts, exposure, sigmas=case.inputs["k"])
    if not isinstance(chart, Chart):
        raise TypeError("no chart")
    for index, row in enumerate(rows):
        yield case.check(f"{row['i']}: u", row["u"], float(chart.values[index]))
        yield case.check(f"{row['i']}: lcl", row["lcl"], float(chart.lower[index]))
        yield case.check(f"{row['i']}: ucl", row["ucl"], float(chart.upper[index]))
    # The source drew its limits around the centre as it printed it, rounded.
    printed = u_chart(
        counts,
        exposure,
        sigmas=case.inputs["k"],
        given_centre=case.body.get("published", {}).get("ubar"),
    )
    drawn = printed if isinstance(printed, Chart) else chart
    ends = {
        f"roll{row['i']}": (float(drawn.lower[index]), float(drawn.upper[index]))
        for index, row in enumerate(rows)
    }
    totals = {
        "ubar": chart.centre,
        "total": counts.sum(),
        "exposure": exposure.sum(),
        "signals": [int(index) + 1 for index in chart.signals],
    }
    yield from compare(case, totals | ends)


def check_gap_chart(case: Case) -> Iterator[Check]:
    gaps = np.array(case.inputs["gaps"], dtype=float)
    chart, days = g_chart(gaps), t_chart(gaps)
    if not (isinstance(chart, GapChart) and isinstance(days, Chart)):
        raise TypeError("no chart")
    figures = {
        "n": len(gaps),
        "gbar": chart.mean,
        "ucl_3sigma": chart.upper,
        "lcl_3sigma": chart.lower,
        "p_mle": chart.probability,
        "p_unbiased": chart.probability_unbiased,
        "ucl_prob_99865": chart.upper_exact,
        "lcl_prob_00135": chart.lower_exact,
        "median_center": chart.median,
        "above": [int(index) + 1 for index in chart.signals],
        "t_chart": {"center": days.centre, "ucl": days.upper[0], "lcl": days.lower[0]},
    }
    yield from compare(case, figures)


def check_change_point(case: Case) -> Iterator[Check]:
    rows = list(case.rows("data"))
    counts = np.array([row["count"] for row in rows], dtype=float)
    years = [int(row["year"]) for row in rows]
    exposure = np.ones(len(rows))
    found = change_point(counts, exposure)
    if not isinstance(found, ChangePoint):
        raise TypeError("no change")
    two, _ = segments(counts, exposure, 2)
    rates = (found.rate_before, found.rate_after)
    figures = {
        "last_year_of_first_regime": years[found.last],
        "rate_before": found.rate_before,
        "rate_after": found.rate_after,
        "lr_statistic": found.statistic,
        "two_changes_last_years": [years[index] for index in two],
        "rates": rates,
    }
    yield from compare(case, figures)


def check_season(case: Case) -> Iterator[Check]:
    counts = np.array(case.inputs["counts"], dtype=float)
    days = np.array(case.inputs["days"], dtype=float)
    found, equal = season(counts, days, days=days), season(counts, np.ones(len(counts)))
    if not (isinstance(found, Season) and isinstance(equal, Season)):
        raise TypeError("no season")
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
        "seasonal_index": [float(value) for value in found.index],
    }
    yield from compare(case, figures)


def check_pareto(case: Case) -> Iterator[Check]:
    given = {row["item"]: float(row["count"]) for row in case.rows("pareto")}
    rows = pareto(given)
    for wanted, row in zip(case.rows("pareto"), rows, strict=True):
        name = wanted["item"]
        yield case.check(f"{name} comes here", 1.0, float(row.item == name))
        yield case.check(f"{name}: pct", wanted["pct"], 100 * row.share)
        yield case.check(f"{name}: cum", wanted["cum"], row.cumulative)
        yield case.check(f"{name}: cum_pct", wanted["cum_pct"], 100 * row.cumulative_share)
    figures: dict[str, Any] = {
        "total": rows[-1].cumulative,
        "first": rows[0].item,
        "n_to_80pct": sum(row.vital for row in rows),
        "cum_pct": [100 * row.cumulative_share for row in rows],
    }
    for index, row in enumerate(rows, 1):
        figures[f"cum_pct_after_{index}"] = 100 * row.cumulative_share
    yield from compare(case, figures)
