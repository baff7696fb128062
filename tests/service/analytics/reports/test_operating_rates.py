"""Failures per hour run, from the meters of the small city in conftest."""

from dataclasses import replace
from datetime import date

import pytest

from service.analytics.conditions import Conditions, Filters
from service.analytics.methods.rates import garwood
from service.analytics.periods import Period
from service.analytics.reports.operating_rates import NO_READING, operating_rates
from service.analytics.snapshot_store import Snapshot

THREE_YEARS = Conditions(period=Period(date(2022, 4, 1), date(2025, 4, 1)))
# Of the pump with the exchanged meter: its last pair ends on the day after the window, so that one
# of its 365 days is not in it.
HOURS = (400 + 500 * 364 / 365) + 730 * 184 / 365 + 800
FAILURES = 2 + 0 + 1


def test_hours_and_failures_are_those_between_the_readings(snapshot: Snapshot):
    made = operating_rates(snapshot, THREE_YEARS)
    row = made.rows[0]
    assert row["label"] == "汚水ポンプ"
    assert row["devices"] == 3
    assert row["hours"] == round(HOURS)
    assert row["failures"] == FAILURES
    assert row["rate"] == round(FAILURES / HOURS * 1000, 3)
    limits = garwood(FAILURES, HOURS / 1000)
    assert (row["lower"], row["upper"]) == (round(limits.lower, 3), round(limits.upper, 3))
    assert made.total is not None
    assert made.total["hours"] == row["hours"]


def test_the_exchange_of_a_meter_is_told(snapshot: Snapshot):
    facts = {fact.key: fact.value for fact in operating_rates(snapshot, THREE_YEARS).conditions}
    assert facts["resets"] == 1


def test_starts_are_counted_by_their_own_meter(snapshot: Snapshot):
    row = operating_rates(snapshot, THREE_YEARS).rows[0]
    starts = 200 + 50 + 250 * 364 / 365
    assert row["starts"] == round(starts)
    assert row["start_rate"] == round(2 / starts * 1000, 3)


def test_a_renewed_pump_begins_a_new_meter(snapshot: Snapshot):
    """The new pump was read once: 50 h are not 850 h less than before."""
    later = replace(THREE_YEARS, period=Period(date(2023, 7, 1), date(2025, 4, 1)))
    row = operating_rates(snapshot, later).rows[0]
    assert row["devices"] == 1


@pytest.mark.parametrize("filters", [Filters(minor="流入ゲート"), Filters(facility="TJ")])
def test_without_meters_the_report_says_what_to_do(snapshot: Snapshot, filters: Filters):
    made = operating_rates(snapshot, replace(THREE_YEARS, filters=filters))
    assert (made.rows, made.empty) == ((), NO_READING)
