from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from service.analytics.methods.distributions import negative_binomial_quantile
from service.analytics.methods.forecast import (
    JEFFREYS,
    Forecast,
    count_law,
    predict_count,
    predict_count_exact,
    replacements,
)
from service.analytics.methods.power_law import growth
from service.analytics.methods.rates import Limits, garwood
from service.analytics.methods.too_few import TooFew
from service.analytics.methods.weibull import chance_within
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.exposed import FAILURES
from service.analytics.procedures.figures import compare, confidence_of
from service.analytics.procedures.naming import MEMBERS, Estimate
from service.analytics.procedures.rates import pair

_COUNTED: given.Names = (
    "past_failures", "past_count", "past_events", "observed_failures", *FAILURES,
)  # fmt: skip
_PAST: given.Names = (
    "past_exposure", "past_time", "observed_exposure",
    "n", "exposure", "time", "t", "years", "device_years", "past", "past_exposure", "T",
)  # fmt: skip
_FUTURE: given.Names = (
    "m", "future", "future_exposure", "horizon", "future_time", "E", "future_device_years", "next",
    "s",
)  # fmt: skip
_SPAN: given.Names = ("horizon", "span", "h", "years_ahead", "horizon_years", "period")
_AGES: given.Names = ("ages", "age", "age_years", "device_ages")
_ALIASES = {
    "rate": ("lambda", "rate_hat"),
    "prediction_exact_conditional_binomial": (
        "prediction_exact", "exact", "conditional_binomial", "nelson", "hahn_meeker",
        "prediction_conditional_binomial",
    ),
    "prediction_jeffreys_nb": ("jeffreys", "prediction_nb", "nb", "prediction_jeffreys",
                               "gamma_poisson", "prediction_gamma_poisson"),
    "prediction": ("prediction_interval", "pi", "prediction_limits", "predictive"),
    "mean": ("predictive_mean", "jeffreys_mean", "expected_failures_mean"),
    "expected": ("expected_count", "point", "point_prediction", "expected_failures",
                 "expected_replacements", "mean_count", "mean"),
    "mean_count_limits": ("ci_mean", "mean_ci", "ci95_mean", "mean_ci95", "ci_of_mean"),
    "each": ("p_next_year", "probabilities", "chances", "p", "expected_by_device", "p_i",
             "p_by_device", "expected_each"),
    "sd": ("std", "standard_deviation", "deviation"),
    "p_zero": ("p0", "prob_zero", "p_none"),
    "p_at_least_one": ("prob_at_least_one", "p_any"),
    "size": ("nb_size", "r"),
    "prob": ("nb_prob", "nb_p"),
    "law": ("distribution", "pmf"),
}  # fmt: skip


def check_forecast(case: Case) -> Iterator[Check]:
    ages = given.numbers(case, _AGES)
    figures = _of_groups(case)
    if not figures:
        figures = _of_counts(case) if ages is None else _of_ages(case, ages)
    yield from compare(case, figures, aliases=_ALIASES)


def _prior(case: Case) -> tuple[float, float]:
    """A and b of a class, together or apart; Jeffreys' ½ and 0 without."""
    found = given.value(case, ("prior", "gamma_prior", "class_prior"))
    names = (("prior_a", "shape_a", "a", "alpha", "shape"), ("prior_b", "rate_b", "b", "beta"))
    if isinstance(found, Mapping):
        a, b = (given.read(found, one) for one in names)
    elif isinstance(found, list):
        a, b = found
    else:
        a, b = (given.value(case, one) for one in names)
    return JEFFREYS if a is None or b is None else (float(a), float(b))


def _of_groups(case: Case) -> dict[str, Any]:
    """A table with past and future of each group."""
    for name, rows in given.tables_with(
        case, (*given.DEVICE, *given.GROUP), _COUNTED, _PAST, _FUTURE
    ):
        if name == given.LISTS:
            continue
        members = {}
        for row in rows:
            label = str(given.read(row, (*given.DEVICE, *given.GROUP)))
            past, future = (float(given.read(row, names)) for names in (_PAST, _FUTURE))
            members[label] = _future(case, float(given.read(row, _COUNTED)), past, future)
        total = {key: sum(one[key] for one in members.values()) for key in ("mean", "expected")}
        return {MEMBERS: members} | members | total
    return {}


