from collections.abc import Iterator

from service.analytics.methods.forecast import Forecast, predict_count, predict_count_exact
from service.analytics.methods.rates import garwood
from service.analytics.methods.replacement import Candidate, age_replacement, risk_ranking
from service.analytics.procedures.case import Case, Check, compare
from service.analytics.procedures.rates import pair


def check_forecast(case: Case) -> Iterator[Check]:
    count, time = case.inputs["x"], case.inputs["n"]
    level = case.inputs.get("cl", 0.95)
    exact, jeffreys = {}, {}
    for future in case.inputs["m"]:
        exact[str(future)] = pair(predict_count_exact(count, time, future, confidence=level))
        found = predict_count(count, time, future, confidence=level)
        if isinstance(found, Forecast):
            limits = found.limits
            jeffreys[str(future)] = {"lo": limits.lower, "hi": limits.upper, "mean": found.mean}
    figures = {
        "rate": count / time,
        "ci95": pair(garwood(count, time, confidence=level)),
        "prediction_exact_conditional_binomial": exact,
        "prediction_jeffreys_nb": jeffreys,
    }
    yield from compare(case, figures)


def check_replacement(case: Case) -> Iterator[Check]:
    given = case.inputs
    found = age_replacement(
        given["beta"], given["eta"], given["cost_planned"], given["cost_failure"]
    )
    figures = {
        "T_opt": found.age,
        "cost_rate": found.cost_rate,
        "run_to_failure_cost_rate": found.run_to_failure_cost_rate,
        "saving_pct": 100 * found.saving,
    }
    yield from compare(case, figures)


def check_risk(case: Case) -> Iterator[Check]:
    rows = list(case.rows("ranking"))
    candidates = [
        Candidate(row["device"], float(row["age"]), float(row["consequence"])) for row in rows
    ]
    law = (case.inputs["beta"], case.inputs["eta"])
    ranked = risk_ranking(candidates[::-1], law)
    by_device = {entry.candidate.device: entry for entry in ranked}
    for row in rows:
        entry = by_device[row["device"]]
        yield case.check(f"{row['device']}: rank", row["rank"], entry.rank)
        yield case.check(f"{row['device']}: p", row["p_next_year"], entry.chance)
        yield case.check(f"{row['device']}: risk", row["risk"], entry.risk)
    yield from compare(case, {"first": ranked[0].candidate.device})
