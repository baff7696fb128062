import lifelines
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.survival import (
    SurvivalCurve,
    cumulative_incidence,
    kaplan_meier,
)
from service.analytics.methods.too_few import Missing, TooFew
from service.analytics.methods.weibull import (
    Weibayes,
    Weibull,
    likelihood_beta_limits,
    weibayes,
    weibull,
    weibull_between,
)


def city(seed: int, devices: int = 400) -> Lifetimes:
    """Lives with β 2.5, η 30, seen through 20 years of records from different ages on."""
    generator = np.random.default_rng(seed)
    life = 30 * generator.weibull(2.5, devices)
    age = generator.uniform(-20, 35, devices)  # when the records start
    entry, end = np.maximum(age, 0), age + 20
    seen = (life > entry) & (end > 0)
    return Lifetimes.of(np.minimum(life, end)[seen], (life <= end)[seen].astype(float), entry[seen])


def curve(lives: Lifetimes, **options: float) -> SurvivalCurve:
    found = kaplan_meier(lives, **options)
    assert isinstance(found, SurvivalCurve)
    return found


def fitted(lives: Lifetimes) -> Weibull:
    fit = weibull(lives)
    assert isinstance(fit, Weibull)
    return fit


def test_late_entry_agrees_with_lifelines():
    lives = city(1)
    fit, found = fitted(lives), curve(lives, min_at_risk=10)
    other = lifelines.WeibullFitter().fit(lives.exit, lives.ended, entry=lives.entry)
    assert fit.beta == pytest.approx(other.rho_, rel=1e-3)
    assert fit.eta == pytest.approx(other.lambda_, rel=1e-3)
    assert fit.beta_error == pytest.approx(other.summary.loc["rho_", "se(coef)"], rel=1e-2)
    later = lives.given_survival_to(found.from_age)
    steps = lifelines.KaplanMeierFitter().fit(later.exit, later.ended, entry=later.entry)
    expected = steps.survival_function_at_times(found.ages).to_numpy()
    assert found.survival == pytest.approx(expected)


@pytest.mark.parametrize("law", ["loglog", "log", "plain"])
def test_limits_of_any_law_lie_around_the_curve_and_within_0_and_1(law):
    found = curve(city(1), min_at_risk=10)
    lower, upper = found.limits(law=law)
    assert (lower <= found.survival).all()
    assert (upper >= found.survival).all()
    assert (lower >= 0).all()
    assert (upper <= 1).all()


def test_late_entry_is_needed():
    lives = city(1, 4000)
    naive = fitted(Lifetimes.of(lives.exit, lives.ended))
    assert fitted(lives).beta_limits().upper < naive.beta


def test_years_of_replacement_give_nearly_the_exact_fit():
    lives = city(2)
    ended = lives.ended > 0
    after = np.where(ended, np.maximum(np.floor(lives.exit), lives.entry), lives.exit)
    until = np.where(ended, np.floor(lives.exit) + 1, np.inf)
    found = weibull_between(after, until, lives.entry)
    assert isinstance(found, Weibull)
    assert found.beta == pytest.approx(fitted(lives).beta, rel=0.02)
    assert found.eta_error == pytest.approx(fitted(lives).eta_error, rel=0.05)
    exact = weibull_between(lives.exit, np.where(ended, lives.exit, np.inf), lives.entry)
    assert exact.beta == pytest.approx(fitted(lives).beta, rel=1e-4)
    assert exact.loglik == pytest.approx(fitted(lives).loglik)


def test_nobody_replaced():
    lives = Lifetimes.of([5, 6, 7], [0, 0, 0])
    found = curve(lives)
    assert len(found.survival) == 0
    assert found.quantile() is None
    assert found.at(np.array([6.0, 8.0]))[0] == 1.0
    assert np.isnan(found.at(np.array([8.0]))[0])
    assert weibull(lives) == TooFew(Missing.FAILURES, 0, 2)
    bound = weibayes(lives, 2.0)
    assert isinstance(bound, Weibayes)
    assert bound.eta is None
    assert bound.eta_limits.lower == pytest.approx((110 / 3.68887945411) ** 0.5)
    assert bound.eta_limits.upper == np.inf


def test_nobody_at_all():
    assert isinstance(kaplan_meier(Lifetimes.of([])), TooFew)
    assert isinstance(weibull(Lifetimes.of([])), TooFew)
    assert isinstance(weibayes(Lifetimes.of([]), 2.0), TooFew)


def test_a_device_never_seen_is_dropped():
    lives = Lifetimes.of([5, 6], [1, 1], [5, 2])
    assert (lives.rows, lives.dropped) == (1, 1)


def test_all_replaced_at_one_age_have_no_finite_shape():
    assert weibull(Lifetimes.of([9.0] * 5)) == TooFew(Missing.CONTRAST, 0, 1)


def test_a_small_early_risk_set_does_not_end_the_curve():
    lives = Lifetimes.of([3, *range(20, 40)], [1] * 21, [0, *([10] * 20)])
    assert curve(lives).survival[0] == 0
    found = curve(lives, min_at_risk=10)
    assert found.from_age == 10
    assert found.survival[0] == pytest.approx(0.95)


def test_all_gone_has_limits_without_nan():
    low, high = curve(Lifetimes.of([1, 2])).limits()
    assert (low[-1], high[-1]) == (0, 0)


def test_restricted_mean_by_hand():
    found = curve(Lifetimes.of([2, 4, 6, 6], [1, 1, 0, 0]))
    assert found.restricted_mean(5) == pytest.approx(2 + 2 * 0.75 + 0.5)
    assert found.restricted_mean(7) is None
    assert found.quantile() == 4
    assert found.quantile_limits()[1] is None


def test_causes_and_survival_add_up():
    causes = np.array([1, 2, 1, 0, 2, 1])
    lives = Lifetimes.of([1, 2, 3, 4, 5, 6], (causes > 0).astype(float))
    _, first = cumulative_incidence(lives, causes, 1)
    _, second = cumulative_incidence(lives, causes, 2)
    assert first + second == pytest.approx(1 - curve(lives).survival)


def test_likelihood_limits_hold_the_estimate():
    lives = city(3, 60)
    fit = fitted(lives)
    limits = likelihood_beta_limits(lives, fit)
    assert limits.lower < fit.beta < limits.upper
    assert limits.lower == pytest.approx(fit.beta_limits().lower, rel=0.1)
    b10 = fit.b_life_limits(0.1)
    assert b10.lower < fit.b_life(0.1) < b10.upper
    assert fit.survival(fit.b_life(0.1)) == pytest.approx(0.9)


lives_given = st.lists(
    st.tuples(st.floats(0, 20), st.floats(0.1, 30), st.booleans()), min_size=2, max_size=30
)


@given(lives_given, st.floats(0.01, 400), st.randoms(use_true_random=False))
def test_neither_units_nor_order_matter(rows, unit, shuffle):
    plain = Lifetimes.of([u + t for u, t, _ in rows], [e for *_, e in rows], [u for u, *_ in rows])
    shuffle.shuffle(rows)
    scaled = Lifetimes.of(
        [(u + t) * unit for u, t, _ in rows], [e for *_, e in rows], [u * unit for u, *_ in rows]
    )
    assume(plain.rows == scaled.rows == len(rows))
    assert min(curve(plain).survival, default=0) >= 0
    one, other = weibull(plain), weibull(scaled)
    assume(isinstance(one, Weibull) and isinstance(other, Weibull))
    assert other.beta == pytest.approx(one.beta, rel=1e-6)
    assert other.eta == pytest.approx(one.eta * unit, rel=1e-6)
