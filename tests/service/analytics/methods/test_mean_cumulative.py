import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.analytics.methods.histories import Histories
from service.analytics.methods.mean_cumulative import (
    Difference,
    MeanCumulative,
    difference,
    mean_cumulative,
)
from service.analytics.methods.too_few import Missing, TooFew

THREE = [("a", 0.0, 12.0), ("b", 0.0, 16.0), ("c", 0.0, 20.0)]
FAILURES = [("a", 5.0), ("a", 8.0), ("c", 1.0), ("c", 8.0), ("c", 16.0)]


def curve(histories: Histories, **options: int) -> MeanCumulative:
    found = mean_cumulative(histories, **options)
    assert isinstance(found, MeanCumulative)
    return found


def brute_force(histories: Histories, age: float) -> float:
    """The variance as it is written, device by device."""
    variance = 0.0
    for device in np.unique(histories.window_device):
        residual = 0.0
        for t in np.unique(histories.times[histories.times <= age]):
            at_risk = ((histories.starts < t) & (t <= histories.ends)).sum()
            mine = (histories.window_device == device) & (histories.starts < t)
            seen = (mine & (t <= histories.ends)).any()
            now = histories.times == t
            own = histories.sizes[now & (histories.event_device == device)].sum()
            residual += seen / at_risk * (own - histories.sizes[now].sum() / at_risk)
        variance += residual**2
    return float(np.sqrt(variance))


def test_the_fast_variance_is_the_written_one_with_late_entry_and_gaps():
    histories = Histories.of(
        [("a", 0, 5), ("a", 7, 12), ("b", 3, 11), ("c", 0, 9), ("d", 6, 20)],
        [("a", 2), ("a", 8), ("a", 8), ("b", 4), ("b", 8), ("c", 9), ("d", 15), ("d", 9)],
        [1.0, 2.5, 1.0, 3.0, 1.0, 1.0, 0.5, 4.0],
    )
    found = curve(histories)
    for age, error in zip(found.ages, found.standard_error, strict=True):
        assert error == pytest.approx(brute_force(histories, age))


def test_thinned_ages_keep_value_and_error():
    generator = np.random.default_rng(3)
    histories = Histories.of(
        [(d, 0, 10) for d in range(40)],
        [(int(d), float(t)) for d, t in generator.uniform((0, 0), (40, 10), (300, 2))],
    )
    whole, thin = curve(histories), curve(histories, points=20)
    assert len(thin.ages) == 20
    at = np.searchsorted(whole.ages, thin.ages)
    assert thin.values == pytest.approx(whole.values[at])
    assert thin.standard_error == pytest.approx(whole.standard_error[at])


def test_an_event_in_a_gap_or_of_nobody_was_not_seen():
    histories = Histories.of(
        [("a", 0, 5), ("a", 7, 9)], [("a", 6), ("a", 7), ("a", 5), ("x", 1), ("a", 9.5)]
    )
    assert histories.times.tolist() == [5.0]


def test_nothing_failed_gives_an_empty_curve_with_its_exposure():
    found = curve(Histories.of(THREE, []))
    assert len(found.values) == 0
    assert found.exposure == 48


def test_one_device_has_no_band():
    found = curve(Histories.one([1, 2, 3], 5))
    assert found.values.tolist() == [1, 2, 3]
    assert found.limits() is None
    assert isinstance(difference(found, curve(Histories.of(THREE, FAILURES))), TooFew)


def test_the_curve_starts_where_enough_are_at_risk():
    histories = Histories.of(
        [("a", 0, 9), ("b", 4, 9), ("c", 4, 9)], [("a", 2), ("b", 5), ("c", 6)]
    )
    found = curve(histories, min_at_risk=2)
    assert found.from_age == 4
    assert found.ages.tolist() == [5, 6]
    assert mean_cumulative(histories, min_at_risk=9) == TooFew(Missing.DEVICES, 3, 9)
    assert isinstance(mean_cumulative(Histories.of([], [])), TooFew)


def test_a_group_does_not_differ_from_itself():
    one = curve(Histories.of(THREE, FAILURES))
    found = difference(one, one)
    assert isinstance(found, Difference)
    assert found.values.tolist() == [0.0] * 4
    assert found.upper == pytest.approx(1.959964 * np.sqrt(2) * one.standard_error)


times = st.lists(
    st.tuples(st.integers(0, 4), st.floats(0.1, 9.9)), min_size=1, max_size=30, unique=True
)


@given(times, st.floats(0.01, 1000), st.randoms(use_true_random=False))
def test_neither_units_nor_order_matter(events, factor, shuffle):
    windows = [(d, float(d), 10.0 + d) for d in range(5)]
    plain = curve(Histories.of(windows, events))
    shuffle.shuffle(events)
    scaled = curve(
        Histories.of(
            [(d, s * factor, e * factor) for d, s, e in windows],
            [(d, t * factor) for d, t in events],
        )
    )
    assert scaled.values == pytest.approx(plain.values)
    assert scaled.standard_error == pytest.approx(plain.standard_error)
    assert (np.diff(plain.values) > 0).all()
