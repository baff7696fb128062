from datetime import UTC, datetime

import polars as pl
import pytest

from service.analytics.methods.availability import availability, clipped_downs, with_cover


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


WINDOW = (utc(2026, 4, 1), utc(2026, 5, 1))
MOMENT = pl.Datetime("us", "UTC")


def devices(*rows: tuple[str, datetime | None, datetime | None]) -> pl.LazyFrame:
    return pl.LazyFrame(
        rows,
        schema={"device": pl.String, "installed": MOMENT, "removed": MOMENT},
        orient="row",
    )


def downs(*rows: tuple[str, datetime, datetime | None]) -> pl.LazyFrame:
    return pl.LazyFrame(
        rows,
        schema={"device": pl.String, "down_from": MOMENT, "restored_at": MOMENT},
        orient="row",
    )


def test_no_failure_has_no_mtbf_but_a_lower_limit():
    found = availability(devices(("P1", None, None)), downs(), WINDOW)
    assert found.required_h == 720
    assert found.availability == 1
    assert found.mtbf_operating_h is None
    assert found.mttr_h is None
    assert found.mtbf_limits_h().lower == pytest.approx(720 / 3.68887945411)
    assert found.mtbf_limits_h().upper == float("inf")


def test_no_device_has_no_availability():
    found = availability(devices(), downs(), WINDOW)
    assert found.required_h == 0
    assert found.availability is None
    assert found.failures_per_device_year is None


def test_a_down_time_inside_another_adds_no_hours_but_a_failure():
    found = availability(
        devices(("P1", None, None)),
        downs(
            ("P1", utc(2026, 4, 2), utc(2026, 4, 4)),
            ("P1", utc(2026, 4, 3), utc(2026, 4, 3, 12)),
        ),
        WINDOW,
    )
    assert (found.down_h, found.failures, found.restorations) == (48, 2, 2)


def test_down_hours_add_up_over_any_grouping_of_the_failures():
    stops = downs(
        ("P1", utc(2026, 3, 30), utc(2026, 4, 2)),
        ("P1", utc(2026, 4, 1, 12), utc(2026, 4, 3)),
        ("P1", utc(2026, 4, 30), None),
    )
    rows = clipped_downs(
        with_cover(stops),
        devices(("P1", None, None)),
        WINDOW,
    ).collect()
    assert rows["down_h"].to_list() == [24, 24, 24]
    assert rows["is_failure"].to_list() == [False, True, True]
    assert rows["is_open"].to_list() == [False, False, True]
