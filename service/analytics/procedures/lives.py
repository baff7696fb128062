from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from math import inf, nan
from typing import Any

import numpy as np

from service.analytics.methods.distributions import two_sided_z
from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.rates import Limits
from service.analytics.methods.survival import (
    LimitLaw,
    SurvivalCurve,
    cumulative_incidence,
    kaplan_meier,
    youngest_age,
)
from service.analytics.methods.too_few import TooFew
from service.analytics.methods.weibull import weibull
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import compare, confidence_of
from service.analytics.procedures.given import Row
from service.analytics.procedures.naming import Curve, Estimate, LimitsOf, even_limits
from service.analytics.procedures.samples import (
    LIFE_ALIASES,
    Sample,
    by_group,
    numbers_of_names,
    of_rows,
    sample_of,
)
from service.analytics.procedures.weibull import fit_figures
from service.analytics.procedures.words import plain

_LAWS: tuple[LimitLaw, ...] = ("loglog", "log", "plain")


def check_kaplan_meier(case: Case) -> Iterator[Check]:
    sample = sample_of(case)
    lives = sample.lives
    curve = kaplan_meier(lives, from_age=_start(case), min_at_risk=_least(case))
    if not isinstance(curve, SurvivalCurve):
        raise CaseIncomplete("no life was observed")
    yield from _steps(case, curve)
    figures = _curve_figures(case, lives, curve)
    figures |= by_group(case, sample.rows, lambda rows: _group_curve(case, rows)) | _incidence(
        sample
    )
    # A table from which the source's unusable rows were taken beforehand cannot show how many.
    cleaned = lives.dropped == 0 and lives.rows == case.expected.get("n_used")
    not_given = frozenset({"dropped"} if cleaned else ())
    yield from compare(case, figures, aliases=LIFE_ALIASES, not_given=not_given)


def _start(case: Case) -> float | None:
    """``from_age``: everything is given survival to it (`conditional_from` names one figure)."""
    found = given.value(case, ("from_age", "start_age", "condition_on_age", "given_age"))
    return None if found is None else float(found)


def _least(case: Case) -> int:
    return int(given.value(case, ("min_at_risk", "min_risk_set", "min_risk"), 1))


def _law(case: Case) -> LimitLaw:
    """``conf_type`` of the case; the reports' own are log–log."""
    said = given.value(
        case, ("conf_type", "conf.type", "ci_type", "ci_method", "transform", "ci", "limits"), ""
    )
    words = {"log": "log", "plain": "plain", "linear": "plain", "normal": "plain"}
    found = words.get(plain(str(said)).replace("-", ""))
    return next((law for law in _LAWS if law == found), "loglog")


_STEPS: dict[str, given.Names] = {
    "survival": ("survival", "s", "surv", "km", "reliability", "S_t", "estimate"),
    "at_risk": ("at_risk", "n_risk", "n.risk", "r", "risk", "Y"),
    "events": ("events", "n_event", "n.event", "d", "deaths"),
    "se_greenwood": ("se_greenwood", "se", "std_err", "std.err", "stderr"),
    "cumhaz": ("cumhaz", "h", "hazard", "cumulative_hazard", "na"),
    "se_cumhaz": ("se_cumhaz", "se_h", "se_na"),
    "lower": ("lower95", "lower", "lcl", "lo95", "ci_lower", "lower_95", "ci_lo"),
    "upper": ("upper95", "upper", "ucl", "hi95", "ci_upper", "upper_95", "ci_hi"),
}


def _steps(case: Case, curve: SurvivalCurve) -> Iterator[Check]:
    """Tables of ages with what the curve is there."""
    ends = curve.limits(confidence_of(case), law=_law(case))
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


def _survival(case: Case, curve: SurvivalCurve) -> Curve:
    """S at an age with Greenwood's error and limits by each law."""

    def at(age: float) -> Estimate:
        value = float(curve.at(np.array([age]))[0])
        index = int(np.searchsorted(curve.ages, age, side="right")) - 1

        def limits(law: LimitLaw, level: float) -> Limits:
            ends = curve.limits(level, law=law)
            return Limits(*(float(end[index]) if index >= 0 else 1.0 for end in ends))

        laws: dict[str, LimitsOf] = {law: partial(limits, law) for law in _LAWS}
        error = float(curve.survival_error[index]) if index >= 0 else 0.0
        return Estimate(value, error, laws[_law(case)], laws)

    return Curve(at, _last(curve), [float(value) for value in curve.survival])


def _hazard(curve: SurvivalCurve) -> Curve:
    """Nelson–Aalen, with limits on its logarithm."""

    def at(age: float) -> Estimate:
        index = int(np.searchsorted(curve.ages, age, side="right")) - 1
        if index < 0:
            return Estimate(0.0, 0.0)
        value, error = float(curve.hazard[index]), float(curve.hazard_error[index])

        def limits(level: float) -> Limits:
            factor = float(np.exp(two_sided_z(level) * error / value))
            return Limits(value / factor, value * factor)

        laws = {"log": limits, "plain": even_limits(value, error)}
        return Estimate(value, error, limits, laws)

    return Curve(at, _last(curve), [float(value) for value in curve.hazard])


