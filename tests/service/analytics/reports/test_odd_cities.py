"""Cities of odd records × every report: sound figures or a sentence, the same in every form."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from service.analytics.catalogue import KINDS
from service.analytics.conditions import Conditions, Filters
from service.analytics.exports import ExportFormat, export
from service.analytics.grouping import GroupBy
from service.analytics.methods.renewal_risk import Weights
from service.analytics.periods import Period
from service.analytics.plan_terms import PlanTerms
from service.analytics.report import Report
from service.analytics.reports import ageing_tests, frame, monthly_trend
from service.analytics.service import failure_rate_devices, report
from service.analytics.snapshot_store import Snapshot, SnapshotStore
from service.core.i18n.locales import Locale
from tests.service.analytics.soundness import assert_sound
from tests.service.analytics.towns import Town, extract_of

ASKED = Conditions(period=Period(date(2022, 4, 1), date(2025, 4, 1)))
DEVICES = "devices behind the table"
DAY = date(2023, 7, 3)
LONG = "とても長い名前の汚水ポンプ設備監視制御装置" * 12


def every(days: int, first: date, times: int) -> list[date]:
    return [first + timedelta(days=days * number) for number in range(times)]


def spread(devices: int, days: Iterable[date]) -> tuple[tuple[int, date], ...]:
    return tuple((7 * number % devices, day) for number, day in zip(count(), days, strict=False))


def metered(*hours: float) -> tuple[tuple[int, date, float], ...]:
    """Of the first three devices, year by year."""
    days = every(365, date(2022, 5, 1), len(hours))
    return tuple(
        (one, day, value) for one in range(3) for day, value in zip(days, hours, strict=True)
    )


SOME = spread(12, every(31, date(2022, 5, 2), 24))
MANY = Town(
    devices=60,
    installed=date(2000, 4, 1),
    failures=spread(60, every(9, date(2015, 4, 3), 400)),
    price_yen=3_000_000,
    cost_yen=12_345,
    rain=tuple((day, 40.0 * (day.day == 3)) for day in every(1, date(2022, 4, 1), 1096)),
    contracts=(date(2021, 4, 1), date(2023, 10, 1), date(2031, 4, 1)),
)
TOWNS = {
    "many": MANY,
    "many, all removed": replace(MANY, removed=date(2024, 2, 1)),
    "one removed": Town(devices=1, failures=((0, DAY),), removed=date(2024, 2, 1)),
    "two devices": Town(devices=2, failures=((0, DAY), (1, date(2024, 1, 1)))),
    "only years": Town(
        installed=date(2015, 1, 1), is_only_the_year_known=True, failures=SOME
    ),
    "failed before it was installed": Town(installed=date(2024, 9, 1), failures=SOME),
    "failed after it was removed": Town(removed=date(2022, 6, 1), failures=SOME),
    "records of long ago": Town(installed=date(1900, 1, 1), failures=SOME),
    "all open": Town(
        failures=SOME, cases={"state": "in_progress"}, down=(datetime(2022, 5, 1, tzinfo=UTC), None)
    ),
    "down for ages": Town(
        failures=SOME,
        down=(datetime(1990, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)),
    ),
    "up before it was down": Town(
        failures=SOME, down=(datetime(2022, 9, 1, tzinfo=UTC), datetime(2022, 8, 1, tzinfo=UTC))
    ),
    "every day is wet": Town(
        failures=SOME, rain=tuple((day, 99.0) for day in every(1, date(2022, 4, 1), 1096))
    ),
    "no day is wet": Town(
        failures=SOME, rain=tuple((day, 0.0) for day in every(1, date(2022, 4, 1), 1096))
    ),
    "meters": Town(
        failures=SOME,
        meters=metered(1000, 1500, 2100),
    ),
    "meters that go back": Town(
        failures=SOME,
        meters=metered(1000, 900, 800),
    ),
    "meters of no number": Town(
        failures=SOME,
        meters=metered(1, float("inf"), float("nan")),
    ),
    "dear": Town(failures=SOME, price_yen=10**9, cost_yen=10**9),
    "for nothing": Town(failures=SOME, price_yen=0, cost_yen=0),
    "names to run": Town(
        failures=SOME,
        device={"major": "=cmd|'/C calc'!A0", "minor": "<script>alert(1)</script>",
                "maker": '"><b>', "model_no": "+1"},
        place={"facility_name": '=HYPERLINK("x")', "position_name": "@SUM(1)"},
    ),
    "names to fill": Town(
        failures=SOME,
        device={"minor": "100% %(x)s {y} %", "middle": "a/b", "maker": "😀𠮷", "model_no": "ｱﾎﾟﾛ-1"},
        place={"facility_name": "%s", "position_name": "改\n行\t\x07"},
    ),
    "long names": Town(
        failures=SOME, device={"minor": LONG, "maker": LONG}, place={"facility_name": LONG}
    ),
    "no names": Town(
        failures=SOME,
        device={"major": "", "middle": "", "minor": "", "maker": None, "model_no": None},
        place={"facility_name": "", "position_name": "", "treatment_district": None},
        cases={"urgency": None, "cause_group": None, "symptom": None, "treatment_district": None},
    ),
    "one fails always": Town(
        devices=3, failures=tuple((0, day) for day in every(1, date(2022, 4, 1), 1000) * 5)
    ),
    "a storm": Town(failures=tuple((n % 12, DAY) for n in range(36))),
    "like twins": Town(
        installed=date(2022, 1, 1),
        failures=tuple((n, day) for n in range(12) for day in every(90, date(2022, 5, 1), 11))
    ),
    "a first month": Town(failures=((0, date(2025, 6, 1)), (1, date(2025, 6, 1)))),
    "all merged": Town(failures=SOME, cases={"state": "merged"}),
    "no case has a device": Town(failures=tuple((None, day) for _, day in SOME)),
}  # fmt: skip


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Snapshot]:
    root: Path = tmp_path_factory.mktemp("odd")
    return {
        name: SnapshotStore(root / str(number)).add(extract_of(town))
        for number, (name, town) in enumerate(TOWNS.items())
    }


def made(snapshot: Snapshot, conditions: Conditions, name: str) -> Report:
    if name == DEVICES:
        return failure_rate_devices(snapshot, conditions).report
    return report(snapshot, conditions, name)


@pytest.mark.parametrize("town", TOWNS)
def test_sound_figures_in_every_report(snapshots: dict[str, Snapshot], town: str):
    for name in (*KINDS, DEVICES):
        assert_sound(made(snapshots[town], ASKED, name))


@pytest.mark.parametrize("town", ["many", "no names"])
def test_sound_figures_by_every_group(snapshots: dict[str, Snapshot], town: str):
    for by in GroupBy:
        for name in ("failure-rate", "availability", "pareto", "compare"):
            assert_sound(made(snapshots[town], replace(ASKED, by=by), name))


WINDOWS = {
    "one month": Period(date(2022, 5, 1), date(2022, 6, 1)),
    "this month": Period(date(2025, 6, 1), date(2025, 7, 1)),
    "from the past to the future": Period(date(1900, 1, 1), date(2101, 1, 1)),
    "the future": Period(date(2090, 1, 1), date(2091, 1, 1)),
    "long ago": Period(date(1950, 1, 1), date(1951, 1, 1)),
}


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("records", [None, date(1900, 1, 1)])
def test_sound_figures_in_every_window(
    snapshots: dict[str, Snapshot], window: str, records: date | None
):
    asked = replace(ASKED, period=WINDOWS[window], records_from=records)
    for name in (*KINDS, DEVICES):
        assert_sound(made(snapshots["many"], asked, name))


FILTERS = {
    "facility": ("F", "ない"),
    "facility_type": ("pump_station", "ない"),
    "district": ("北", "ない"),
    "major": ("大", "ない"),
    "middle": ("中", "ない"),
    "minor": ("小", "ない"),
    "maker": ("架空", "ない"),
    "model": ("A", "ない"),
    "urgency": ("B", "S"),
    "storms": ("out",),
    "rain": ("out", "only"),
}


@pytest.fixture(scope="module")
def unfiltered(snapshots: dict[str, Snapshot]) -> Callable[[str], Report]:
    return cache(lambda name: made(snapshots["many"], ASKED, name))


@pytest.mark.parametrize("name", FILTERS)
def test_sound_figures_through_every_filter(
    snapshots: dict[str, Snapshot], unfiltered: Callable[[str], Report], name: str
):
    """What lets everything through changes nothing; what lets nothing through is a sentence."""
    for value in FILTERS[name]:
        filtered = replace(ASKED, filters=Filters(**{name: value}))
        for kind in (*KINDS, DEVICES):
            found = made(snapshots["many"], filtered, kind)
            if value == "ない":
                assert found.empty == frame.NO_DEVICE
            elif value in {"out", "only", "S"}:
                assert_sound(found)
            else:
                assert found.rows == unfiltered(kind).rows


@pytest.mark.parametrize("town", ["many", "for nothing", "dear"])
def test_sound_plans_under_any_terms(snapshots: dict[str, Snapshot], town: str):
    for terms in (
        PlanTerms(budget=1),
        PlanTerms(budget=100_000, years=50, price=10),
        PlanTerms(years=1, top=1),
        PlanTerms(weights=Weights(0, 0, 0, 0, 0, 0)),
        PlanTerms(weights=Weights(0, 0, 0, 100, 0, 0)),
        PlanTerms(pick=("3", "ない")),
        PlanTerms(skip=tuple(str(number) for number in range(60))),
    ):
        for name in ("priority", "plan", "plan-devices"):
            assert_sound(made(snapshots[town], replace(ASKED, terms=terms), name))


@pytest.mark.parametrize("town", ["names to run", "names to fill", "long names", "no names"])
def test_odd_names_on_paper(snapshots: dict[str, Snapshot], town: str):
    for name in ("failure-rate", "mcf", "priority"):
        assert export(made(snapshots[town], ASKED, name), ExportFormat.PDF, Locale.JA)


@pytest.mark.parametrize(
    ("town", "window", "name", "said"),
    [
        ("no case has a device", "usual", "trend", frame.NO_FAILURE),
        ("failed after it was removed", "usual", "priority", frame.NONE_IN_SERVICE),
        ("failed after it was removed", "usual", "forecast", frame.NONE_IN_SERVICE),
        ("many, all removed", "this month", "failure-rate", frame.NOT_IN_USE),
        ("many", "the future", "failure-rate", frame.NO_RECORDS),
        ("many", "long ago", "mcf", frame.NO_RECORDS),
    ],
)  # fmt: skip
def test_an_empty_report_says_what_is_missing(
    snapshots: dict[str, Snapshot], town: str, window: str, name: str, said: str
):
    asked = replace(ASKED, period=WINDOWS.get(window, ASKED.period))
    assert made(snapshots[town], asked, name).empty == said


def test_what_was_not_seen_is_not_said(snapshots: dict[str, Snapshot]):
    """No slope over years before the first, no limits from one device, no forecast from a day."""
    (row,) = made(snapshots["many"], ASKED, "mcf").rows
    assert (row["age"], row["slope"]) == (24, None)
    (row,) = made(snapshots["one removed"], ASKED, "life").rows
    assert (row["median_lower"], row["median_upper"]) == (None, None)
    early = replace(
        ASKED, period=WINDOWS["from the past to the future"], records_from=date(1999, 1, 1)
    )
    (row,) = made(snapshots["a storm"], ASKED, "trend-tests").rows
    assert (row["failures"], row["verdict"]) == (36, ageing_tests.TOO_FEW_TO_SAY)
    (row,) = made(snapshots["like twins"], ASKED, "trend-tests").rows
    assert float(str(row["beta_upper"])) > 1.2 * float(str(row["beta_lower"]))
    signals = [row["signal"] for row in made(snapshots["many"], early, "trend").rows]
    assert signals[:15] == [monthly_trend.UNSEEN] * 15
    assert signals[-1] == monthly_trend.INCOMPLETE
    month = replace(ASKED, period=WINDOWS["this month"])
    assert str(made(snapshots["many"], month, "forecast").empty).startswith("観察した期間が短く")
