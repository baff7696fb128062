from collections.abc import Iterator, Sequence
from math import sqrt
from typing import Any

import numpy as np

from service.analytics.methods.control_charts import (
    Chart,
    GapChart,
    exact_u_chart,
    g_chart,
    t_chart,
    u_chart,
)
from service.analytics.methods.distributions import Floats, Ints
from service.analytics.methods.rate_comparison import Homogeneity, homogeneity
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.exposed import FAILURES
from service.analytics.procedures.figures import ABSENT_WORDS, compare, compare_row
from service.analytics.procedures.naming import Either, Member, Naming
from service.analytics.procedures.series import counts_of, labels_of
from service.analytics.procedures.words import plain

_ALIASES = {
    "ubar": (
        "center",
        "centre",
        "cl",
        "u_bar",
        "mean_rate",
        "cbar",
        "center_line",
        "centre_line",
        "c_bar",
    ),
    "sigma_z": ("laney_sigma_z", "sigmaz", "phi_laney", "laney_sigma", "sigma_z_laney"),
    "phi": ("overdispersion", "pearson_dispersion", "dispersion_phi"),
    "total": ("total_count", "n_events", "total_failures", "failures", "sum"),
    "exposure": ("total_exposure", "device_days", "total_area"),
    "signals": (
        "out_of_control",
        "points_outside",
        "beyond_limits",
        "violations",
        "outside",
        "points_beyond_limits",
        "above",
        "points_out",
        "out",
        "alarms",
    ),
    "n_signals": ("n_out", "n_out_of_control", "n_outside"),
    "ucl": ("ucl_3sigma", "upper", "ucl_by_period", "upper_limits"),
    "lcl": ("lcl_3sigma", "lower", "lcl_by_period", "lower_limits"),
    "limits": ("control_limits", "limits_by_period"),
    "laney": ("u_prime", "laney_u", "uprime", "laney_chart"),
    "exact": ("exact_poisson", "poisson_exact", "exact_chart", "poisson_limits"),
    "u_chart": ("classical", "plain", "ordinary", "uchart"),
    "mean_count": ("mean_count_per_period", "average_count", "expected_count"),
}
_GAP_ALIASES = {
    "n": ("n_gaps", "gaps_n", "size"),
    "gbar": ("mean_gap", "mean", "g_bar", "center", "centre", "cl", "average"),
    "ucl_3sigma": ("ucl", "ucl_k_sigma", "upper"),
    "lcl_3sigma": ("lcl", "lower"),
    "sd": ("sigma", "sigma_g"),
    "p_mle": ("p", "p_hat"),
    "ucl_prob_99865": ("ucl_prob", "ucl_probability", "ucl_exact", "ucl_quantile"),
    "lcl_prob_00135": ("lcl_prob", "lcl_probability", "lcl_exact", "lcl_quantile"),
    "median_center": ("median", "center_median", "median_centre"),
    "above": ("signals", "points_above", "out_of_control"),
    "t_chart": ("t", "tchart", "nelson"),
}


def check_u_chart(case: Case) -> Iterator[Check]:
    counts, exposure = counts_of(case)
    charts = _u_charts(case, counts, exposure)
    chosen = "laney" if _says(case, "laney") else "exact" if _says(case, "exact") else "u"
    labels = labels_of(case, len(counts))
    figures = {name: _of_chart(chart, labels) for name, chart in charts.items()}
    for _, rows in given.tables_with(case, FAILURES):
        for index, row in enumerate(rows[: len(counts)]):
            yield from _chart_row(case, row, (figures, chosen), index)
    main = figures[chosen] | _of_data(counts, exposure, charts)
    nested: dict[str, Any] = {
        name: one for name, one in figures.items() if name in {"laney", "exact"}
    }
    nested |= {
        f"{name}_{key}": one[key]
        for name, one in figures.items()
        for key in ("ucl", "lcl", "limits", "signals")
    }
    yield from compare(
        case, main | nested | {"u_chart": figures["u"]},
        aliases=_ALIASES, labels=[str(label) for label in labels],
    )  # fmt: skip


def _says(case: Case, word: str) -> bool:
    said = case.inputs.get(word)
    if said is not None:
        return plain(str(said)) not in ABSENT_WORDS | {"false", "0", "no"}
    texts = [case.method, *(case.inputs.get(key, "") for key in ("chart", "type", "limits"))]
    words = {"laney": ("laney", "u_prime", "uprime", "u'")}.get(word, (word,))
    return any(one in str(text).casefold() for text in texts for one in words)


def _baseline(case: Case, size: int) -> slice | Ints:
    """Periods that fix the centre: the first so many, from – to, or all but some."""
    said = given.value(case, ("baseline", "baseline_periods", "phase1", "baseline_n"))
    dropped = given.value(case, ("exclude", "excluded", "exclude_points", "without"))
    kept = np.arange(size)
    if isinstance(said, int):
        kept = kept[: int(said)]
    elif isinstance(said, list) and len(said) == 2:  # noqa: PLR2004  # from, to
        kept = kept[int(said[0]) - 1 : int(said[1])]
    elif isinstance(said, list) and said:
        kept = np.array([int(one) - 1 for one in said])
    if isinstance(dropped, list):
        kept = np.setdiff1d(kept, [int(one) - 1 for one in dropped])
    return kept


