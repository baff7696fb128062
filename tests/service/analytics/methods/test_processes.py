import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.analytics.methods import trend_tests
from service.analytics.methods.grouped_power_law import GroupedPowerLaw, grouped_power_law
from service.analytics.methods.histories import Histories
from service.analytics.methods.log_linear import LogLinear, log_linear
from service.analytics.methods.power_law import (
    PowerLaw,
    beta_limits,
    cramer_von_mises,
    power_law,
    robust_beta_limits,
    unbiased_beta,
)
from service.analytics.methods.power_law_mtbf import mtbf_limits_exact, mtbf_now
from service.analytics.methods.too_few import Missing, TooFew

GRAMPUS_LIKE = [0.9, 1.3, 1.9, 3.2, 5.5, 7.0, 7.1, 9.4, 12.0, 15.1]


def fitted(histories: Histories) -> PowerLaw:
    fit = power_law(histories)
    assert isinstance(fit, PowerLaw)
    return fit


def aged(beta: float, seed: int, devices: int = 60) -> Histories:
    """Devices seen from unequal late ages, made by the law with scale 0.05."""
    generator = np.random.default_rng(seed)
    windows, events = [], []
    for device in range(devices):
        start = float(generator.uniform(0, 15))
        end = start + float(generator.uniform(4, 10))
        mass = 0.05 * (end**beta - start**beta)
        count = generator.poisson(mass)
        at = (start**beta + generator.random(count) * (end**beta - start**beta)) ** (1 / beta)
        windows.append((device, start, end))
        events += [(device, float(t)) for t in at]
    return Histories.of(windows, events)


def test_late_windows_give_back_the_law_they_were_made_by():
    histories = aged(1.8, seed=5)
    fit = fitted(histories)
    limits = beta_limits(fit)
    assert limits.lower < 1.8 < limits.upper
    robust = robust_beta_limits(fit)
    assert robust.upper - robust.lower < 1.5
    total = sum(fit.expected(s, e) for s, e in zip(histories.starts, histories.ends, strict=True))
    assert total == pytest.approx(histories.events)
    assert cramer_von_mises(fit) is None


def test_one_end_has_the_closed_form():
    histories = Histories.one(GRAMPUS_LIKE, 16.0)
    fit = fitted(histories)
    assert fit.beta == pytest.approx(10 / np.log(16.0 / np.array(GRAMPUS_LIKE)).sum())
    assert unbiased_beta(fit) == pytest.approx(fit.beta * 0.9)
    mtbf, limits = mtbf_now(fit)
    assert limits.lower < mtbf < limits.upper


@pytest.mark.parametrize("times", [[], [3.0], [3.0, 4.0]])
def test_too_few_failures_give_no_beta(times):
    assert power_law(Histories.one(times, 9)) == TooFew(Missing.FAILURES, len(times), 3)
    assert log_linear(Histories.one(times, 9)) == TooFew(Missing.FAILURES, len(times), 3)


def test_all_failures_at_the_end_have_no_finite_beta():
    histories = Histories.one([9.0] * 4, 9)
    assert power_law(histories) == TooFew(Missing.CONTRAST, 0, 1)


def test_few_devices_have_no_robust_limits():
    assert isinstance(robust_beta_limits(fitted(Histories.one(GRAMPUS_LIKE, 16.0))), TooFew)


def test_counts_by_fine_interval_agree_with_the_times():
    ends = np.arange(1, 1601) / 100
    counts, _ = np.histogram(GRAMPUS_LIKE, np.concatenate([[0], ends + 1e-9]))
    found = grouped_power_law(ends - 0.01, ends, counts.astype(float), np.ones(1600))
    assert isinstance(found, GroupedPowerLaw)
    assert found.beta == pytest.approx(fitted(Histories.one(GRAMPUS_LIKE, 16)).beta, rel=2e-3)
    assert found.beta_limits.lower < found.beta < found.beta_limits.upper
    nothing = grouped_power_law(ends - 0.01, ends, np.zeros(1600), np.ones(1600))
    assert isinstance(nothing, TooFew)


def test_log_linear_expects_what_was_seen_and_agrees_with_laplace():
    histories = aged(2.5, seed=8)
    fit = log_linear(histories)
    assert isinstance(fit, LogLinear)
    total = sum(fit.expected(s, e) for s, e in zip(histories.starts, histories.ends, strict=True))
    assert total == pytest.approx(histories.events)
    assert fit.g1 > 0
    assert fit.growth_limits().lower < fit.g1


failures = st.lists(st.floats(0.05, 9.95), min_size=4, max_size=25, unique=True)


@given(failures, st.floats(0.01, 500))
def test_units_do_not_matter(times, unit):
    plain = Histories.one(times, 10.0)
    scaled = Histories.one([t * unit for t in times], 10.0 * unit)
    for method in (
        trend_tests.laplace,
        trend_tests.military_handbook,
        trend_tests.anderson_darling,
    ):
        assert method(scaled).statistic == pytest.approx(
            method(plain).statistic, rel=1e-6, abs=1e-8
        )
    one, other = power_law(plain), power_law(scaled)
    assume(isinstance(one, PowerLaw) and isinstance(other, PowerLaw))
    assert other.beta == pytest.approx(one.beta)
    assert other.mtbf(5 * unit) == pytest.approx(one.mtbf(5) * unit)


