from collections.abc import Iterator
from typing import Any

import numpy as np

from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.survival import SurvivalCurve, kaplan_meier
from service.analytics.methods.weibull import Weibull, weibull
from service.analytics.procedures.case import Case, Check, compare
from service.analytics.procedures.rates import pair

_EXIT = ("exit", "time", "t", "T", "miles_or_km")
_ENDED = ("death", "event", "failed", "E")
_BOTH_MODES = {"Failure": 1.0, "Censored": 0.0}


def _lives(case: Case) -> Lifetimes:
    rows = list(case.rows("data"))
    if not rows:
        ended = case.inputs.get("failures", case.inputs.get("times", []))
        left = case.inputs.get("suspended", case.inputs.get("removals", []))
        return Lifetimes.of([*ended, *left], [1.0] * len(ended) + [0.0] * len(left))
    until = next(name for name in _EXIT if name in rows[0])
    end = next(name for name in _ENDED if name in rows[0])
    ended = [_BOTH_MODES.get(row[end], row[end]) for row in rows]
    return Lifetimes.of(
        [row[until] for row in rows], map(float, ended), [row.get("entry", 0) for row in rows]
    )


def check_kaplan_meier(case: Case) -> Iterator[Check]:
    lives = _lives(case)
    curve = kaplan_meier(lives)
    if not isinstance(curve, SurvivalCurve):
        raise TypeError("no curve")
    columns = {
        "at_risk": curve.at_risk,
        "events": curve.events,
        "survival": curve.survival,
        "se_greenwood": curve.survival_error,
        "cumhaz": curve.hazard,
        "se_cumhaz": curve.hazard_error,
    }
    for row in case.rows("km"):
        index = int(np.searchsorted(curve.ages, row["t"]))
        for name in columns.keys() & {name for name, value in row.items() if value is not None}:
            yield case.check(f"{row['t']}: {name}", row[name], float(columns[name][index]))
    figures = _curve_figures(case, lives, curve)
    # A table from which the source's unusable rows were taken beforehand cannot show how many.
    cleaned = lives.dropped == 0 and lives.rows == case.body["expected"].get("n_used")
    not_given = frozenset({"dropped"} if cleaned else ())
    yield from compare(case, figures, not_given=not_given)


def _curve_figures(case: Case, lives: Lifetimes, curve: SurvivalCurve) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "survival": {
            f"{age:g}": value for age, value in zip(curve.ages, curve.survival, strict=True)
        },
        "n": lives.rows,
        "n_used": lives.rows,
        "dropped": curve.dropped,
        "events": lives.ends,
        "deaths": lives.ends,
        "median": curve.quantile(),
        "first_at_risk": [float(value) for value in curve.at_risk[:4]],
        "S_last": curve.survival[-1],
        "H_last": curve.hazard[-1],
        "cumhaz_last": curve.hazard[-1],
        "S_min_before_900": float(curve.at(np.array([899.999999]))[0]),
    }
    start = case.inputs.get("conditional_from")
    if start is not None:
        later = kaplan_meier(lives, from_age=start)
        if isinstance(later, SurvivalCurve):
            ages = case.body["expected"][f"conditional_survival_given_{start}"]
            figures[f"conditional_survival_given_{start}"] = _at(later, ages)
    fit = weibull(lives)
    if isinstance(fit, Weibull):
        figures |= {"weibull_eta": fit.eta, "weibull_beta": fit.beta, "loglik": fit.loglik}
    return figures


def _at(curve: SurvivalCurve, ages: Any) -> dict[str, float]:
    return {age: float(curve.at(np.array([float(age)]))[0]) for age in ages}


def check_weibull(case: Case) -> Iterator[Check]:
    lives = _lives(case)
    fit = weibull(lives)
    naive = weibull(Lifetimes.of(lives.exit, lives.ended))
    curve = kaplan_meier(lives)
    if not (
        isinstance(fit, Weibull) and isinstance(naive, Weibull) and isinstance(curve, SurvivalCurve)
    ):
        raise TypeError("no fit")
    figures = {
        "n_failed": lives.ends,
        "n_suspended": lives.rows - lives.ends,
        "eta": fit.eta,
        "beta": fit.beta,
        "se_beta": fit.beta_error,
        "se_eta": fit.eta_error,
        "loglik": fit.loglik,
        "aic": fit.aic,
        "mean": fit.mean,
        "sd": fit.deviation,
        "ci_beta": pair(fit.beta_limits()),
        "ci_eta": pair(fit.eta_limits()),
        "b10": fit.b_life(0.1),
        "naive_without_truncation": {"beta": naive.beta, "eta": naive.eta},
        "km_left_truncated": _at(curve, case.body["expected"].get("km_left_truncated", ())),
        "mrl_next_year_prob_at_40": fit.ends_within(40),
    }
    yield from compare(case, figures)