def _u_charts(case: Case, counts: Floats, exposure: Floats) -> dict[str, Chart]:
    sigmas = float(given.value(case, ("k", "sigmas", "nsigma", "sigma_limits", "L"), 3))
    centre = given.value(case, ("given_centre", "center", "standard_given", "given_center", "u0"))
    baseline = _baseline(case, len(counts))
    found = {
        "u": u_chart(counts, exposure, sigmas=sigmas, baseline=baseline, given_centre=centre),
        "laney": u_chart(
            counts, exposure, sigmas=sigmas, baseline=baseline, given_centre=centre, laney=True
        ),
        "exact": exact_u_chart(counts, exposure, baseline=baseline),
        # A source may have drawn its limits around the centre as it printed it, rounded.
        "drawn": u_chart(
            counts, exposure, sigmas=sigmas, baseline=baseline,
            given_centre=centre or case.published.get("ubar"),
        ),
    }  # fmt: skip
    charts = {name: chart for name, chart in found.items() if isinstance(chart, Chart)}
    if "u" not in charts:
        raise CaseIncomplete("at least 3 periods with count and exposure")
    return charts


def _of_chart(chart: Chart, labels: Sequence[Any]) -> dict[str, Any]:
    lower, upper = ([float(value) for value in side] for side in (chart.lower, chart.upper))
    return {
        "ubar": chart.centre,
        "u": [float(value) for value in chart.values],
        "ucl": upper,
        "lcl": lower,
        "limits": list(zip(lower, upper, strict=True)),
        "signals": [Member(int(index) + 1, str(labels[index])) for index in chart.signals],
        "n_signals": len(chart.signals),
        "sigma_z": chart.dispersion,
    }


def _chart_row(
    case: Case, row: given.Row, charts: tuple[dict[str, dict[str, Any]], str], index: int
) -> Iterator[Check]:
    """A column is of the case's chart unless its name says of which (``ucl_laney``)."""
    figures, chosen = charts
    parts = {
        name: {key: one[key][index] for key in ("u", "ucl", "lcl")} | {"ubar": one["ubar"]}
        for name, one in figures.items()
    }
    main = parts[chosen] | {"rate": parts[chosen]["u"], "value": parts[chosen]["u"]}
    naming = Naming(main | {"laney": parts.get("laney"), "exact": parts.get("exact")},
                    _ALIASES | {"ucl": ("upper", "hi"), "lcl": ("lower", "lo")})  # fmt: skip
    yield from compare_row(case, next(iter(row.values())), row, naming)


def _of_data(counts: Floats, exposure: Floats, charts: dict[str, Chart]) -> dict[str, Any]:
    drawn, chart = charts.get("drawn", charts["u"]), charts["u"]
    alike = homogeneity(counts, exposure)
    phi = alike.chi2 / alike.degrees_of_freedom if isinstance(alike, Homogeneity) else None
    sigma_z = charts["laney"].dispersion if "laney" in charts else None
    sigma = np.sqrt(chart.centre / np.where(exposure > 0, exposure, np.nan))
    return {
        f"roll{index + 1}": (float(drawn.lower[index]), float(drawn.upper[index]))
        for index in range(len(chart.values))
    } | {
        "total": float(counts.sum()),
        "exposure": float(exposure.sum()),
        "mean_count": float(counts.mean()),
        "sigma": [float(value) for value in sigma],
        "z": [float(value) for value in (chart.values - chart.centre) / sigma],
        "sigma_z": sigma_z,
        "phi": phi,
        "dispersion": None if phi is None or sigma_z is None else Either((phi, sigma_z)),
    }


def check_gap_chart(case: Case) -> Iterator[Check]:
    gaps = _gaps(case)
    sigmas = float(given.value(case, ("k", "sigmas", "nsigma"), 3))
    chart, days = g_chart(gaps, sigmas=sigmas), t_chart(gaps)
    if not (isinstance(chart, GapChart) and isinstance(days, Chart)):
        raise CaseIncomplete("at least 3 gaps that are not all zero")
    by_days = {
        "center": days.centre,
        "ucl": float(days.upper[0]),
        "lcl": float(days.lower[0]),
        "signals": [int(index) + 1 for index in days.signals],
    }
    figures = {
        "n": len(gaps),
        "gbar": chart.mean,
        "sd": sqrt(chart.mean * (chart.mean + 1)),
        "ucl_3sigma": chart.upper,
        "lcl_3sigma": chart.lower,
        "p_mle": chart.probability,
        "p_unbiased": chart.probability_unbiased,
        "ucl_prob_99865": chart.upper_exact,
        "lcl_prob_00135": chart.lower_exact,
        "median_center": chart.median,
        "above": [int(index) + 1 for index in chart.signals],
        "n_above": len(chart.signals),
        "t_chart": by_days,
        "gaps": [float(gap) for gap in gaps],
    }
    wants_days = plain(case.method).startswith("tchart") or _says(case, "t_chart")
    aliases = {"center": ("centre", "mean", "cl")} if wants_days else _GAP_ALIASES
    kept = {"n": len(gaps)} | by_days | {"t_chart": by_days} if wants_days else figures
    yield from compare(case, kept, aliases=aliases)


def _gaps(case: Case) -> Floats:
    """As given, or from one date of a failure to the next."""
    names = ("gaps", "gap", "days_between", "opportunities", "g", "t", "times", "x", "values",
             "times_between", "time_between", "interarrival", "days")  # fmt: skip
    found = given.numbers(case, names)
    if found is None:
        dates = given.needed(case, ("dates", "date", "event_dates", "occurred", "failed_at"))
        found = [float(gap) for gap in np.diff(np.sort(dates))]
    return np.array(found, dtype=float)
