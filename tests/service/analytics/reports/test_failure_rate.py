"""The report on a small committed city, by hand: what is counted, where, and why not."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from shutil import copytree

import pytest

from service.analytics.conditions import Conditions, Filters
from service.analytics.grouping import GroupBy
from service.analytics.methods.rates import DeviceSums, Limits, garwood
from service.analytics.periods import Period
from service.analytics.report import Report
from service.analytics.reports.failure_rate import (
    ALIKE,
    LOWER,
    TOO_FEW,
    verdict,
)
from service.analytics.reports.frame import NO_DEVICE, NO_RECORDS
from service.analytics.service import failure_rate, failure_rate_devices
from service.analytics.snapshot_store import Snapshot
from service.core.clock import JST

THREE_YEARS = Period(date(2022, 4, 1), date(2025, 4, 1))
ASKED = Conditions(period=THREE_YEARS)


def by_label(report: Report) -> dict[object, dict[str, object]]:
    return {row["label"]: dict(row) for row in report.rows}


def facts(report: Report) -> dict[str, object]:
    return {fact.key: fact.value for fact in report.quality.facts}


def test_classes_have_their_devices_exposure_and_failures(snapshot: Snapshot):
    rows = by_label(failure_rate(snapshot, ASKED))
    pumps, gates = rows["汚水ポンプ"], rows["流入ゲート"]
    days = 7 * 1096  # seven places without a gap for three years, one of them with two devices
    assert pumps["devices"] == 8
    assert pumps["device_years"] == round(days / 365.25, 1)
    assert pumps["failures"] == 7
    assert pumps["devices_failed"] == 5
    assert pumps["open"] == 1
    assert pumps["downtime_h"] == 24.0
    assert pumps["parent"] == "ポンプ設備 ＞ 汚水ポンプ設備"
    assert gates["devices"] == 2
    assert gates["failures"] == 0
    assert gates["rate"] == 0
    assert gates["lower"] == 0
    assert gates["upper"] == round(garwood(0, 2 * 1096 / 365.25).upper * 100, 2)
    assert gates["verdict"] == TOO_FEW
    assert pumps["verdict"] == ALIKE


def test_a_failure_on_the_day_of_exchange_belongs_to_the_device_that_went(snapshot: Snapshot):
    listed = failure_rate_devices(snapshot, ASKED)
    failures = {row["asset_code"]: row["failures"] for row in listed.report.rows}
    assert failures["M0001"] == 2  # the old one: 2022-05-01 and the day of exchange
    assert failures["M0002"] == 1


def test_every_case_is_counted_or_left_out_for_a_stated_reason(snapshot: Snapshot):
    found = facts(failure_rate(snapshot, ASKED))
    reasons = {key: value for key, value in found.items() if key.startswith("cases_")}
    assert reasons == {
        "cases_counted": 7,
        "cases_outside_window": 1,
        "cases_merged": 1,
        "cases_dismissed": 1,
        "cases_stopped": 0,
        "cases_not_a_failure": 1,
        "cases_unregistered": 1,
        "cases_before_installation": 0,
        "cases_after_removal": 0,
        "cases_no_device": 0,
    }
    assert sum(reasons.values()) == snapshot.counts["cases"]
    assert found["start_unknown"] == 1
    assert found["start_partial"] == 1
    assert found["lost_share"] == 12.5
    years = 9 * 1096 / 365.25
    assert found["rate_least"] == round(7 / years * 100, 2)
    assert found["rate_most"] == round(8 / years * 100, 2)


@pytest.mark.parametrize("by", list(GroupBy))
def test_groups_add_up_to_everything(snapshot: Snapshot, by: GroupBy):
    report = failure_rate(snapshot, replace(ASKED, by=by, sort="key_order"))
    assert report.total is not None
    for name in ("failures", "open"):
        assert sum(row[name] for row in report.rows) == report.total[name]  # type: ignore[misc]
    years = sum(row["device_years"] for row in report.rows)  # type: ignore[misc]
    assert years == pytest.approx(report.total["device_years"], abs=0.05 * len(report.rows) + 0.05)
    everything = failure_rate(snapshot, ASKED).total
    assert everything is not None
    if by is GroupBy.AGE:  # the gate of unknown age is left out there
        assert years < everything["device_years"]  # type: ignore[operator]
    else:
        assert report.total == everything


def test_ages_are_in_their_order_and_facilities_have_names(snapshot: Snapshot):
    ages = failure_rate(snapshot, replace(ASKED, by=GroupBy.AGE, sort="key_order"))
    assert [row["label"] for row in ages.rows] == [
        "5年未満",
        "10～15年未満",
        "15～20年未満",
        "20～25年未満",
    ]
    places = by_label(failure_rate(snapshot, replace(ASKED, by=GroupBy.FACILITY)))
    assert set(places) == {"北ポンプ場", "中央浄化センター"}


def test_filters_narrow_the_scope_and_name_themselves(snapshot: Snapshot):
    only = replace(ASKED, filters=Filters(maker="架空製作所"))
    report = failure_rate(snapshot, only)
    assert [row["devices"] for row in report.rows] == [1]
    assert ("maker", "架空製作所") in [(fact.key, fact.value) for fact in report.conditions]


def test_records_that_begin_later_shorten_the_exposure(snapshot: Snapshot):
    later = failure_rate(snapshot, replace(ASKED, records_from=date(2024, 4, 1)))
    assert later.total is not None
    assert later.total["device_years"] == round(9 * 365 / 365.25, 1)
    assert later.total["failures"] == 4


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        (replace(ASKED, filters=Filters(facility="NONE")), NO_DEVICE),
        (Conditions(period=Period(date(1990, 4, 1), date(1991, 4, 1))), NO_RECORDS),
        (Conditions(period=Period(date(2090, 4, 1), date(2091, 4, 1))), NO_RECORDS),
    ],
)
def test_nothing_to_show_is_a_sentence(snapshot: Snapshot, conditions: Conditions, sentence: str):
    for by in GroupBy:
        report = failure_rate(snapshot, replace(conditions, by=by))
        assert (report.rows, report.total, report.empty) == ((), None, sentence)


def test_what_is_still_down_counts_until_the_end_of_the_window(snapshot: Snapshot, tmp_path: Path):
    own = replace(snapshot, folder=Path(copytree(snapshot.folder, tmp_path / "own")))
    cases = own.judged().drop("covered_until").collect()
    still_down = cases.with_columns(stop_to=None).cast(dict(cases.schema))
    still_down.write_parquet(own.folder / "judged.parquet")
    stop = datetime(2024, 8, 1, tzinfo=JST)
    hours = (datetime(2025, 4, 1, tzinfo=JST) - stop).total_seconds() / 3600
    report = failure_rate(own, ASKED)
    assert report.total is not None
    assert report.total["downtime_h"] == hours


def test_a_group_of_many_devices_without_failure_is_told_to_be_better():

    quiet = DeviceSums.of([0.0] * 100, [5.0] * 100)
    assert verdict(quiet, Limits(0.0, 0.3)) == LOWER
