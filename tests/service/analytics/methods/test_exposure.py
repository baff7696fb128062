from datetime import date
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from service.analytics.methods.exposure import (
    band_of,
    contradictory,
    lexis,
    observed,
    outside_stops,
)

DAY = {"installed_day": pl.Int32, "removed_day": pl.Int32}


def spells(*rows: tuple[int | None, int | None]) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema=DAY, orient="row")


def test_exposure_is_cut_to_installation_records_window_and_removal():
    found = observed(
        spells((None, None), (0, 120), (150, None), (130, 130), (300, None), (None, 100)),
        window_start=100,
        window_end=200,
        records_start=110,
    ).collect()
    expected = pl.DataFrame(
        {
            "installed_day": [None, 0, 150],
            "removed_day": [None, 120, None],
            "entry_day": [110, 110, 150],
            "exit_day": [200, 120, 200],
            "days": [90, 10, 50],
        },
        schema={**DAY, "entry_day": pl.Int32, "exit_day": pl.Int32, "days": pl.Int32},
    )
    assert_frame_equal(found, expected)


def test_a_removal_before_the_installation_is_listed_and_not_counted():
    wrong = spells((50, 40))
    assert observed(wrong, window_start=0, window_end=100).collect().is_empty()
    assert contradictory(wrong).collect().height == 1


def test_leap_days_count():
    start, end = (
        (date(2024, 1, 1) - date(1970, 1, 1)).days,
        (date(2025, 1, 1) - date(1970, 1, 1)).days,
    )
    found = observed(spells((None, None)), window_start=start, window_end=end).collect()
    assert found["days"].to_list() == [366]


def test_unknown_age_has_no_age_cell():
    span = pl.LazyFrame(
        {"entry_day": [0, 0], "exit_day": [730, 730], "born_day": [None, -3652]},
        schema={"entry_day": pl.Int32, "exit_day": pl.Int32, "born_day": pl.Int32},
    )
    cells = lexis(span, age_breaks_years=[0, 10, 20]).sort("age_from_years").collect()
    assert cells["age_from_years"].to_list() == [0.0, 10.0]
    assert cells["days"].to_list() == [pytest.approx(0.5), pytest.approx(729.5)]


day = st.integers(min_value=-20000, max_value=25000)


@given(
    st.lists(st.tuples(st.none() | day, st.none() | day), max_size=12),
    st.lists(day, min_size=2, max_size=6, unique=True).map(sorted),
)
def test_exposure_adds_up_over_any_split_of_the_window(
    rows: list[tuple[int | None, int | None]], breaks: list[int]
):
    whole = observed(spells(*rows), window_start=breaks[0], window_end=breaks[-1]).collect()
    by_split = lexis(whole.lazy(), calendar_breaks=breaks).collect()
    by_window = [
        observed(spells(*rows), window_start=start, window_end=end).collect()["days"].sum()
        for start, end in pairwise(breaks)
    ]
    assert by_split["days"].sum() == pytest.approx(whole["days"].sum())
    assert whole["days"].sum() == sum(by_window)


@given(
    st.lists(st.tuples(day, day, day).map(sorted), max_size=12),
    st.lists(st.floats(0.1, 99), max_size=5, unique=True).map(sorted),
)
def test_exposure_adds_up_over_any_split_by_age(rows: list[list[int]], inner: list[float]):
    span = pl.LazyFrame(
        rows,
        schema={"born_day": pl.Int32, "entry_day": pl.Int32, "exit_day": pl.Int32},
        orient="row",
    )
    cells = lexis(span, age_breaks_years=[0.0, *inner, float("inf")]).collect()
    assert cells["days"].sum() == pytest.approx(sum(row[2] - row[1] for row in rows))


def test_bands_hold_their_lower_break():
    ages = pl.DataFrame({"age": [-1.0, 0.0, 4.99, 5.0, 80.0]})
    found = ages.select(band_of(pl.col("age"), [0, 5, 10, float("inf")]))
    assert found.to_series().to_list() == [None, 0.0, 0.0, 5.0, 10.0]


def _cut(stops: list[tuple[int, int | None]], span: tuple[int, int] = (0, 100)) -> list[tuple]:
    spans = pl.LazyFrame(
        {"position": [7, 8], "entry_day": [span[0]] * 2, "exit_day": [span[1]] * 2},
        schema={"position": pl.UInt32, "entry_day": pl.Int32, "exit_day": pl.Int32},
    ).with_columns(days=pl.col("exit_day") - pl.col("entry_day"))
    halts = pl.LazyFrame(
        {"position": [7] * len(stops), "from_day": [a for a, _ in stops],
         "to_day": [b for _, b in stops]},
        schema={"position": pl.UInt32, "from_day": pl.Int32, "to_day": pl.Int32},
    )  # fmt: skip
    found = outside_stops(spans, halts).collect()
    assert found.filter(pl.col("position") == 8).height == 1
    mine = found.filter(pl.col("position") == 7).sort("entry_day")
    assert (mine["days"] == mine["exit_day"] - mine["entry_day"]).all()
    return mine.select("entry_day", "exit_day").rows()


def test_days_out_of_use_are_no_exposure():
    assert _cut([]) == [(0, 100)]
    assert _cut([(20, 30)]) == [(0, 20), (30, 100)]
    assert _cut([(60, None), (20, 30)]) == [(0, 20), (30, 60)]
    assert _cut([(-5, 10), (90, 200)]) == [(10, 90)]
    assert _cut([(10, 50), (20, 30), (50, 60)]) == [(0, 10), (60, 100)]
    assert _cut([(-5, None)]) == []
    assert _cut([(40, 40)]) == [(0, 100)]
