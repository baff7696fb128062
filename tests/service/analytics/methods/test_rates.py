import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.analytics.methods.rates import (
    DeviceSums,
    clopper_pearson,
    device_sums,
    dispersion,
    garwood,
    garwood_failure_terminated,
    group_rate,
    rate_ratio,
    ratio_to_all,
    upper_bound,
    zero_failure_mtbf,
)

counts = st.integers(min_value=0, max_value=500)
times = st.floats(min_value=0.01, max_value=1e5)


def test_no_failure_leaves_an_upper_limit_only():
    limits = garwood(0, 10.0)
    assert limits.lower == 0
    assert limits.upper == pytest.approx(3.68887945411 / 10)


def test_one_sided_bound_without_failure_is_three_over_time():
    assert upper_bound(0, 100.0) == pytest.approx(2.995732 / 100, rel=1e-6)
    assert zero_failure_mtbf(800) == pytest.approx(267.046560556)


def test_no_exposure_says_nothing():
    assert garwood(3, 0.0) == garwood(0, 0.0)
    assert garwood(0, 0.0).upper == math.inf
    assert group_rate(DeviceSums.of([], [])) is None


def test_failure_terminated_limits_have_the_same_degrees_of_freedom_on_both_sides():
    limits = garwood_failure_terminated(5, 1.0)
    assert limits.lower == pytest.approx(garwood(5, 1.0).lower)
    assert limits.upper == pytest.approx(garwood(4, 1.0).upper)


@given(counts, times)
def test_the_rate_lies_inside_its_limits(count: int, time: float):
    limits = garwood(count, time)
    assert limits.lower <= count / time <= limits.upper


def test_alike_devices_have_no_extra_dispersion():
    assert dispersion(DeviceSums.of([2] * 10, [1.0] * 10)) == 1.0


def test_one_bad_device_widens_the_limits():
    group = DeviceSums.of([20, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1.0] * 10)
    estimate = group_rate(group)
    assert estimate is not None
    assert estimate.dispersion == pytest.approx(20.0)  # V = 360·10/9, N = 20
    plain = garwood(20, 10.0)
    assert estimate.limits.lower < plain.lower
    assert estimate.limits.upper > plain.upper


@pytest.mark.parametrize(
    ("failures", "exposure"), [([9, 0, 0, 0], [1.0] * 4), ([4, 0, 0, 0, 0, 0], [1.0] * 6)]
)
def test_too_few_devices_or_failures_are_assumed_alike(
    failures: list[float], exposure: list[float]
):
    estimate = group_rate(DeviceSums.of(failures, exposure))
    assert estimate is not None
    assert estimate.dispersion is None
    assert estimate.limits == garwood(sum(failures), sum(exposure))


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0.1, 5)), min_size=5, max_size=30))
def test_scaled_limits_are_never_narrower_than_garwood(devices: list[tuple[int, float]]):
    group = DeviceSums.of([x for x, _ in devices], [t for _, t in devices])
    estimate = group_rate(group)
    assert estimate is not None
    plain = garwood(group.failures, group.exposure)
    assert estimate.limits.lower <= plain.lower * (1 + 1e-9)
    assert estimate.limits.upper >= plain.upper * (1 - 1e-9)


def test_sums_by_polars_are_the_sums_of_the_devices():
    failures, exposure = [3, 0, 1], [1.5, 2.0, 0.5]
    frame = pl.DataFrame({"x": failures, "t": exposure})
    row = frame.select(**device_sums(pl.col("x"), pl.col("t"))).row(0, named=True)
    assert DeviceSums(**row) == DeviceSums.of(failures, exposure)


def test_ratio_of_two_rates_agrees_with_poisson_test_of_r():
    """R: poisson.test(c(11, 6+8+7), c(800, 1083+1050+878)), the example of its help page."""
    limits = rate_ratio((11, 800), (21, 3011))
    assert limits.lower == pytest.approx(0.8584264, rel=1e-6)
    assert limits.upper == pytest.approx(4.2772659, rel=1e-6)


def test_ratio_without_failures_is_open():
    assert rate_ratio((0, 10), (0, 20)).upper == math.inf
    assert rate_ratio((3, 10), (0, 20)).upper == math.inf
    assert ratio_to_all(DeviceSums.of([0], [1.0]), DeviceSums.of([0, 0], [1.0, 1.0])) is None


def test_ratio_of_all_to_all_is_one():
    everything = DeviceSums.of([3, 1, 4], [1.0, 2.0, 3.0])
    found = ratio_to_all(everything, everything)
    assert found is not None
    ratio, limits = found
    assert ratio == pytest.approx(1.0)
    assert limits.lower < 1.0 == pytest.approx(limits.upper)


def test_clopper_pearson_agrees_with_binom_test_of_r():
    limits = clopper_pearson(7, 20)
    assert limits.lower == pytest.approx(0.1539092, rel=1e-6)
    assert limits.upper == pytest.approx(0.5921885, rel=1e-6)


@pytest.mark.parametrize(("shape", "devices"), [(0.5, 150), (2.0, 150), (2.0, 40)])
def test_nominal_95_percent_limits_hold_for_unlike_devices(shape: float, devices: int):
    """Plain Garwood limits cover 58 to 82 % here; the scaled ones must keep their word."""
    rng = np.random.default_rng(20261123)
    truth, runs, hits, plain_hits = 0.4, 400, 0, 0
    for _ in range(runs):
        rate = rng.gamma(shape, truth / shape, devices)
        exposure = rng.uniform(2, 5, devices)
        failures = rng.poisson(rate * exposure)
        group = DeviceSums.of(failures.tolist(), exposure.tolist())
        estimate = group_rate(group)
        assert estimate is not None
        hits += estimate.limits.lower <= truth <= estimate.limits.upper
        plain = garwood(group.failures, group.exposure)
        plain_hits += plain.lower <= truth <= plain.upper
    assert 0.90 <= hits / runs <= 0.98
    assert plain_hits < hits
