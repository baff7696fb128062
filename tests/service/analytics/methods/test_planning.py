import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.analytics.methods.change_points import (
    best_segments,
    change_point,
    segments,
)
from service.analytics.methods.control_charts import (
    ewma_chart,
    exact_u_chart,
    g_chart,
    t_chart,
    u_chart,
)
from service.analytics.methods.forecast import (
    Forecast,
    budget,
    count_law,
    draw_counts,
    predict_count,
    predict_count_exact,
    predict_group,
    replacements,
)
from service.analytics.methods.pareto import pareto
from service.analytics.methods.rates import DeviceSums, garwood
from service.analytics.methods.replacement import (
    Candidate,
    age_replacement,
    cost_rate,
    overhaul_age,
    risk_ranking,
)
from service.analytics.methods.seasons import season
from service.analytics.methods.too_few import Missing, TooFew

MONTHS = np.full(24, 30.0)


def test_a_storm_month_signals_and_a_month_without_devices_does_not():
    counts = np.full(24, 9.0)
    counts[5] = 40
    exposure = MONTHS.copy()
    exposure[7] = counts[7] = 0
    chart = u_chart(counts, exposure, baseline=slice(10, 24))
    assert chart.signals.tolist() == [5]
    assert np.isnan(chart.values[7])
    assert 5 in ewma_chart(counts, exposure).signals


def test_uneven_months_widen_laneys_limits():
    counts = np.array([2.0, 30, 5, 25, 3, 33, 4, 28])
    plain, wide = (u_chart(counts, np.full(8, 10.0), laney=laney) for laney in (False, True))
    assert wide.dispersion > 2
    assert len(plain.signals) > len(wide.signals)


def test_rare_failures_take_exact_limits():
    chart = exact_u_chart(np.array([0.0, 1, 0, 0, 1, 6]), np.ones(6), baseline=slice(0, 5))
    assert chart.signals.tolist() == [5]
    assert chart.lower.max() == 0


def test_a_small_lasting_shift_is_seen_by_ewma():
    counts = np.array([10.0] * 12 + [15.0] * 12)
    assert len(u_chart(counts, MONTHS, baseline=slice(0, 12)).signals) == 0
    assert len(ewma_chart(counts, MONTHS, baseline=slice(0, 12)).signals) > 0


def test_charts_of_nothing():
    nothing, exposure = np.zeros(6), np.ones(6)
    assert len(u_chart(nothing, exposure).signals) == 0
    assert ewma_chart(nothing, exposure) == TooFew(Missing.FAILURES, 0, 1)
    assert isinstance(u_chart(nothing, nothing), TooFew)
    assert isinstance(exact_u_chart(nothing, nothing), TooFew)
    assert isinstance(g_chart(np.array([])), TooFew)
    assert isinstance(t_chart(np.array([1.0])), TooFew)


def test_a_contract_change_is_found_with_its_window():
    counts = np.array([20.0] * 10 + [8.0] * 14)
    found = change_point(counts, MONTHS)
    assert (found.last, found.p_value) == (9, 0.001)
    assert found.plausible[0] <= 9 <= found.plausible[1]
    assert best_segments(counts, MONTHS) == [9]
    assert segments(counts, MONTHS, 0)[0] == []


def test_no_change_is_found_in_chance_alone():
    counts = np.random.default_rng(12).poisson(6, 36).astype(float)
    assert change_point(counts, np.ones(36)).p_value > 0.05
    assert best_segments(counts, np.ones(36)) == []
    assert change_point(np.zeros(9), np.ones(9)) == TooFew(Missing.FAILURES, 0, 1)
    assert change_point(counts[:3], np.ones(3)) == TooFew(Missing.EXPOSURE, 3, 4)


def test_season_peaks_where_failures_do():
    counts = np.round(100 * np.exp(0.5 * np.cos(2 * np.pi * (np.arange(12) - 6) / 12)))
    found = season(counts, np.full(12, 1000.0))
    assert found.peak == pytest.approx(6.5 / 12, abs=0.01)
    assert found.amplitude == pytest.approx(0.5, abs=0.02)
    assert season(counts, np.full(12, 1.0), dispersion=2).chi2 == pytest.approx(found.chi2 / 2)
    assert isinstance(season(np.zeros(12), np.ones(12)), TooFew)
    assert isinstance(season(counts, np.zeros(12)), TooFew)


def test_pareto_orders_ties_by_name_and_survives_nothing():
    rows = pareto({"b": 2, "a": 2, "unknown": 6})
    assert [row.item for row in rows] == ["unknown", "a", "b"]
    assert [row.vital for row in rows] == [True, True, False]
    assert [row.share for row in pareto({"a": 0})] == [0.0]
    assert pareto({}) == []


