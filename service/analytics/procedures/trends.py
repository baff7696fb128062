from collections.abc import Iterator
from typing import Any

import numpy as np

from service.analytics.methods import trend_tests
from service.analytics.methods.distributions import Floats, chi2_tail
from service.analytics.methods.histories import Histories
from service.analytics.methods.trend_tests import Reversals, TrendTest
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, Check
from service.analytics.procedures.figures import compare
from service.analytics.procedures.histories import histories_of
from service.analytics.procedures.rates import is_failure_terminated

PROCESS_ALIASES = {
    "beta": ("beta_mle", "rga_beta", "shape", "b", "beta_hat", "bhat", "power_beta"),
    "lambda_": ("lambda_mle", "rga_lambda", "lambda_hat", "a", "scale", "power_lambda", "alpha"),
    "eta": ("theta", "scale_eta"),
    "N": ("n", "failures", "events", "n_failures"),
    "loglik": ("log_likelihood", "loglik_power", "ll"),
    "beta_modified": ("beta_bar", "beta_unbiased", "beta_corrected"),
    "lambda_modified": ("lambda_bar", "lambda_unbiased"),
    "mtbf_inst": ("mtbf_unbiased", "instantaneous_mtbf_modified"),
    "mtbf_end": ("mtbf_instantaneous", "dmtbf", "instantaneous_mtbf", "imtbf", "mtbf_now"),
    "intensity_end": ("intensity", "failure_intensity", "rho", "rocof", "intensity_at_end"),
    "cumulative_mtbf": ("cmtbf", "mtbf_cumulative"),
    "cvm": ("cramer_von_mises", "c2m", "cvm_statistic", "c_m"),
    "expected": ("expected_failures", "mean", "m", "n_expected", "cumulative_failures"),
    "g0": ("gamma0", "alpha0", "a0", "intercept"),
    "g1": ("gamma1", "alpha1", "a1", "slope"),
    "laplace_u": ("laplace", "u", "laplace_pooled", "laplace_z", "u_l", "laplace_statistic"),
    "laplace_p_two_sided": ("laplace_p", "p_laplace", "laplace_p_value"),
    "mil_chi2": ("mil_hdbk", "mil_hdbk_pooled", "mil", "military_handbook", "mil_hdbk_189",
                 "mil_statistic", "chi2"),
    "mil_p_two_sided": ("mil_p", "p_mil", "mil_hdbk_p"),
    "mil_df": ("df",),
    "generalised_laplace": ("generalized_laplace", "gl", "gl_z", "gen_laplace", "glaplace"),
    "generalised_laplace_p": ("generalized_laplace_p", "gl_p", "p_gl"),
    "lewis_robinson": ("lr", "lewis_robinson_z", "lr_z", "u_lr"),
    "lewis_robinson_p": ("lr_p", "p_lr"),
    "anderson_darling": ("ad", "a2", "ad_statistic", "anderson_darling_a2"),
    "ad_p_asymptotic": ("ad_p", "p_ad", "anderson_darling_p"),
    "reversals": ("r", "reverse_arrangements", "n_reversals"),
    "reversals_z": ("z_reversals", "reverse_z"),
    "q": ("q_values", "benjamini_hochberg", "bh", "adjusted_p", "p_adjusted"),
    "cv": ("gamma", "coefficient_of_variation"),
}  # fmt: skip


def _statistic(test: object) -> float | None:
    return test.statistic if isinstance(test, TrendTest) else None


def _p(test: object) -> float | None:
    return test.p_value if isinstance(test, TrendTest) else None


def is_terminated(case: Case) -> bool:
    """As the case says; without an end of observation it stopped at its last failure."""
    said = is_failure_terminated(case)
    if given.value(case, ("time_terminated", "failure_terminated")) is not None or said:
        return said
    is_list = given.named(case.inputs, ("times", "events", "failures")) is not None
    ends = ("T", "end", "tau", "total_time", "end_time", "observation_end", "windows", "systems")
    return is_list and given.named(case.inputs, ends) is None and "windows" not in case.tables


