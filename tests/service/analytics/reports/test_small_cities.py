"""Cities of hardly anything: every report says so, and never a traceback, NaN or false number."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from service.analytics.catalogue import KINDS
from service.analytics.conditions import Conditions, Filters
from service.analytics.grouping import GroupBy
from service.analytics.periods import Period
from service.analytics.service import failure_rate_devices, report
from service.analytics.snapshot_store import Snapshot, SnapshotStore
from tests.service.analytics.soundness import assert_sound
from tests.service.analytics.towns import Town, extract_of

ASKED = Conditions(period=Period(date(2022, 4, 1), date(2025, 4, 1)))
EVERY = pytest.mark.parametrize("name", KINDS)


DAY = date(2023, 7, 3)
SOME = tuple((n % 12, date(2022, 5 + n % 8, 1 + n)) for n in range(20))
TOWNS = {
    "no failure": Town(),
    "one failure": Town(failures=((3, DAY),)),
    "one device": Town(devices=1, failures=((0, DAY), (0, date(2024, 1, 9)))),
    "one device that never failed": Town(devices=1),
    "one device, one failure": Town(devices=1, failures=((0, DAY),)),
    "no installation dates": Town(installed=None, failures=SOME),
    "everything removed": Town(removed=date(2024, 2, 1), failures=SOME),
    "everything removed before the records": Town(removed=date(2013, 1, 1)),
    "removed before it was installed": Town(removed=date(2011, 1, 1), failures=SOME),
    "installed in the future": Town(installed=date(2031, 4, 1), failures=SOME),
    "failures in the future": Town(failures=tuple((n, date(2031, 4, 1 + n)) for n in range(9))),
    "installed today": Town(installed=date(2025, 6, 1)),
    "all on one day": Town(failures=tuple((n, DAY) for n in range(12))),
    "all of one device on one day": Town(failures=((0, DAY),) * 9),
    "failures on the first day": Town(failures=tuple((n, date(2022, 4, 1)) for n in range(8))),
    "nothing counts": Town(failures=SOME, cases={"counts_as_failure": False}),
    "no day is sure, none is mended": Town(
        failures=SOME, cases={"occurred_precision": "estimated", "state": "in_progress"}
    ),
    "no device at all": Town(devices=0),
    "all out of use since before the records": Town(
        failures=SOME, stops=tuple((n, (None, date(2020, 4, 1))[n % 2], None) for n in range(12))
    ),
}  # fmt: skip
ODD_TOWNS = pytest.mark.parametrize("town", TOWNS)


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Snapshot]:
    root = tmp_path_factory.mktemp("towns")
    return {
        name: SnapshotStore(root / str(number)).add(extract_of(town))
        for number, (name, town) in enumerate(TOWNS.items())
    }


@EVERY
@ODD_TOWNS
def test_a_sentence_or_sound_figures(snapshots: dict[str, Snapshot], town: str, name: str):
    assert_sound(report(snapshots[town], ASKED, name))


@ODD_TOWNS
@pytest.mark.parametrize("name", ["failure-rate", "availability", "compare", "pareto"])
def test_by_age_too(snapshots: dict[str, Snapshot], town: str, name: str):
    """The reports whose groups may be ages; the others group by class then."""
    assert_sound(report(snapshots[town], replace(ASKED, by=GroupBy.AGE), name))


@EVERY
@pytest.mark.parametrize(
    ("town", "filters"),
    [
        ("one failure", Filters(minor="ない")),
        ("one failure", Filters(rain="only")),
        ("no installation dates", Filters(urgency="S")),
    ],
    ids=["no device", "no day", "no case"],
)
def test_a_filter_that_leaves_nothing(
    snapshots: dict[str, Snapshot], town: str, filters: Filters, name: str
):
    assert_sound(report(snapshots[town], replace(ASKED, filters=filters), name))


@ODD_TOWNS
def test_the_devices_behind_the_table(snapshots: dict[str, Snapshot], town: str):
    assert_sound(failure_rate_devices(snapshots[town], ASKED).report)


@pytest.mark.parametrize(
    "town", ["no failure", "one device that never failed", "nothing counts", "no device at all"]
)
def test_nothing_that_failed_is_no_rate_of_zero_without_its_limit(
    snapshots: dict[str, Snapshot], town: str
):
    made = report(snapshots[town], ASKED, "failure-rate")
    for row in made.rows:
        assert row["failures"] == 0
        assert row["rate"] == 0
        assert float(str(row["upper"])) > 0


def test_time_out_of_use_is_no_exposure_and_what_is_found_then_no_failure(
    tmp_path: Path,
):
    failures = ((0, date(2022, 5, 1)), (0, date(2023, 1, 10)), (0, date(2023, 10, 1)),
                (0, date(2024, 1, 5)), (1, date(2023, 1, 10)))  # fmt: skip
    stopped = Town(
        devices=2,
        failures=failures,
        stops=((0, date(2022, 10, 1), date(2023, 10, 1)),),
    )
    conditions = replace(ASKED, records_from=date(2022, 4, 1))
    always, out = (
        SnapshotStore(tmp_path / str(number)).add(extract_of(town))
        for number, town in enumerate((replace(stopped, stops=()), stopped))
    )
    before, after = (report(one, conditions, "failure-rate") for one in (always, out))
    assert before.total
    assert after.total
    assert (before.total["failures"], after.total["failures"]) == (5, 3)
    years = [float(str(made.total["device_years"])) for made in (before, after)]
    assert years[0] - years[1] == pytest.approx(365 / 365.25, abs=0.06)
    facts = {fact.key: fact.value for fact in after.quality.facts}
    assert facts["cases_stopped"] == 2
    for name in ("mcf", "trend", "availability", "forecast", "bad-actors"):
        assert_sound(report(out, conditions, name))


@pytest.mark.parametrize("removed", [None, date(2024, 4, 1)])
def test_a_place_out_of_use_since_nobody_knows_when_is_left_out_and_named(
    tmp_path: Path, removed: date | None
):
    """Unless its device is known to have gone: then it was in use until then."""
    town = Town(devices=2, failures=((0, DAY), (1, DAY)), removed=removed, stops=((0, None, None),))
    made = report(SnapshotStore(tmp_path).add(extract_of(town)), ASKED, "failure-rate")
    told = {fact.key: fact.value for fact in made.quality.facts}
    assert made.total
    if removed:
        assert (made.total["devices"], made.total["failures"]) == (2, 2)
        assert told["halts_undated"] == 0
    else:
        assert (made.total["devices"], made.total["failures"]) == (1, 1)
        assert (told["halts_undated"], told["halts_undated_codes"]) == (1, "0")
        assert told["cases_stopped"] == 1
