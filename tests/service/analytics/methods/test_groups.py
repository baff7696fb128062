import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from service.analytics.methods.count_regression import (
    CountRegression,
    Design,
    negative_binomial_regression,
    poisson_regression,
)
from service.analytics.methods.shrinkage import (
    GammaPrior,
    MultiSample,
    bad_actors,
    gamma_prior,
    multi_sample,
)
from service.analytics.methods.too_few import Missing, TooFew


def unlike(seed: int, shape: float, devices: int = 200) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    exposure = generator.uniform(1, 6, devices)
    return generator.poisson(generator.gamma(shape, 0.5 / shape, devices) * exposure), exposure


def design(counts, exposure) -> Design:
    kind = ["pump" if index % 2 else "gate" for index in range(len(counts))]
    return Design.of(counts, exposure, {"kind": kind}, {"kind": "gate"})


def test_negative_binomial_and_clustered_errors_agree_with_statsmodels():
    counts, exposure = unlike(1, 1.0)
    table = design(counts, exposure)
    found = negative_binomial_regression(table)
    assert isinstance(found, CountRegression)
    other = sm.NegativeBinomial(counts, table.matrix, exposure=exposure).fit(disp=0)
    assert found.loglik == pytest.approx(other.llf, abs=1e-4)
    assert found.coefficients == pytest.approx(other.params[:2], abs=1e-3)
    assert found.size == pytest.approx(1 / other.params[2], rel=1e-2)
    clusters = np.arange(len(counts)) // 4
    poisson = poisson_regression(table)
    robust = sm.GLM(counts, table.matrix, family=sm.families.Poisson(), exposure=exposure).fit(
        cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False}
    )
    assert poisson.robust_error(list(clusters)) == pytest.approx(robust.bse)
    assert (poisson.robust_error() > poisson.error).all()


def test_deviance_and_size_of_the_negative_binomial_are_those_of_r():
    """R 4.2.2, MASS 7.3-58.2: glm.nb(y ~ g)."""
    counts = [0, 3, 1, 9, 2, 4, 0, 14, 1, 6]
    found = negative_binomial_regression(design(counts, [1.0] * 10))
    assert found.size == pytest.approx(7.2010280071, rel=1e-6)
    assert found.size_error == pytest.approx(8.4825, rel=1e-4)
    assert found.deviance == pytest.approx(9.4498950670, rel=1e-6)


def test_factors_that_act_together_have_products_of_their_columns():
    factors = {"kind": list("abab"), "age": [1, 1, 2, 2], "ward": list("xxyy")}
    found = Design.of([1] * 4, [1.0] * 4, factors, {"kind": "a", "ward": "x"}, [("kind", "age")])
    assert found.names == ("(Intercept)", "kindb", "age", "wardy", "kindb:age")
    assert found.matrix[:, 4].tolist() == [0, 1, 0, 2]


def test_alike_counts_have_no_negative_binomial():
    assert negative_binomial_regression(design([2, 3, 2, 3], [1.0] * 4)) == TooFew(
        Missing.CONTRAST, 0, 1
    )


def test_a_regression_with_levels_only_gives_the_raw_rates():
    found = poisson_regression(design([4, 9, 2, 3, 1], [1.0, 2.0, 3.0, 4.0, 0.0]))
    assert found.design.dropped == 1
    ratios = found.rate_ratios(found.error)
    assert ratios["(Intercept)"][0] == pytest.approx(6 / 4)
    ratio, limits = ratios["kindpump"]
    assert ratio == pytest.approx(12 / 6 / (6 / 4))
    assert limits.lower < ratio < limits.upper


@pytest.mark.parametrize("counts", [[0, 0, 0, 0], [0, 2, 0, 3]])
def test_a_level_without_failure_is_said_not_guessed(counts):
    assert isinstance(poisson_regression(design(counts, [1.0] * 4)), TooFew | CountRegression)
    other_way = design(list(reversed(counts)), [1.0] * 4)
    assert poisson_regression(other_way) == TooFew(Missing.FAILURES, 0, 1)


def test_a_prior_finds_how_unlike_devices_are():
    counts, exposure = unlike(4, 0.8, 800)
    prior = gamma_prior(counts.astype(float), exposure)
    assert isinstance(prior, GammaPrior)
    assert prior.shape == pytest.approx(0.8, rel=0.25)
    assert prior.mean == pytest.approx(0.5, rel=0.15)
    moments = multi_sample(counts.astype(float), exposure)
    assert isinstance(moments, MultiSample)
    assert moments.mean == pytest.approx(prior.mean, rel=0.1)
    limits = moments.limits(confidence=0.5)
    inside = (counts / exposure > limits.lower) & (counts / exposure < limits.upper)
    assert 0.3 < inside.mean() < 0.5  # of rates seen for a few years only
    assert limits.lower < moments.mean < limits.upper


def test_alike_devices_do_not_stand_out():
    failures, exposure = np.array([2.0, 2, 3, 2, 2]), np.ones(5)
    prior = gamma_prior(failures, exposure)
    assert prior.alike
    assert {actor.rate for actor in bad_actors(failures, exposure, prior)} == {2.2}
    assert bad_actors(failures, exposure, prior)[0].limits is None


def test_a_short_history_is_drawn_to_the_class():
    failures = np.array([1.0, 30, *([1] * 20)])
    exposure = np.array([0.1, 5.0, *([5.0] * 20)])
    actors = bad_actors(failures, exposure, gamma_prior(failures, exposure))
    assert (actors[0].index, actors[0].raw_rank) == (1, 2)
    assert actors[0].chance_above_twice > 0.99
    assert next(a for a in actors if a.index == 0).rate < 5


@pytest.mark.parametrize(
    ("failures", "missing"), [([0, 0, 0], Missing.FAILURES), ([1, 2], Missing.DEVICES)]
)
def test_too_little_for_a_prior(failures, missing):
    found = gamma_prior(np.array(failures, float), np.ones(len(failures)))
    assert found.missing == missing


def test_a_device_without_exposure_is_not_ranked():
    failures, exposure = np.array([3.0, 0, 1, 9]), np.array([1.0, 0, 1, 1])
    actors = bad_actors(failures, exposure, gamma_prior(failures, exposure))
    assert {actor.index for actor in actors} == {0, 2, 3}


@given(st.lists(st.tuples(st.integers(0, 30), st.floats(0.1, 50)), min_size=3, max_size=30))
def test_shrunken_rates_lie_between_the_raw_rate_and_the_class(rows):
    failures = np.array([float(x) for x, _ in rows])
    exposure = np.array([t for _, t in rows])
    prior = gamma_prior(failures, exposure)
    if isinstance(prior, TooFew):
        assert failures.sum() == 0
        return
    actors = bad_actors(failures, exposure, prior)
    assert sorted(actor.rank for actor in actors) == list(range(1, len(rows) + 1))
    for actor in actors:
        low, high = sorted([actor.raw_rate, prior.mean])
        assert low * (1 - 1e-9) <= actor.rate <= high * (1 + 1e-9)
