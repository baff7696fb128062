"""The sample city was made by a known model: the reports must find it, and nothing else.

Its README tells the model. The truth is asked of the generator itself, never written down here.
"""

import csv
import importlib
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.samples import CITY, FILES, SAMPLES, import_ledger
from service.accounts.actor import terminal_actor
from service.analytics.conditions import Conditions, Filters
from service.analytics.periods import Period
from service.analytics.rain import rain_days
from service.analytics.report import Report
from service.analytics.reports import ageing_tests, bad_actors
from service.analytics.reports.rainy_days import TOLD_RAIN
from service.analytics.reports.turning_points import TOLD_STEP
from service.analytics.service import refresh, report
from service.analytics.snapshot_store import Snapshot
from service.analytics.storm_days import storm_days
from service.core.database import make_engine
from service.core.settings import Settings
from tests.own_database import own_database

NEEDED = (
    "classes",
    "companies",
    "facilities",
    "contracts",
    "equipment",
    "replaced_devices",
    "faults",
    "rainfall",
)
ALL_RECORDS = Conditions(period=Period(date(2020, 4, 1), date(2026, 10, 1)))
NEW_CONTRACT = date(2023, 10, 1)


@pytest.fixture(scope="module")
def sample_city(
    maintenance_url: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Snapshot]:
    with own_database(maintenance_url, "truths") as url:
        state = tmp_path_factory.mktemp("truths-state")
        own = settings.model_copy(update={"database_url": url, "state_dir": state})
        engine = make_engine(own)
        for source, path in FILES["city"]:
            if source in NEEDED:
                import_ledger(engine, source, path, terminal_actor("test"), lambda _told: None)
        yield refresh(own)
        engine.dispose()


@pytest.fixture(scope="module")
def events() -> Iterator[ModuleType]:
    """The generator of the city."""
    sys.path.insert(0, str(CITY))
    yield importlib.import_module("generator.events")
    sys.path.remove(str(CITY))


def rows_of(name: str, folder: Path) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def ageing_of_class() -> dict[str, float]:
    """老朽化指数 by class as the reports name it: a power of the age, 1 does not age."""
    behaviour = {
        row["分類コード"]: float(row["老朽化指数"]) + 0.0
        for row in rows_of("behaviour.csv", CITY / "generator" / "data")
    }
    classes = rows_of("equipment_classes.csv", SAMPLES / "classes")
    return {
        "/".join((row["大分類"], row["中分類"], row["小分類"])): behaviour[row["分類コード"]]
        for row in classes
        if row["分類コード"] in behaviour
    }


def flagged(made: Report, verdicts: set[str]) -> set[str]:
    return {str(row["key"]) for row in made.rows if row["verdict"] in verdicts}


def test_classes_that_age_are_found_and_no_other(
    sample_city: Snapshot, ageing_of_class: dict[str, float]
):
    made = report(sample_city, ALL_RECORDS, "trend-tests")
    worse = flagged(made, {ageing_tests.WORSE, ageing_tests.OLD_FAIL_MORE})
    steady = {key for key, index in ageing_of_class.items() if index == 1.0}
    assert len(worse) >= 12
    assert worse & steady == set()
    assert flagged(made, {ageing_tests.BETTER, ageing_tests.YOUNG_FAIL_MORE}) == set()


def test_the_shape_of_ageing_is_the_one_that_was_put_in(
    sample_city: Snapshot, ageing_of_class: dict[str, float]
):
    made = report(sample_city, ALL_RECORDS, "trend-tests")
    inside = [
        float(str(row["beta_lower"]))
        <= ageing_of_class[str(row["key"])]
        <= float(str(row["beta_upper"]))
        for row in made.rows
        if int(str(row["failures"])) >= 40 and str(row["key"]) in ageing_of_class
    ]
    assert len(inside) >= 30
    assert sum(inside) / len(inside) >= 0.85


