from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

import numpy as np

from service.analytics.methods.distributions import Floats
from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.rates import Limits
from service.analytics.methods.survival import SurvivalCurve, cumulative_incidence, kaplan_meier
from service.analytics.methods.too_few import TooFew
from service.analytics.methods.weibull import weibull
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import Estimate, compare, confidence_of
from service.analytics.procedures.given import Row
from service.analytics.procedures.samples import (
    LIFE_ALIASES,
    Sample,
    by_group,
    numbers_of_names,
    of_rows,
    sample_of,
)
from service.analytics.procedures.weibull import fit_figures

_CAUSE = ("cause", "mode", "event_type", "failure_mode")


def check_kaplan_meier(case: Case) -> Iterator[Check]:
    sample = sample_of(case)
    lives = sample.lives
    curve = kaplan_meier(lives)
    if not isinstance(curve, SurvivalCurve):
        raise CaseIncomplete("no life was observed")
    yield from _steps(case, curve)
    figures = _curve_figures(case, lives, curve)
    figures |= by_group(sample.rows, lambda rows: _group_curve(case, rows)) | _incidence(sample)
    # A table from which the source's unusable rows were taken beforehand cannot show how many.
    cleaned = lives.dropped == 0 and lives.rows == case.expected.get("n_used")
    not_given = frozenset({"dropped"} if cleaned else ())
    yield from compare(case, figures, aliases=LIFE_ALIASES, not_given=not_given)


_STEPS: dict[str, given.Names] = {
    "survival": ("survival", "s", "surv", "km", "reliability"),
    "at_risk": ("at_risk", "n_risk", "n.risk", "r", "risk"),
    "events": ("events", "n_event", "n.event", "d", "deaths"),
    "se_greenwood": ("se_greenwood", "se", "std_err", "std.err", "stderr"),
    "cumhaz": ("cumhaz", "h", "hazard", "cumulative_hazard", "na"),
    "se_cumhaz": ("se_cumhaz", "se_h", "se_na"),
    "lower": ("lower95", "lower", "lcl", "lo95", "ci_lower"),
    "upper": ("upper95", "upper", "ucl", "hi95", "ci_upper"),
}


def _steps(case: Case, curve: SurvivalCurve) -> Iterator[Check]:
    """Tables of ages with what the curve is there."""
    ends = curve.limits(confidence_of(case))
    columns = dict(
        zip(
            _STEPS,
            (
                curve.survival, curve.at_risk, curve.events, curve.survival_error, curve.hazard,
                curve.hazard_error, *ends,
            ),
            strict=True,
        )
    )  # fmt: skip
    for _, rows in given.tables_with(case, given.EXIT[:6], (*_STEPS["survival"], "cumhaz")):
        for row in rows:
            age = float(given.read(row, given.EXIT[:6]))
            index = int(np.searchsorted(curve.ages, age, side="right")) - 1
            for name, names in _STEPS.items():
                wanted = given.read(row, names)
                is_step = index >= 0 and curve.ages[index] == age
                if wanted is not None and (is_step or name == "survival"):
                    have = float(columns[name][index]) if index >= 0 else 1.0
                    yield case.check(f"{age:g}: {name}", float(wanted), have)


def _curve_figures(case: Case, lives: Lifetimes, curve: SurvivalCurve) -> dict[str, Any]:
    def survival(age: float) -> float:
        return float(curve.at(np.array([age]))[0])

    def stepwise(values: Floats) -> Any:
        padded = np.concatenate([[0.0], values])
        return lambda age: float(padded[np.searchsorted(curve.ages, age, side="right")])

    def conditional(start: float) -> Any:
        later = kaplan_meier(lives, from_age=start)
        return (
            None if isinstance(later, TooFew) else lambda age: float(later.at(np.array([age]))[0])
        )

    figures: dict[str, Any] = {
        "survival": survival,
        "hazard": stepwise(curve.hazard),
        "se_greenwood": stepwise(curve.survival_error),
        "se_cumhaz": stepwise(curve.hazard_error),
        "cdf": lambda age: 1 - survival(age),
        "n": lives.rows,
        "dropped": curve.dropped,
        "n_failed": lives.ends,
        "n_suspended": lives.rows - lives.ends,
        "median": Estimate(
            curve.quantile(), None, lambda level: _median_limits(curve, level)
        ),
        "q": lambda share: curve.quantile(share if share < 1 else share / 100),
        "rmst": curve.restricted_mean,
        "conditional": conditional,
        "first_at_risk": [float(value) for value in curve.at_risk[:4]],
        "S_last": curve.survival[-1] if len(curve.ages) else 1.0,
        "H_last": curve.hazard[-1] if len(curve.ages) else 0.0,
        "S_min_before": lambda age: survival(age - 1e-6),
    }  # fmt: skip
    starts = [case.inputs.get("conditional_from"), *numbers_of_names(case, "conditional")]
    figures |= {
        f"conditional_survival_given_{start:g}": conditional(start)
        for start in starts
        if start is not None
    }
    return fit_figures(case, lives, weibull(lives)) | figures | _limits_at(case, curve)


def _limits_at(case: Case, curve: SurvivalCurve) -> dict[str, Any]:
    level = confidence_of(case)
    ends = curve.limits(level)

    def limits(age: float) -> Limits:
        index = int(np.searchsorted(curve.ages, age, side="right")) - 1
        return Limits(*(float(end[index]) if index >= 0 else 1.0 for end in ends))

    return {
        "survival_limits": limits,
        "ci_survival": limits,
        "survival_ci": limits,
        f"survival_ci{100 * level:g}": limits,
        "lower": lambda age: limits(age).lower,
        "upper": lambda age: limits(age).upper,
    }


def _median_limits(curve: SurvivalCurve, level: float) -> Limits:
    low, high = curve.quantile_limits(confidence=level)
    return Limits(inf if low is None else low, inf if high is None else high)


def _group_curve(case: Case, rows: Sequence[Row]) -> dict[str, Any]:
    lives = of_rows(rows).lives
    curve = kaplan_meier(lives)
    return {} if isinstance(curve, TooFew) else _curve_figures(case, lives, curve)


def _incidence(sample: Sample) -> dict[str, Any]:
    """Shares ended by each cause, where a column names causes."""
    name = given.named(sample.rows[0], _CAUSE) if sample.rows else None
    if name is None or sample.lives.dropped:
        return {}
    ended = given.ended(sample.rows)
    named = [str(row[name]) for row in sample.rows]
    causes = sorted({one for one, end in zip(named, ended, strict=True) if end})
    numbers = np.array(
        [causes.index(one) + 1 if end else 0 for one, end in zip(named, ended, strict=True)]
    )
    if len(numbers) != sample.lives.rows:
        return {}

    def share(cause: int) -> Any:
        ages, values = cumulative_incidence(sample.lives, numbers.astype(float), cause)
        padded = np.concatenate([[0.0], values])
        return lambda age: float(padded[np.searchsorted(ages, age, side="right")])

    curves = {cause: share(number) for number, cause in enumerate(causes, 1)}
    return {"cumulative_incidence": curves, "cif": curves}
