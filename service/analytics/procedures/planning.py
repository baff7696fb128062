from collections.abc import Iterator, Sequence
from math import exp, gamma
from typing import Any

from service.analytics.methods.replacement import (
    Candidate,
    Ranked,
    age_replacement,
    cost_rate,
    overhaul_age,
    ranked_by,
    risk_ranking,
)
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import compare, compare_row
from service.analytics.procedures.naming import Either, Naming

_PLANNED: given.Names = ("cost_planned", "cp", "planned", "c_p", "cost_preventive", "cost_pm",
                         "preventive_cost", "planned_cost", "c_planned", "c_pm")  # fmt: skip
_FAILURE: given.Names = ("cost_failure", "cf", "failure", "c_f", "cost_corrective", "cost_cm",
                         "cost_unplanned", "cu", "failure_cost", "corrective_cost", "c_failure",
                         "unplanned_cost", "c_u", "c_cm")  # fmt: skip
_REPAIR: given.Names = ("cost_repair", "cr", "c_r", "repair", "cost_minimal_repair",
                        "repair_cost", "c_repair", "c_m", "c_minimal")  # fmt: skip
_OVERHAUL: given.Names = ("cost_overhaul", "co", "c_o", "overhaul", "cost_renewal",
                          "overhaul_cost", "c_overhaul", "cost_replacement")  # fmt: skip
_REPLACEMENT_ALIASES = {
    "T_opt": ("t_star", "optimal_age", "t_optimal", "optimum", "age", "t_opt_h", "optimal_time",
              "optimum_replacement_time", "optimal_overhaul_interval", "optimal_interval",
              "overhaul_age", "t_o", "optimal_replacement_age", "optimal_overhaul_age"),
    "cost_rate": ("min_cost_rate", "minimum_cost", "cost_min", "cost_at_optimum", "min_cost",
                  "minimum_cost_rate", "optimal_cost_rate"),
    "cost_rate_at": ("cost_rate_by_age", "cost_at"),
    "run_to_failure_cost_rate": ("run_to_failure", "rtf_cost_rate", "cost_run_to_failure",
                                 "run_to_failure_cost"),
    "saving_pct": ("savings_pct", "saving_percent"),
    "saving": ("savings", "saving_share", "saving_fraction"),
    "finite": ("has_optimum", "finite_optimum", "optimum_exists"),
    "policy": ("decision", "recommendation", "verdict"),
    "cheap_ages": ("within_5pct", "flat_range", "ages_within_5pct"),
    "expected_repairs": ("expected_failures", "repairs_per_cycle", "failures_per_cycle"),
    "survival_at_optimum": ("survival_at_t_opt", "reliability_at_t_opt", "S_opt"),
    "mean_life": ("mttf", "mean"),
}  # fmt: skip


def check_replacement(case: Case) -> Iterator[Check]:
    beta = given.number(case, ("beta", "shape"))
    is_mended = given.named(case.inputs, _REPAIR) is not None
    figures = _overhaul(case, beta) if is_mended else _by_age(case, beta)
    yield from compare(case, figures, aliases=_REPLACEMENT_ALIASES)


def _by_age(case: Case, beta: float) -> dict[str, Any]:
    eta = given.number(case, ("eta", "scale", "alpha", "characteristic_life"))
    planned, failure = given.number(case, _PLANNED), given.number(case, _FAILURE)
    found = age_replacement(beta, eta, planned, failure)
    best = found.age
    return _policy(best) | {
        "cost_rate": found.cost_rate,
        "run_to_failure_cost_rate": found.run_to_failure_cost_rate,
        "saving_pct": 100 * found.saving,
        "saving": Either((found.saving, 100 * found.saving)),
        "cheap_ages": found.cheap_ages,
        "cost_rate_at": lambda age: cost_rate(age, (beta, eta), (planned, failure)),
        "cost_ratio": failure / planned,
        "mean_life": eta * gamma(1 + 1 / beta),
        "survival_at_optimum": None if best is None else exp(-((best / eta) ** beta)),
    }