def test_the_new_contract_shows_as_a_step_of_reporting(sample_city: Snapshot):
    """A quarter more of the minor faults, which are 55 % of the background: about 1.13."""
    (step,) = [
        one
        for one in report(sample_city, ALL_RECORDS, "trend").findings
        if one.values.get("month") == f"{NEW_CONTRACT:%Y-%m}"
    ]
    lower, ratio, upper = (float(str(step.values[name])) for name in ("lower", "ratio", "upper"))
    assert 1 < lower < 1.13 < upper
    assert ratio == pytest.approx(1.13, abs=0.06)


def test_without_the_step_nothing_is_told(sample_city: Snapshot):
    before = Conditions(period=Period(date(2020, 4, 1), date(2023, 10, 1)))
    told = report(sample_city, before, "trend").findings
    assert [one for one in told if one.text == TOLD_STEP] == []


def test_storms_are_found_and_calm_days_are_not(sample_city: Snapshot, events: ModuleType):
    weather = {event.day for event in events._weather()}
    struck: dict[date, int] = {}
    for event in events._weather():
        struck[event.day] = struck.get(event.day, 0) + 1
    found = {one.on for one in storm_days(sample_city)}
    severe = {day for day, count in struck.items() if count >= 20}
    assert len(severe) >= 20
    assert severe - found == set()
    assert found - weather == set()


def test_leaving_storms_out_takes_their_failures_and_no_exposure(sample_city: Snapshot):
    wet, dry = (
        report(sample_city, Conditions(ALL_RECORDS.period, filters=filters), "failure-rate").total
        for filters in (Filters(), Filters(storms="out"))
    )
    assert dry["device_years"] == wet["device_years"]
    taken = 1 - int(str(dry["failures"])) / int(str(wet["failures"]))
    assert 0.1 < taken < 0.25


def test_rain_is_told_from_storms_of_other_kinds(sample_city: Snapshot, events: ModuleType):
    """Downpours are days of heavy rain by the gauge; lightning is not, nor is any calm day."""
    settings = events.struck_days()
    assert set(rain_days(sample_city)) == {
        day for day, setting in settings.items() if setting == events.STORM
    }
    told = [
        finding
        for finding in report(sample_city, ALL_RECORDS, "trend").findings
        if finding.text == TOLD_RAIN
    ]
    assert float(str(told[0].values["lower"])) > 5
    counts = {
        rain: int(str(_total(sample_city, Filters(rain=rain))["failures"]))
        for rain in (None, "out", "only")
    }
    assert counts[None] == counts["out"] + counts["only"]
    assert 0.05 < counts["only"] / counts[None] < 0.2


def _total(snapshot: Snapshot, filters: Filters) -> dict[str, Any]:
    made = report(snapshot, Conditions(ALL_RECORDS.period, filters=filters), "failure-rate")
    return dict(made.total or {})


def test_devices_to_watch_are_as_bad_as_the_page_says(sample_city: Snapshot, events: ModuleType):
    """Of those called sure at 90 % and more, at least so many are truly above twice their class."""
    exposures = list(events._exposures())
    means = events._mean_weights(exposures)
    weight: dict[str, float] = {}
    years: dict[str, float] = {}
    for one in exposures:
        number = one.device.asset_no
        share = one.weight / means[one.place.position.class_code]
        weight[number] = weight.get(number, 0.0) + share * one.years
        years[number] = years.get(number, 0.0) + one.years

    def share_truly_bad(numbers: list[str]) -> float:
        return sum(weight[number] / years[number] > 2 for number in numbers) / len(numbers)

    dry = Conditions(ALL_RECORDS.period, filters=Filters(storms="out"))
    made = report(sample_city, dry, "bad-actors")
    watched = [str(row["key"]) for row in made.rows if row["verdict"] == bad_actors.WATCH]
    assert len(watched) >= 5
    stated = [float(str(row["chance"])) / 100 for row in made.rows][: len(watched)]
    doubt = (sum(chance * (1 - chance) for chance in stated)) ** 0.5 / len(stated)
    assert share_truly_bad(watched) >= sum(stated) / len(stated) - 2 * doubt
    assert share_truly_bad(list(weight)) < 0.2
