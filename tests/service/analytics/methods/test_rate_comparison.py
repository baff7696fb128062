import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from service.analytics.methods.rate_comparison import Homogeneity, homogeneity, standardised_rate
from service.analytics.methods.rates import RateEstimate, garwood
from service.analytics.methods.too_few import TooFew

COUNTS = st.lists(st.integers(0, 40), min_size=2, max_size=12)


@given(counts=COUNTS, seed=st.integers(0, 99))
def test_homogeneity_is_the_chi_square_of_scipy(counts: list[int], seed: int):
    exposure = np.random.default_rng(seed).uniform(1, 30, len(counts))
    found = homogeneity(np.array(counts, float), exposure)
    if sum(counts) == 0:
        assert isinstance(found, TooFew)
        return
    expected = exposure * sum(counts) / exposure.sum()
    oracle = stats.chisquare(counts, expected)
    assert isinstance(found, Homogeneity)
    assert (found.chi2, found.p_value) == pytest.approx((oracle.statistic, oracle.pvalue))


@given(counts=COUNTS, level=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_standard_that_is_the_group_itself_gives_garwood(counts: list[int], level: float):
    exposure = np.linspace(2, 9, len(counts))
    found = standardised_rate(np.array(counts, float), exposure, exposure, confidence=level)
    plain = garwood(sum(counts), exposure.sum(), confidence=level)
    assert isinstance(found, RateEstimate)
    assert found.rate == pytest.approx(sum(counts) / exposure.sum())
    assert (found.limits.lower, found.limits.upper) == pytest.approx((plain.lower, plain.upper))


def test_a_band_of_the_standard_that_nobody_watched_is_refused():
    found = standardised_rate(np.array([3.0, 0]), np.array([10.0, 0]), np.array([1.0, 1]))
    assert isinstance(found, TooFew)


def test_a_single_device_is_compared_with_nothing():
    assert isinstance(homogeneity(np.array([3.0]), np.array([10.0])), TooFew)
