"""Published cases, run through the same functions as the reports.

A case is ``ID.json`` with its CSV tables beside it: ``method``, ``inputs``, ``expected`` (full
precision), ``published`` (as printed in the source) and ``tolerance``. A method without a procedure
here is listed as not yet covered, never passed over.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from polars.exceptions import PolarsError

from service.analytics.procedures.availability import check_availability
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.changes import check_change_point
from service.analytics.procedures.charts import check_gap_chart, check_u_chart
from service.analytics.procedures.exposure import check_exposure
from service.analytics.procedures.forecast import check_forecast
from service.analytics.procedures.lives import check_kaplan_meier
from service.analytics.procedures.mean_cumulative import check_mean_cumulative
from service.analytics.procedures.pareto import check_pareto
from service.analytics.procedures.planning import check_replacement, check_risk
from service.analytics.procedures.processes import check_log_linear, check_power_law
from service.analytics.procedures.rates import check_rates
from service.analytics.procedures.regression import check_count_regression
from service.analytics.procedures.seasons import check_season
from service.analytics.procedures.shrinkage import check_shrinkage
from service.analytics.procedures.trends import check_trend_tests
from service.analytics.procedures.weibull import check_weibull
from service.analytics.procedures.words import plain

CASES = Path(__file__).parents[2] / "data" / "verification"


@dataclass(frozen=True)
class CaseResult:
    """``checks`` is None when no procedure for the case's method exists yet.

    ``unreadable`` says what the procedure missed in the case's file.
    """

    case: Case
    checks: tuple[Check, ...] | None
    unreadable: str | None = None

    @property
    def passed(self) -> bool | None:
        if self.unreadable:
            return False
        return None if self.checks is None else all(check.passed for check in self.checks)


PROCEDURES: dict[str, Callable[[Case], Iterator[Check]]] = {
    "exposure_accounting": check_exposure,
    "rate_poisson_ci": check_rates,
    "mtbf_mttr_availability": check_availability,
    "kaplan_meier": check_kaplan_meier,
    "weibull_mle": check_weibull,
    "mcf": check_mean_cumulative,
    "count_regression": check_count_regression,
    "empirical_bayes": check_shrinkage,
    "pareto": check_pareto,
    "u_chart": check_u_chart,
    "g_chart": check_gap_chart,
    "change_point": check_change_point,
    "seasonality": check_season,
    "forecast": check_forecast,
    "optimal_replacement": check_replacement,
    "risk_priority": check_risk,
    "crow_amsaa": check_power_law,
    "cox_lewis": check_log_linear,
    "trend_tests": check_trend_tests,
}


# Words by which other collections call the same methods.
OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "exposure_accounting": ("exposure", "lexis", "lexis_split", "device_years"),
    "rate_poisson_ci": (
        "rate", "rates", "poisson_rate", "garwood", "rate_ratio", "rate_ratios", "poisson_ci",
        "rate_comparison", "failure_rate", "standardised_rate", "standardized_rate", "fay_feuer",
        "homogeneity", "poisson_test", "group_rate", "direct_standardisation", "mtbf_ci", "mtbf",
    ),
    "mtbf_mttr_availability": ("availability", "kpi", "mttr", "kpis"),
    "kaplan_meier": (
        "km", "survival", "nelson_aalen", "kaplan_meier_nelson_aalen", "life_table",
        "aalen_johansen", "competing_risks", "product_limit",
    ),
    "weibull_mle": ("weibull", "weibull_interval", "weibayes", "weibull_fit", "weibull_censored"),
    "mcf": (
        "mean_cumulative_function", "mean_cumulative", "cost_mcf", "mcf_difference", "recurrence",
    ),
    "count_regression": (
        "poisson_regression", "negative_binomial", "negative_binomial_regression", "nb_regression",
        "glm_poisson", "regression", "glm",
    ),
    "empirical_bayes": ("eb", "shrinkage", "bad_actors", "gamma_poisson", "oreda"),
    "pareto": ("pareto_chart",),
    "u_chart": ("uchart", "laney", "laney_u", "laney_u_chart", "control_chart", "u_prime_chart"),
    "g_chart": ("gchart", "t_chart", "gap_chart"),
    "change_point": ("changepoint", "change_points", "segments"),
    "seasonality": ("season", "seasonal"),
    "forecast": ("prediction", "prediction_interval", "poisson_prediction"),
    "optimal_replacement": (
        "replacement", "age_replacement", "optimal_age", "replacement_age", "overhaul",
        "minimal_repair",
    ),
    "risk_priority": ("risk", "risk_ranking", "priority"),
    "crow_amsaa": (
        "nhpp", "power_law", "nhpp_power_law", "power_law_nhpp", "duane", "grouped_power_law",
        "crow_amsaa_grouped", "nhpp_grouped",
    ),
    "cox_lewis": ("log_linear", "loglinear", "log_linear_nhpp", "nhpp_log_linear"),
    "trend_tests": (
        "trend", "trend_test", "laplace", "laplace_test", "lewis_robinson", "anderson_darling",
        "generalised_laplace", "generalized_laplace", "mil_hdbk_189", "reverse_arrangements",
        "benjamini_hochberg", "fdr",
    ),
}  # fmt: skip
_METHODS = {
    plain(word): method
    for method, words in OTHER_NAMES.items()
    for word in (method, *words)
}  # fmt: skip


def verify(folder: Path = CASES) -> list[CaseResult]:
    """Every case of the folder, by file name; one file may hold a list of cases."""
    results: list[CaseResult] = []
    for path in sorted(folder.glob("*.json")):
        try:
            found = json.loads(path.read_text(encoding="utf-8-sig"))
        except ValueError as error:
            results.append(_unreadable(folder, path, f"JSON: {error}"))
            continue
        for body in found if isinstance(found, list) else [found]:
            if isinstance(body, dict):
                results.append(_run(Case(folder, {"id": path.stem} | body)))
            else:
                results.append(_unreadable(folder, path, "JSON: { id, method, inputs, … }"))
    return results


def _unreadable(folder: Path, path: Path, why: str) -> CaseResult:
    return CaseResult(Case(folder, {"id": path.stem}), (), why)


def _run(case: Case) -> CaseResult:
    procedure = PROCEDURES.get(_METHODS.get(plain(case.method), case.method))
    if procedure is None:
        return CaseResult(case, None)
    if not (case.expected or case.published or case.tables):
        return CaseResult(case, (), "expected / published: { }")
    try:
        checks = tuple(procedure(case))
    except CaseIncomplete as error:
        return CaseResult(case, (), str(error))
    except (LookupError, TypeError, ValueError, ArithmeticError, OSError, PolarsError) as error:
        return CaseResult(case, (), f"{type(error).__name__}: {error}")
    return CaseResult(case, checks, None if checks else "expected / published: { }")
