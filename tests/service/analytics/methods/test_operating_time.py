import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.analytics.methods.operating_time import failures_within, metered


def spans(
    *readings: tuple[int, float], window: tuple[int, int] = (0, 10_000), most: float | None = 24.0
) -> list[tuple[int, int, float | None, bool]]:
    table = pl.LazyFrame(
        {
            "device": [1] * len(readings),
            "day": [day for day, _ in readings],
            "value": [float(value) for _, value in readings],
        },
        schema={"device": pl.UInt32, "day": pl.Int32, "value": pl.Float64},
    )
    found = metered(table, window_start=window[0], window_end=window[1], most_per_day=most)
    return found.select("from_day", "to_day", "amount", "is_reset").collect().rows()


def test_consecutive_readings_give_their_difference():
    assert spans((300, 250.0), (100, 10.0), (200, 90.0)) == [
        (100, 200, 80.0, False),
        (200, 300, 160.0, False),
    ]


def test_one_reading_says_nothing():
    assert spans((100, 10.0)) == []
    assert spans((100, 10.0), (100, 12.0)) == []


def test_a_meter_that_falls_or_runs_faster_than_time_was_exchanged_or_misread():
    assert spans((100, 500.0), (200, 20.0), (210, 300.0)) == [
        (100, 200, None, True),
        (200, 210, None, True),
    ]
    assert spans((200, 20.0), (210, 300.0), most=None) == [(200, 210, 280.0, False)]


def test_a_pair_over_the_end_of_the_window_gives_its_days_share():
    assert spans((0, 0.0), (100, 1000.0), window=(51, 1000)) == [(50, 100, 500.0, False)]
    assert spans((0, 0.0), (100, 1000.0), window=(0, 31)) == [(0, 30, 300.0, False)]
    assert spans((0, 0.0), (100, 1000.0), window=(101, 200)) == []


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=12),
    st.integers(0, 300),
    st.integers(0, 300),
)
def test_windows_beside_each_other_add_up(steps: list[int], cut: int, first: int):
    days = [first + sum(steps[:count]) for count in range(len(steps) + 1)]
    readings = [(day, 2.5 * day) for day in days]
    start, end = 0, days[-1] + 1
    middle = min(max(cut, start), end)
    whole = spans(*readings, window=(start, end))
    parts = spans(*readings, window=(start, middle)) + spans(*readings, window=(middle, end))
    assert sum(to - since for since, to, *_ in parts) == days[-1] - days[0]
    assert sum(row[2] or 0 for row in parts) == pytest.approx(sum(row[2] or 0 for row in whole))


def test_what_failed_on_the_day_of_the_last_reading_is_inside_on_that_of_the_first_not():
    failures = pl.LazyFrame(
        {"device": [1, 1, 1, 2], "day": [100, 150, 300, 150]},
        schema={"device": pl.UInt32, "day": pl.Int32},
    )
    seen = pl.LazyFrame(
        {"device": [1, 1], "from_day": [100, 200], "to_day": [200, 300]},
        schema={"device": pl.UInt32, "from_day": pl.Int32, "to_day": pl.Int32},
    )
    assert failures_within(failures, seen).select("device", "day").collect().rows() == [
        (1, 150),
        (1, 300),
    ]