@given(failures)
def test_time_backwards_turns_laplace_around(times):
    forward = trend_tests.laplace(Histories.one(times, 10.0))
    back = trend_tests.laplace(Histories.one([10.0 - t for t in times], 10.0))
    assert back.statistic == pytest.approx(-forward.statistic, abs=1e-9)
    assert back.p_value == pytest.approx(forward.p_value)


@pytest.mark.parametrize(
    ("count", "lower", "upper"), [(5, 0.352, 4.517), (10, 0.476, 2.575), (27, 0.636, 1.682)]
)
def test_exact_limits_of_the_mtbf_are_those_of_crow(count, lower, upper):
    """MIL-HDBK-189 (1981), table C-I: factors at 90 %, time terminated."""
    fit = power_law(Histories.one([100 * k / (count + 1) for k in range(1, count + 1)], 100))
    limits = mtbf_limits_exact(fit, confidence=0.9)
    assert limits.lower / fit.mtbf(100) == pytest.approx(lower, abs=5e-4)
    assert limits.upper / fit.mtbf(100) == pytest.approx(upper, abs=5e-4)


def test_exact_limits_of_the_mtbf_after_a_last_failure_hold_what_they_promise():
    generator = np.random.default_rng(3)
    factors = 8**2 / (generator.gamma(7, size=40_000) * generator.gamma(8, size=40_000))
    fit = power_law(Histories.one(range(1, 9), 8), failure_terminated=True)
    limits = mtbf_limits_exact(fit, confidence=0.9)
    inside = (factors > limits.lower / fit.mtbf(8)) & (factors < limits.upper / fit.mtbf(8))
    assert inside.mean() == pytest.approx(0.9, abs=0.005)


def test_worsening_is_seen_by_every_test():
    histories = aged(3.0, seed=2)
    assert trend_tests.laplace(histories).direction == 1
    assert trend_tests.generalised_laplace(histories).direction == 1
    assert trend_tests.generalised_laplace(histories).p_value < 0.05
    worsening = Histories.one([10 * (k / 20) ** 0.3 for k in range(1, 20)], 10)
    assert trend_tests.military_handbook(worsening).direction == 1
    assert trend_tests.anderson_darling(worsening).p_value < 0.01
    assert trend_tests.lewis_robinson(worsening.times, 10).direction == 1


def test_one_bad_device_alone_is_no_trend_of_the_fleet():
    windows = [(d, 0.0, 10.0) for d in range(12)]
    late = [(0, 9.0 + k / 40) for k in range(30)]
    rest = [(d, float(t)) for d in range(1, 12) for t in (2.0 + d / 3, 8.0 - d / 3)]
    histories = Histories.of(windows, late + rest)
    assert trend_tests.laplace(histories).p_value < 1e-6
    assert trend_tests.generalised_laplace(histories).p_value > 0.05


@pytest.mark.parametrize(
    "method",
    [
        trend_tests.laplace,
        trend_tests.generalised_laplace,
        trend_tests.military_handbook,
        trend_tests.anderson_darling,
    ],
)
def test_three_failures_are_too_few_for_a_trend(method):
    assert method(Histories.one([1, 2, 3], 9)) == TooFew(Missing.FAILURES, 3, 4)


def test_a_failure_on_the_last_day_is_allowed():
    assert trend_tests.anderson_darling(Histories.one([1, 2, 3, 9], 9)).statistic < 100
    assert trend_tests.lewis_robinson(np.array([1.0, 2, 3, 4]), 9) == TooFew(Missing.CONTRAST, 0, 1)


def test_the_gap_before_a_failure_that_ended_the_observation_is_complete():
    times, gaps = np.array([1.0, 2, 5, 6]), np.array([1, 1, 3, 1, 6])
    found = trend_tests.lewis_robinson(times, 12, failed_at_end=True)
    u = trend_tests.laplace(Histories.one(times, 12)).statistic
    assert found.statistic == pytest.approx(u * gaps.mean() / gaps.std(ddof=1))


def test_a_failure_terminated_history_ends_at_its_last_event():
    histories = Histories.one([1, 2, 5], 9).before_last_event()
    assert histories.times.tolist() == [1, 2]
    assert histories.ends.tolist() == [5]


def test_benjamini_hochberg_by_hand():
    assert trend_tests.benjamini_hochberg([0.04, 0.01, 0.5, 0.03]) == pytest.approx(
        [0.16 / 3, 0.04, 0.5, 0.16 / 3]
    )
    assert trend_tests.benjamini_hochberg([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_q_values_keep_the_order_and_are_not_below_p(p_values):
    q_values = trend_tests.benjamini_hochberg(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, q_values, strict=True))
    assert [q for _, q in sorted(zip(p_values, q_values, strict=True))] == sorted(q_values)
