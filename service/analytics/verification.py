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
from service.analytics.procedures.case import Case, Check
from service.analytics.procedures.charts import (
    check_change_point,
    check_gap_chart,
    check_pareto,
    check_season,
    check_u_chart,
)
from service.analytics.procedures.exposure import check_exposure
from service.analytics.procedures.groups import check_count_regression, check_shrinkage
from service.analytics.procedures.lives import check_kaplan_meier, check_weibull
from service.analytics.procedures.mean_cumulative import check_mean_cumulative
from service.analytics.procedures.planning import check_forecast, check_replacement, check_risk
from service.analytics.procedures.processes import (
    check_log_linear,
    check_power_law,
    check_trend_tests,
)
from service.analytics.procedures.rates import check_rates

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


def verify(folder: Path = CASES) -> list[CaseResult]:
    """Every case of the folder, by file name."""
    cases = [Case(folder, json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))]
    return [_run(case) for case in cases]


def _run(case: Case) -> CaseResult:
    procedure = PROCEDURES.get(case.method)
    if procedure is None:
        return CaseResult(case, None)
    try:
        return CaseResult(case, tuple(procedure(case)))
    except (KeyError, TypeError, ValueError, OSError, PolarsError) as error:
        return CaseResult(case, (), f"{type(error).__name__}: {error}")
