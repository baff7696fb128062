from collections.abc import Iterator
from typing import Any

import numpy as np

from service.analytics.methods import trend_tests
from service.analytics.methods.distributions import Floats, chi2_tail
from service.analytics.methods.histories import Histories, histories_of_table
from service.analytics.methods.log_linear import LogLinear, log_linear
from service.analytics.methods.power_law import (
    PowerLaw,
    beta_limits,
    cramer_von_mises,
    mtbf_now,
    power_law,
    unbiased,
)
from service.analytics.methods.trend_tests import Reversals, TrendTest
from service.analytics.procedures.case import Case, Check, compare
from service.analytics.procedures.rates import pair


def _histories(case: Case) -> Histories:
    if "windows" in case.body["tables"]:
        return histories_of_table(case.rows("windows"), case.rows("events"), "system")
    return Histories.one(case.inputs["times"], case.inputs["T"])


def _statistic(test: object) -> float:
    return test.statistic if isinstance(test, TrendTest) else float("nan")


def check_power_law(case: Case) -> Iterator[Check]:
    histories = _histories(case)
    fit = power_law(histories)
    if not isinstance(fit, PowerLaw):
        raise TypeError("no fit")
    yield from compare(case, _power_law_figures(fit) | _pooled_tests(histories))


def _power_law_figures(fit: PowerLaw) -> dict[str, Any]:
    beta_bar, lambda_bar = unbiased(fit)
    end = float(fit.histories.ends.max())
    mtbf, limits = mtbf_now(fit, confidence=0.8)
    fitness = cramer_von_mises(fit)
    beta_90 = pair(beta_limits(fit, confidence=0.9))
    return {
        "beta": fit.beta,
        "beta_mle": fit.beta,
        "lambda_": fit.scale,
        "lambda_mle": fit.scale,
        "rga_beta": fit.beta,
        "rga_lambda": fit.scale,
        "N": fit.failures,
        "loglik": fit.loglik,
        "beta_modified": beta_bar,
        "lambda_modified": lambda_bar,
        "beta_bar": beta_bar,
        "mtbf_inst": mtbf,
        "mtbf_ci80": pair(limits),
        "intensity_end": fit.intensity(end),
        "mtbf_end": fit.mtbf(end),
        "beta_ci90": beta_90,
        "beta_ci90_chi2": beta_90,
        "cvm": fitness.statistic if fitness else None,
        "cvm_critical_alpha10": fitness.critical if fitness else None,
    }


def _pooled_tests(histories: Histories) -> dict[str, Any]:
    first = histories.window_device == 0
    mine = histories.event_device == 0
    alone = Histories.from_arrays(
        histories.window_device[first],
        (histories.starts[first], histories.ends[first]),
        histories.event_device[mine],
        histories.times[mine],
    )
    return {
        "laplace_pooled": _statistic(trend_tests.laplace(histories)),
        "laplace_system1": _statistic(trend_tests.laplace(alone)),
        "mil_hdbk_pooled": _statistic(trend_tests.military_handbook(histories)),
        "mil_df": 2 * histories.events,
    }


def check_trend_tests(case: Case) -> Iterator[Check]:
    times, end = np.array(case.inputs["times"], dtype=float), float(case.inputs["T"])
    histories = Histories.one(times, end)
    gaps = np.diff(np.sort(times), prepend=0.0)
    figures = _one_device_tests(histories, times, end)
    figures |= {
        "n": len(times),
        "mean_gap": gaps.mean(),
        "sd_gap": gaps.std(ddof=1),
        "cv": gaps.std(ddof=1) / gaps.mean(),
    }
    figures["gamma"] = figures["cv"]
    yield from compare(case, figures)


def _one_device_tests(histories: Histories, times: Floats, end: float) -> dict[str, Any]:
    reversals = trend_tests.reverse_arrangements(times)
    laplace = trend_tests.laplace(histories)
    darling = trend_tests.anderson_darling(histories)
    mil = _statistic(trend_tests.military_handbook(histories))
    figures: dict[str, Any] = {
        "laplace_u": _statistic(laplace),
        "mil_chi2": mil,
        "mil_df": 2 * histories.events,
        "mil_p_decreasing": chi2_tail(mil, 2 * histories.events),
        "lewis_robinson": _statistic(trend_tests.lewis_robinson(times, end)),
        "anderson_darling": _statistic(darling),
    }
    if isinstance(laplace, TrendTest) and isinstance(darling, TrendTest):
        figures["laplace_p_two_sided"] = laplace.p_value
        figures["ad_p_asymptotic"] = darling.p_value
    if isinstance(reversals, Reversals):
        figures["reversals"] = reversals.count
        figures["reversals_max"] = reversals.pairs
        figures["reversals_z"] = reversals.z
    return figures


def check_log_linear(case: Case) -> Iterator[Check]:
    """Expected figures are named after the end of observation; printed ones use the last event."""
    times = [row["t"] for row in case.rows("events")]
    found = {}
    for name in case.body["expected"]:
        whole, part = name.rsplit("_", 2)[-2:]
        found[name] = _both_processes(times, float(f"{whole}.{part}"))
    printed = found.get("end_at_last_event_15_07", next(iter(found.values())))
    yield from compare(case, found | printed)


def _both_processes(times: list[float], end: float) -> dict[str, Any]:
    histories = Histories.one(times, max(end, *times) if end < max(times) else end)
    power, linear = power_law(histories), log_linear(histories)
    if not (isinstance(power, PowerLaw) and isinstance(linear, LogLinear)):
        raise TypeError("no fit")
    return {
        "beta": power.beta,
        "eta": power.scale ** (-1 / power.beta),
        "loglik_power": power.loglik,
        "g0": linear.g0,
        "g1": linear.g1,
        "loglik_loglinear": linear.loglik,
        "laplace_u": _statistic(trend_tests.laplace(histories)),
    }
