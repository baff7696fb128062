from collections.abc import Iterator
from typing import Any

import numpy as np

from service.analytics.methods import trend_tests
from service.analytics.methods.distributions import Floats, chi2_tail, two_sided_p
from service.analytics.methods.histories import Histories
from service.analytics.methods.too_few import TooFew
from service.analytics.methods.trend_tests import Reversals, TrendTest
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.exposed import is_failure_terminated
from service.analytics.procedures.figures import compare, compare_row
from service.analytics.procedures.histories import ENDS, GAPS, histories_of, names_of
from service.analytics.procedures.naming import MEMBERS, Either, Member, Naming

PROCESS_ALIASES = {
    "beta": ("beta_mle", "rga_beta", "shape", "b", "beta_hat", "bhat", "power_beta"),
    "lambda_": ("lambda_mle", "rga_lambda", "lambda_hat", "a", "scale", "power_lambda", "alpha"),
    "eta": ("theta", "scale_eta"),
    "N": ("n", "failures", "events", "n_failures", "total_failures"),
    "loglik": ("log_likelihood", "loglik_power", "ll", "power_loglik"),
    "loglik_hpp": ("loglik_constant", "hpp_loglik", "loglik_poisson"),
    "loglik_loglinear": ("loglik_log_linear", "loglinear_loglik", "loglik_cox_lewis"),
    "lr_statistic": ("lr_test", "likelihood_ratio", "lr_chi2", "lr_hpp"),
    "lr_statistic_p": ("lr_p_value", "lr_test_p", "p_lr_test", "lr_p_hpp", "lr_p"),
    "beta_modified": ("beta_bar", "beta_unbiased", "beta_corrected", "unbiased_beta"),
    "lambda_modified": ("lambda_bar", "lambda_unbiased"),
    "growth_rate": ("alpha_growth", "growth", "growth_parameter"),
    "mtbf_inst": ("mtbf_unbiased", "instantaneous_mtbf_modified", "mtbf_modified"),
    "mtbf_end": ("mtbf_instantaneous", "dmtbf", "instantaneous_mtbf", "imtbf", "mtbf_now",
                 "mtbf_achieved", "achieved_mtbf", "demonstrated_mtbf", "mtbf_at_end"),
    "mtbf_at": ("mtbf_by_age", "instantaneous_mtbf_at"),
    "intensity": ("failure_intensity", "rho", "rocof", "intensity_at", "intensity_end",
                  "intensity_at_end", "current_intensity", "rocof_end", "failure_intensity_end"),
    "cumulative_mtbf": ("cmtbf", "mtbf_cumulative"),
    "cvm": ("cramer_von_mises", "c2m", "cvm_statistic", "c_m", "c2"),
    "cvm_critical_alpha10": ("cvm_critical", "cvm_critical_10", "cvm_critical_90"),
    "expected": ("expected_failures", "mean", "m", "n_expected", "cumulative_failures"),
    "expected_next": ("next_failures", "expected_failures_next", "forecast_next"),
    "expected_next_unit": ("expected_next_year", "expected_failures_next_year", "next_year"),
    "expected_by_interval": ("expected_counts", "fitted", "expected_per_interval"),
    "g0": ("gamma0", "alpha0", "a0", "intercept", "gamma_0"),
    "g1": ("gamma1", "alpha1", "a1", "slope", "gamma_1"),
    "rate": ("hpp_rate", "lambda_hpp"),
    "laplace_u": ("laplace", "u", "laplace_pooled", "laplace_z", "u_l", "laplace_statistic",
                  "pooled_laplace"),
    "laplace_p_two_sided": ("laplace_p", "p_laplace", "laplace_p_value", "laplace_pooled_p",
                            "p_laplace_two_sided", "laplace_two_sided_p"),
    "mil_chi2": ("mil_hdbk", "mil_hdbk_pooled", "mil", "military_handbook", "mil_hdbk_189",
                 "mil_statistic", "chi2", "mil_pooled", "mil_hdbk_chi2", "mil_hdbk_statistic"),
    "mil_p_two_sided": ("mil_p", "p_mil", "mil_hdbk_p", "mil_pooled_p", "mil_hdbk_pooled_p",
                        "mil_hdbk_p_two_sided"),
    "mil_p_decreasing": ("mil_p_improving", "mil_hdbk_p_improving"),
    "mil_p_increasing": ("mil_p_worsening", "mil_hdbk_p_worsening", "mil_p_deteriorating"),
    "mil_df": ("df", "mil_hdbk_df", "mil_pooled_df"),
    "generalised_laplace": ("generalized_laplace", "gl", "gl_z", "gen_laplace", "glaplace",
                            "generalised_laplace_z", "generalized_laplace_z", "lawless_cook"),
    "generalised_laplace_p": ("generalized_laplace_p", "gl_p", "p_gl"),
    "lewis_robinson": ("lr", "lewis_robinson_z", "lr_z", "u_lr"),
    "lewis_robinson_p": ("lr_p", "p_lr"),
    "anderson_darling": ("ad", "a2", "ad_statistic", "anderson_darling_a2", "ad_pooled"),
    "ad_p_asymptotic": ("ad_p", "p_ad", "anderson_darling_p"),
    "reversals": ("r", "reverse_arrangements", "n_reversals"),
    "reversals_var": ("reversals_variance",),
    "reversals_z": ("z_reversals", "reverse_z", "reverse_arrangements_z"),
    "reversals_p": ("reverse_arrangements_p", "p_reversals"),
    "reversals_expected": ("reversals_mean", "expected_reversals"),
    "q": ("q_values", "benjamini_hochberg", "bh", "adjusted_p", "p_adjusted", "bh_q"),
    "rejected": ("significant", "flagged"),
    "n_rejected": ("n_significant", "n_flagged", "number_rejected"),
    "cv": ("gamma", "coefficient_of_variation"),
    "devices": ("k", "n_systems", "n_devices", "systems_n"),
    "by_system": ("per_system", "systems", "by_device", "per_device"),
    "direction": ("trend", "verdict"),
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
    is_list = given.named(case.inputs, ("times", "events", "failures", *GAPS)) is not None
    ends = (*ENDS, "window", "period", "windows", "systems")
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
    return figures | _direction(laplace) | _of_each(histories, tested, terminated=terminated)


def _direction(laplace: TrendTest | TooFew) -> dict[str, Any]:
    if not isinstance(laplace, TrendTest):
        return {}
    worse = frozenset({"worsening", "deteriorating", "increasing", "sad"})
    better = frozenset({"improving", "decreasing", "happy"})
    return {"direction": worse if laplace.direction > 0 else better}


def _of_each(histories: Histories, tested: Histories, *, terminated: bool) -> dict[str, Any]:
    """Laplace and others of each system, by its name or its number in the order of the windows."""
    figures: dict[str, Any] = {"devices": histories.devices}
    alone = [
        _alone(tested, number, terminated=terminated)
        for number in range(min(histories.devices, 50))
    ]
    for number, one in enumerate(alone, 1):
        figures[f"laplace_system{number}"] = one["laplace_u"]
        figures[f"mil_hdbk_system{number}"] = one["mil_chi2"]
        figures[f"lewis_robinson_system{number}"] = one["lewis_robinson"]
        figures[f"anderson_darling_system{number}"] = one["anderson_darling"]
    figures["by_system"] = {str(number): one for number, one in enumerate(alone, 1)}
    for name in ("laplace_u", "laplace_p_two_sided", "mil_chi2"):
        figures[f"{name}_each"] = [one[name] for one in alone]
    return figures


def _alone(histories: Histories, number: int, *, terminated: bool) -> dict[str, Any]:
    mine, theirs = histories.window_device == number, histories.event_device == number
    alone = Histories.from_arrays(
        histories.window_device[mine],
        (histories.starts[mine], histories.ends[mine]),
        histories.event_device[theirs],
        histories.times[theirs],
    )
    laplace, mil = trend_tests.laplace(alone), trend_tests.military_handbook(alone)
    renewal = None
    if len(alone.starts) == 1:
        renewal = trend_tests.lewis_robinson(
            alone.times, float(alone.ends[0]), float(alone.starts[0]), failed_at_end=terminated
        )
    return {
        "lewis_robinson": _statistic(renewal),
        "lewis_robinson_p": _p(renewal),
        "laplace_u": _statistic(laplace),
        "laplace_p_two_sided": _p(laplace),
        "mil_chi2": _statistic(mil),
        "mil_p_two_sided": _p(mil),
        "mil_df": 2 * alone.events,
        "anderson_darling": _statistic(trend_tests.anderson_darling(alone)),
        "n": alone.events,
    }


def check_trend_tests(case: Case) -> Iterator[Check]:
    p_values = given.numbers(case, ("p_values", "p", "pvalues", "p_value"))
    figures = {} if p_values is None else _false_alarms(case, p_values)
    try:
        histories, terminated = histories_of(case), is_terminated(case)
    except CaseIncomplete:
        if p_values is None:
            raise
        yield from _rows_of_q(case, figures["q"])
        yield from compare(case, figures, aliases=PROCESS_ALIASES)
        return
    figures |= pooled_tests(histories, terminated=terminated) | {"n": histories.events}
    if histories.devices == 1:
        figures |= _one_device_tests(histories, terminated=terminated)
    labels = [str(name) for name in names_of(case)]
    members = {
        label: figures["by_system"][str(number)]
        for number, label in enumerate(labels, 1)
        if str(number) in figures["by_system"]
    }
    figures |= {MEMBERS: members} | members
    yield from _rows_of_systems(case, figures)
    yield from compare(case, figures, aliases=PROCESS_ALIASES, labels=labels)


def _false_alarms(case: Case, p_values: list[float]) -> dict[str, Any]:
    """Q values, and who is flagged at the share of false alarms that the case allows."""
    q = trend_tests.benjamini_hochberg(p_values)
    share = float(given.value(case, ("fdr", "alpha", "level", "q_level"), 0.05))
    labels = [str(given.read(row, given.DEVICE, number))
              for _, rows in given.tables_with(case, ("p", "p_value"))
              for number, row in enumerate(rows, 1)]  # fmt: skip
    named = labels if len(labels) == len(q) else [str(at + 1) for at in range(len(q))]
    rejected = [Member(at + 1, named[at]) for at, value in enumerate(q) if value <= share]
    return {"q": q, "rejected": rejected, "n_rejected": len(rejected)}


def _rows_of_q(case: Case, q: list[float]) -> Iterator[Check]:
    for _, rows in given.tables_with(case, ("p", "p_value", "p_values"), ("q", "q_value", "bh")):
        for number, (row, have) in enumerate(zip(rows, q, strict=False), 1):
            yield case.check(f"{number}: q", float(given.read(row, ("q", "q_value", "bh"))), have)


def _rows_of_systems(case: Case, figures: dict[str, Any]) -> Iterator[Check]:
    """Tables with a row per system and its tests."""
    for name, rows in given.tables_with(case, given.DEVICE):
        if name in {"windows", "events", "systems", "data"}:
            continue
        for row in rows:
            mine = figures.get(str(given.read(row, given.DEVICE)), {})
            if isinstance(mine, dict):
                naming = Naming(mine, PROCESS_ALIASES)
                yield from compare_row(case, next(iter(row.values())), row, naming)


def _one_device_tests(histories: Histories, *, terminated: bool) -> dict[str, Any]:
    times: Floats = np.sort(histories.times)
    start, end = float(histories.starts.min()), float(histories.ends.max())
    tested = times[:-1] if terminated else times
    renewal = trend_tests.lewis_robinson(tested, end, start, failed_at_end=terminated)
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
        figures["reversals_expected"] = reversals.expected
        figures["reversals_var"] = reversals.variance
        # With the half that NIST adds, and without it.
        bare = (reversals.count - reversals.expected) / np.sqrt(reversals.variance)
        figures["reversals_z"] = Either((reversals.z, bare))
        figures["reversals_p"] = Either((reversals.p_value, two_sided_p(bare)))
    return figures