def test_a_forecast_is_wider_than_the_limits_of_its_mean():
    found = predict_count(24, 5, 1)
    assert isinstance(found, Forecast)
    mean = garwood(24, 5)
    assert found.limits.lower < mean.lower
    assert found.limits.upper > mean.upper
    assert predict_count(24, 5, 1, dispersion=4).limits.upper > found.limits.upper
    assert predict_count_exact(0, 5, 1).upper == 2
    assert predict_count(0, 5, 1).limits.upper >= 1
    assert predict_count(3, 5, 0).limits.upper == 0
    assert isinstance(predict_count(3, 0, 1), TooFew)
    assert predict_count_exact(3, 0, 1).upper == np.inf


def test_unlike_devices_widen_a_forecast_only_where_the_past_saw_them_unequally():
    equal = DeviceSums.of([20, *([0] * 9)], [1.0] * 10)
    assert predict_group(equal, 10) == predict_count(20, 10, 10)
    unequal = DeviceSums.of([2, 18, *([0] * 8)], [9.1, *([0.1] * 9)])
    assert predict_group(unequal, 10).limits.upper > predict_count(20, 10, 10).limits.upper
    stormy = predict_group(equal, 10, period_dispersion=3.0)
    assert stormy.limits.upper > predict_group(equal, 10).limits.upper
    assert isinstance(predict_group(DeviceSums.of([], []), 10), TooFew)


@settings(deadline=None)
@given(st.integers(0, 200), st.floats(0.5, 100), st.floats(0.1, 100), st.floats(0.01, 50))
def test_units_do_not_change_a_forecast(count, time, future, unit):
    one, other = (
        predict_count(count, time, future),
        predict_count(count, time * unit, future * unit),
    )
    assert other.mean == pytest.approx(one.mean)
    assert abs(other.limits.upper - one.limits.upper) <= 1
    assert one.limits.lower <= count * future / time + 1


def test_failures_of_one_month_only_have_no_wave_but_a_season():
    found = season(np.array([0.0] * 11 + [30]), np.full(12, 30.0))
    assert found.p_value < 1e-6
    assert found.index.argmax() == 11
    assert (found.amplitude, np.isnan(found.wave_p_value)) == (np.inf, True)


def test_the_law_of_unlike_chances_is_exact():
    law = count_law(np.array([0.5, 0.1]))
    assert law == pytest.approx([0.45, 0.5, 0.05])
    limits = replacements(np.array([0.5, 0.1]), confidence=0.9).limits
    assert (limits.lower, limits.upper) == (0, 1)


def test_a_class_pulls_a_prediction_to_its_own_mean():
    alone, among = predict_count(9, 1, 1), predict_count(9, 1, 1, prior=(4.0, 4.0))
    assert among.mean == pytest.approx(13 / 5)
    assert among.limits.upper < alone.limits.upper


def test_replacements_and_money():
    chances = np.full(100, 0.1)
    found = replacements(chances)
    assert found.mean == pytest.approx(10)
    assert (found.limits.lower, found.limits.upper) == (5, 16)
    wider = replacements(chances, [np.full(100, p) for p in (0.05, 0.1, 0.2)])
    assert wider.limits.upper > found.limits.upper
    money = budget(draw_counts(100, 10, 1), np.array([100_000.0]))
    assert money.median == pytest.approx(1_000_000, rel=0.1)
    assert money.limits.lower < money.median < money.limits.upper
    assert isinstance(budget(draw_counts(1, 1, 1), np.array([])), TooFew)
    assert replacements(np.array([])).limits.upper == 0


@pytest.mark.parametrize(("beta", "failure"), [(1.0, 5), (0.7, 5), (3.0, 1), (3.0, 0.5)])
def test_where_planning_does_not_pay_run_to_failure(beta, failure):
    found = age_replacement(beta, 100, 1, failure)
    assert (found.age, found.saving) == (None, 0)


def test_the_cheapest_age_is_cheapest_and_flat_around():
    found = age_replacement(3, 20, 1, 6)
    assert all(
        cost_rate(age, (3, 20), (1, 6)) >= found.cost_rate for age in np.linspace(1, 60, 300)
    )
    assert found.cheap_ages[0] < found.age < found.cheap_ages[1]
    assert overhaul_age(2, 0.1, 1, 10) == pytest.approx(10)
    assert overhaul_age(0.9, 0.1, 1, 10) is None


def test_equal_risk_goes_by_age_then_name():
    ranked = risk_ranking(
        [Candidate("b", 10, 0), Candidate("a", 10, 0), Candidate("c", 11, 0)], (2, 50)
    )
    assert [entry.candidate.device for entry in ranked] == ["c", "a", "b"]
    assert risk_ranking([], (2, 50)) == []