def _policy(best: float | None) -> dict[str, Any]:
    """No age is an infinite one, too."""
    words = ("run to failure", "never", "no optimum") if best is None else ("replace", "age")
    return {
        "T_opt": Either((float("nan"), float("inf"))) if best is None else best,
        "finite": best is not None,
        "policy": frozenset(words),
    }


def _overhaul(case: Case, beta: float) -> dict[str, Any]:
    """Minimal repair between overhauls; the law by λ, or by η with λ = η^−β."""
    scale = given.value(case, ("lambda_", "lambda", "scale_lambda"))
    if scale is None:
        scale = given.number(case, ("eta", "scale", "theta")) ** -beta
    repair, overhaul = given.number(case, _REPAIR), given.number(case, (*_OVERHAUL, *_PLANNED))
    best = overhaul_age(beta, float(scale), repair, overhaul)

    def cost(age: float) -> float:
        return float((overhaul + repair * float(scale) * age**beta) / age)

    figures = _policy(best) | {"cost_rate_at": cost}
    if best is not None:
        figures |= {"cost_rate": cost(best), "expected_repairs": float(scale) * best**beta}
    return figures


_CONSEQUENCE: given.Names = ("consequence", "impact", "severity", "cost", "consequences", "effect")
_CHANCE: given.Names = (
    "p_next_year", "p", "probability", "chance", "likelihood", "p_fail", "prob", "pof",
)  # fmt: skip
_AGE: given.Names = ("age", "age_years", "years")
_RISK_ALIASES = {
    "order": ("ranking", "rank_order", "ranked", "priority", "sorted"),
    "rank": ("ranks", "rank_by_device"),
    "first": ("top", "highest"),
    "last": ("lowest",),
    "risks": ("risk", "scores", "score", "risk_by_device"),
    "chances": ("p_next_year", "probabilities", "p", "likelihoods"),
}


def check_risk(case: Case) -> Iterator[Check]:
    rows = given.rows_of(case, ("ranking", "devices", "data"), given.DEVICE, _CONSEQUENCE)
    if not rows:
        raise CaseIncomplete("tables: devices (device, age, consequence)")
    ranked = _ranked(case, rows)
    by_device = {entry.candidate.device: entry for entry in ranked}
    for row in rows:
        device = str(given.read(row, ("device", *given.DEVICE)))
        entry = by_device[device]
        naming = Naming({"rank": entry.rank, "p_next_year": entry.chance, "risk": entry.risk},
                        {"p_next_year": _CHANCE, "risk": ("score",)})  # fmt: skip
        yield from compare_row(case, device, row, naming)
    figures = {
        "first": ranked[0].candidate.device,
        "last": ranked[-1].candidate.device,
        "order": [entry.candidate.device for entry in ranked],
        "rank": {entry.candidate.device: entry.rank for entry in ranked},
        "risks": {entry.candidate.device: entry.risk for entry in ranked},
        "chances": {entry.candidate.device: entry.chance for entry in ranked},
        "total_risk": sum(entry.risk for entry in ranked),
        "expected_failures": sum(entry.chance for entry in ranked),
    }
    yield from compare(case, figures, aliases=_RISK_ALIASES)


def _ranked(case: Case, rows: Sequence[given.Row]) -> list[Ranked]:
    """By a Weibull law of the inputs, else by the chances that the rows state."""
    candidates = [
        Candidate(
            str(given.read(row, ("device", *given.DEVICE))),
            float(given.read(row, _AGE, 0)),
            float(given.read(row, _CONSEQUENCE)),
        )
        for row in rows
    ]
    if given.value(case, ("beta", "shape")) is not None:
        law = (given.number(case, ("beta", "shape")), given.number(case, ("eta", "scale")))
        span = float(given.value(case, ("span", "horizon", "years", "horizon_years"), 1))
        return risk_ranking(candidates[::-1], law, span=span)
    if given.named(rows[0], _CHANCE) is None:
        raise CaseIncomplete("inputs: beta, eta; or a column p")
    return ranked_by(candidates, [float(given.read(row, _CHANCE)) for row in rows])