def pooled_tests(histories: Histories, *, terminated: bool = False) -> dict[str, Any]:
    """Tests over all systems, and of each of the first twenty."""
    tested = histories.before_last_event() if terminated else histories
    laplace = trend_tests.laplace(tested)
    mil = trend_tests.military_handbook(tested)
    general = trend_tests.generalised_laplace(tested)
    darling = trend_tests.anderson_darling(tested)
    statistic = _statistic(mil)
    figures: dict[str, Any] = {
        "laplace_u": _statistic(laplace),
        "laplace_p_two_sided": _p(laplace),
        "mil_chi2": statistic,
        "mil_p_two_sided": _p(mil),
        "mil_df": 2 * tested.events,
        "generalised_laplace": _statistic(general),
        "generalised_laplace_p": _p(general),
        "anderson_darling": _statistic(darling),
        "ad_p_asymptotic": _p(darling),
    }
    if statistic is not None:
        above = chi2_tail(statistic, 2 * tested.events)
        figures |= {"mil_p_decreasing": above, "mil_p_increasing": 1 - above}
    if laplace is not None and (u := _statistic(laplace)) is not None:
        half = (_p(laplace) or 0.0) / 2
        figures["laplace_p_one_sided"] = half
        figures["laplace_p_increasing"] = half if u > 0 else 1 - half
        figures["laplace_p_decreasing"] = half if u < 0 else 1 - half
    for number in range(min(histories.devices, 20)):
        figures |= _of_one(histories, number)
    return figures


def _of_one(histories: Histories, number: int) -> dict[str, Any]:
    """Laplace of each system, numbered from 1 in the order of the windows."""
    mine, theirs = histories.window_device == number, histories.event_device == number
    alone = Histories.from_arrays(
        histories.window_device[mine],
        (histories.starts[mine], histories.ends[mine]),
        histories.event_device[theirs],
        histories.times[theirs],
    )
    test, mil = trend_tests.laplace(alone), trend_tests.military_handbook(alone)
    return {
        f"laplace_system{number + 1}": _statistic(test),
        f"mil_hdbk_system{number + 1}": _statistic(mil),
    }


def check_trend_tests(case: Case) -> Iterator[Check]:
    histories, terminated = histories_of(case), is_terminated(case)
    figures = pooled_tests(histories, terminated=terminated) | {"n": histories.events}
    if histories.devices == 1:
        figures |= _one_device_tests(histories, terminated=terminated)
    p_values = given.numbers(case, ("p_values", "p", "pvalues"))
    if p_values is not None:
        figures["q"] = trend_tests.benjamini_hochberg(p_values)
    yield from compare(case, figures, aliases=PROCESS_ALIASES)


def _one_device_tests(histories: Histories, *, terminated: bool) -> dict[str, Any]:
    times: Floats = np.sort(histories.times)
    start, end = float(histories.starts.min()), float(histories.ends.max())
    tested = times[:-1] if terminated else times
    renewal = trend_tests.lewis_robinson(tested, end, start)
    reversals = trend_tests.reverse_arrangements(times, start)
    gaps = np.diff(times, prepend=start)
    figures: dict[str, Any] = {
        "lewis_robinson": _statistic(renewal),
        "lewis_robinson_p": _p(renewal),
        "mean_gap": gaps.mean() if len(gaps) else None,
        "sd_gap": gaps.std(ddof=1) if len(gaps) > 1 else None,
    }
    if len(gaps) > 1:
        figures["cv"] = gaps.std(ddof=1) / gaps.mean()
    if isinstance(reversals, Reversals):
        figures["reversals"] = reversals.count
        figures["reversals_max"] = reversals.pairs
        figures["reversals_z"] = reversals.z
        figures["reversals_p"] = reversals.p_value
    return figures
