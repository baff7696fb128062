from collections.abc import Iterator
from typing import Any

from service.analytics.methods.forecast import Forecast, predict_count, predict_count_exact
from service.analytics.methods.rates import garwood
from service.analytics.methods.replacement import (
    Candidate,
    age_replacement,
    cost_rate,
    overhaul_age,
    risk_ranking,
)
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, Check
from service.analytics.procedures.figures import Estimate, compare, confidence_of
from service.analytics.procedures.rates import FAILURES, pair


def check_forecast(case: Case) -> Iterator[Check]:
    count = given.number(case, FAILURES)
    time = given.number(case, ("n", "exposure", "time", "t", "years", "device_years", "past"))
    futures = given.value(case, ("m", "future", "future_exposure", "horizon", "future_time"), 1)
    level = confidence_of(case)
    phi = float(given.value(case, ("dispersion", "phi"), 1))
    exact, jeffreys, means = {}, {}, {}
    for future in futures if isinstance(futures, list) else [futures]:
        key = f"{future}"
        exact[key] = pair(predict_count_exact(int(count), time, future, confidence=level))
        found = predict_count(count, time, future, dispersion=phi, confidence=level)
        if isinstance(found, Forecast):
            limits = found.limits
            jeffreys[key] = {"lo": limits.lower, "hi": limits.upper, "mean": found.mean}
            means[key] = found.mean
    rate = Estimate(count / time, None, lambda at: garwood(count, time, confidence=at))
    figures: dict[str, Any] = {
        "rate": rate,
        "estimate": rate,
        "prediction_exact_conditional_binomial": exact,
        "prediction_jeffreys_nb": jeffreys,
        "expected": {key: count / time * float(key) for key in means},
    }
    if len(exact) == 1:
        figures["prediction_exact_conditional_binomial"] = next(iter(exact.values()))
        only = next(iter(jeffreys.values()), None)
        figures["prediction_jeffreys_nb"] = only and (only["lo"], only["hi"])
        figures["mean"] = next(iter(means.values()), None)
        figures["expected"] = next(iter(figures["expected"].values()), None)
    aliases = {
        "rate": ("lambda", "rate_hat"),
        "prediction_exact_conditional_binomial": (
            "prediction_exact", "exact", "conditional_binomial", "nelson", "prediction_interval",
            "prediction",
        ),
        "prediction_jeffreys_nb": ("jeffreys", "prediction_nb", "nb", "prediction_jeffreys"),
        "mean": ("predictive_mean", "jeffreys_mean"),
        "expected": ("expected_count", "point", "point_prediction"),
    }  # fmt: skip
    yield from compare(case, figures, aliases=aliases)


_PLANNED: given.Names = ("cost_planned", "cp", "planned", "c_p", "cost_preventive", "cost_pm")
_FAILURE: given.Names = ("cost_failure", "cf", "failure", "c_f", "cost_corrective", "cost_cm",
                         "cost_unplanned", "cu")  # fmt: skip
_REPAIR: given.Names = ("cost_repair", "cr", "c_r", "repair", "cost_minimal_repair")
_OVERHAUL: given.Names = ("cost_overhaul", "co", "c_o", "overhaul", "cost_renewal")
_REPLACEMENT_ALIASES = {
    "T_opt": ("t_star", "optimal_age", "t_optimal", "optimum", "age", "t_opt_h", "optimal_time",
              "optimum_replacement_time"),
    "cost_rate": ("min_cost_rate", "minimum_cost", "cost_min", "cost_at_optimum", "min_cost"),
    "run_to_failure_cost_rate": ("run_to_failure", "rtf_cost_rate", "cost_run_to_failure"),
    "saving_pct": ("saving", "savings_pct"),
    "finite": ("has_optimum", "finite_optimum"),
    "cheap_ages": ("within_5pct", "flat_range", "ages_within_5pct"),
}  # fmt: skip


def check_replacement(case: Case) -> Iterator[Check]:
    beta = given.number(case, ("beta", "shape"))
    if given.named(case.inputs, _OVERHAUL) is not None:
        figures = _overhaul(case, beta)
    else:
        eta = given.number(case, ("eta", "scale", "alpha", "characteristic_life"))
        planned, failure = given.number(case, _PLANNED), given.number(case, _FAILURE)
        found = age_replacement(beta, eta, planned, failure)
        figures = {
            "T_opt": found.age,
            "cost_rate": found.cost_rate,
            "run_to_failure_cost_rate": found.run_to_failure_cost_rate,
            "saving_pct": 100 * found.saving,
            "finite": found.age is not None,
            "cheap_ages": found.cheap_ages,
            "cost_rate_at": lambda age: cost_rate(age, (beta, eta), (planned, failure)),
        }
    yield from compare(case, figures, aliases=_REPLACEMENT_ALIASES)


def _overhaul(case: Case, beta: float) -> dict[str, Any]:
    """Minimal repair between overhauls; the law by λ, or by η with λ = η^−β."""
    scale = given.value(case, ("lambda_", "lambda", "scale_lambda"))
    if scale is None:
        scale = given.number(case, ("eta", "scale", "theta")) ** -beta
    repair, overhaul = given.number(case, _REPAIR), given.number(case, _OVERHAUL)
    best = overhaul_age(beta, float(scale), repair, overhaul)
    figures: dict[str, Any] = {"T_opt": best, "finite": best is not None}
    if best is not None:
        figures["cost_rate"] = (overhaul + repair * float(scale) * best**beta) / best
        figures["expected_repairs"] = float(scale) * best**beta
    return figures


def check_risk(case: Case) -> Iterator[Check]:
    rows = given.rows_of(
        case, ("ranking", "devices", "data"), given.DEVICE, ("age", "age_years"), ("consequence",)
    )
    law = (given.number(case, ("beta", "shape")), given.number(case, ("eta", "scale")))
    candidates = [
        Candidate(str(given.read(row, ("device", *given.DEVICE))), float(given.read(row, ("age",))),
                  float(given.read(row, ("consequence",))))
        for row in rows
    ]  # fmt: skip
    span = float(given.value(case, ("span", "horizon", "years"), 1))
    ranked = risk_ranking(candidates[::-1], law, span=span)
    by_device = {entry.candidate.device: entry for entry in ranked}
    for row in rows:
        device = str(given.read(row, ("device", *given.DEVICE)))
        entry = by_device[device]
        columns: tuple[tuple[given.Names, float], ...] = (
            (("rank",), entry.rank),
            (("p_next_year", "p", "probability", "chance"), entry.chance),
            (("risk",), entry.risk),
        )
        for names, have in columns:
            wanted = given.read(row, names)
            if wanted is not None:
                yield case.check(f"{device}: {names[0]}", wanted, have)
    figures = {
        "first": ranked[0].candidate.device if ranked else None,
        "order": [entry.candidate.device for entry in ranked],
        "risks": {entry.candidate.device: entry.risk for entry in ranked},
        "chances": {entry.candidate.device: entry.chance for entry in ranked},
        "total_risk": sum(entry.risk for entry in ranked),
        "expected_failures": sum(entry.chance for entry in ranked),
    }
    aliases = {
        "order": ("ranking", "rank_order", "ranks"),
        "first": ("top",),
        "risks": ("risk",),
        "chances": ("p_next_year", "probabilities"),
    }
    yield from compare(case, figures, aliases=aliases)