def _of_counts(case: Case) -> dict[str, Any]:
    count = given.number(case, _COUNTED)
    counted = given.named(case.inputs, _COUNTED)
    columns = {name: one for name, one in case.inputs.items() if name != counted}
    time = float(given.read(columns, _PAST, 0))
    if time <= 0:
        raise CaseIncomplete(f"inputs: {' / '.join(_PAST)}")
    futures = given.read(columns, _FUTURE, 1)
    rate = Estimate(count / time, None, lambda level: garwood(count, time, confidence=level))
    keys = futures if isinstance(futures, list) else [futures]
    each = {f"{future}": _future(case, count, time, float(future)) for future in keys}
    figures: dict[str, Any] = {"rate": rate, "estimate": rate}
    for name in next(iter(each.values())):
        by_future = {key: found[name] for key, found in each.items()}
        figures[name] = by_future if len(each) > 1 else next(iter(by_future.values()))
    return figures


def _future(case: Case, count: float, time: float, future: float) -> dict[str, Any]:
    phi = float(given.value(case, ("dispersion", "phi"), 1))
    prior = _prior(case)

    def law(level: float) -> Forecast:
        found = predict_count(count, time, future, dispersion=phi, prior=prior, confidence=level)
        if isinstance(found, TooFew):
            raise CaseIncomplete(f"inputs: {' / '.join(_PAST)}")
        return found

    def exact_limits(level: float) -> Limits:
        return predict_count_exact(int(count), time, future, confidence=level)

    level = confidence_of(case)
    mean = law(level).mean
    size, chance = count / phi + prior[0], (time + prior[1]) / (time + prior[1] + future)
    deviation = float(np.sqrt(size * (1 - chance))) / chance * phi
    predicted = Estimate(mean, deviation, lambda at: law(at).limits)
    lowest, highest = pair(law(level).limits)
    return {
        "prediction_exact_conditional_binomial": Estimate(None, None, exact_limits),
        "prediction_jeffreys_nb": predicted,
        "prediction": predicted,
        "mean": mean,
        "expected": count / time * future,
        "mean_count_limits": pair(garwood(count, time, confidence=level).scaled(future)),
        "lower": lowest,
        "upper": highest,
        "size": size,
        "prob": chance,
        "variance": deviation**2,
        "sd": deviation,
        "p_zero": chance**size if phi == 1 else None,
        "p_at_least_one": 1 - chance**size if phi == 1 else None,
        "median": negative_binomial_quantile(0.5, size, chance) * phi,
    }


def _of_ages(case: Case, ages: list[float]) -> dict[str, Any]:
    """By the ages of devices: replacements under a Weibull life, failures under a power law."""
    beta = given.number(case, ("beta", "shape"))
    span = float(given.value(case, _SPAN, 1))
    scale = given.value(case, ("lambda_", "lambda"))
    if scale is not None:
        each = [growth((float(scale), beta), age, age + span) for age in ages]
        return {"each": each, "expected": sum(each), "variance": sum(each)}
    eta = given.number(case, ("eta", "scale", "alpha"))
    chances = np.array([chance_within(beta, eta, age, span) for age in ages])
    law = count_law(chances)

    def limits(level: float) -> Limits:
        return replacements(chances, confidence=level).limits

    variance = float((chances * (1 - chances)).sum())
    expected = Estimate(float(chances.sum()), variance**0.5, limits)
    return {
        "expected": expected,
        "estimate": expected,
        "prediction": expected,
        "variance": variance,
        "sd": variance**0.5,
        "each": [float(chance) for chance in chances],
        "p_zero": float(law[0]),
        "p_at_least_one": 1 - float(law[0]),
        "law": [float(chance) for chance in law],
    }