def _last(curve: SurvivalCurve) -> float | None:
    return float(curve.ages[-1]) if len(curve.ages) else None


def _quantile(case: Case, curve: SurvivalCurve, share: float) -> Estimate:
    def limits(level: float) -> Limits:
        low, high = curve.quantile_limits(share, confidence=level, law=_law(case))
        return Limits(inf if low is None else low, inf if high is None else high)

    return Estimate(curve.quantile(share), None, limits)


def _curve_figures(case: Case, lives: Lifetimes, curve: SurvivalCurve) -> dict[str, Any]:
    def conditional(start: float) -> Any:
        later = kaplan_meier(lives, from_age=start)
        return None if isinstance(later, TooFew) else _survival(case, later)

    survival = _survival(case, curve)
    figures: dict[str, Any] = {
        "survival": survival,
        "estimate": survival,
        "hazard": _hazard(curve),
        "se_greenwood": Curve(lambda age: Estimate(survival(age).error), survival.last),
        "se_cumhaz": Curve(lambda age: Estimate(_hazard(curve)(age).error), survival.last),
        "cdf": lambda age: 1 - (survival(age).value or 0.0),
        "n": lives.rows,
        "dropped": curve.dropped,
        "n_failed": lives.ends,
        "n_suspended": lives.rows - lives.ends,
        "median": _quantile(case, curve, 0.5),
        "q": Curve(lambda share: _quantile(case, curve, share if share < 1 else share / 100)),
        "rmst": curve.restricted_mean,
        "conditional": conditional,
    } | _of_steps(lives, curve)
    starts = [case.inputs.get("conditional_from"), *numbers_of_names(case, "conditional")]
    figures |= {
        f"conditional_survival_given_{start:g}": conditional(start)
        for start in starts
        if start is not None
    }
    return fit_figures(case, lives, weibull(lives)) | figures


def _of_steps(lives: Lifetimes, curve: SurvivalCurve) -> dict[str, Any]:
    has_steps, survival = len(curve.ages) > 0, curve.survival
    zero = np.flatnonzero(survival <= 0)
    return {
        "first_at_risk": [float(value) for value in curve.at_risk[:4]],
        "min_at_risk": float(curve.at_risk.min()) if has_steps else nan,
        "S_last": survival[-1] if has_steps else 1.0,
        "H_last": curve.hazard[-1] if has_steps else 0.0,
        "S_min_before": lambda age: float(curve.at(np.array([age - 1e-6]))[0]),
        "from_age": curve.from_age,
        "first_zero": float(curve.ages[zero[0]]) if len(zero) else None,
        "start_age_at_risk": lambda least: youngest_age(lives, int(least)),
        "times": [float(age) for age in curve.ages],
        "at_risk": Curve.stepwise(curve.ages, curve.at_risk),
        "n_event": Curve.stepwise(curve.ages, curve.events),
    }


def _group_curve(case: Case, rows: Sequence[Row]) -> dict[str, Any]:
    lives = of_rows(rows).lives
    curve = kaplan_meier(lives, min_at_risk=_least(case))
    return {} if isinstance(curve, TooFew) else _curve_figures(case, lives, curve)


def _incidence(sample: Sample) -> dict[str, Any]:
    """Shares ended by each cause, where a column names or numbers causes."""
    ended = given.ended(sample.rows) if sample.rows else []
    named = _causes(sample.rows)
    causes = sorted({one for one, end in zip(named, ended, strict=bool(named)) if end})
    if not causes or len(ended) != sample.lives.rows:
        return {}
    numbers = np.array(
        [causes.index(one) + 1 if end else 0 for one, end in zip(named, ended, strict=True)]
    )

    def share(cause: int) -> Curve:
        ages, values = cumulative_incidence(sample.lives, numbers.astype(float), cause)
        return Curve.stepwise(ages, values)

    curves: Mapping[str, Curve] = {cause: share(at) for at, cause in enumerate(causes, 1)}
    return {
        "cumulative_incidence": curves,
        "n_cause": {cause: int((numbers == at).sum()) for at, cause in enumerate(causes, 1)},
    }


def _causes(rows: Sequence[Row]) -> list[str]:
    """A column of causes, or a status with numbers above 1 (0 in service, 1, 2, … causes)."""
    if not rows:
        return []
    name = given.named(rows[0], given.CAUSE)
    if name is None:
        status = given.named(rows[0], given.ENDED)
        codes = {row[status] for row in rows} if status else set()
        name = status if codes >= {0, 1, 2} else None
    if name is None:
        return []
    return [f"{row[name]:g}" if isinstance(row[name], float) else str(row[name]) for row in rows]
