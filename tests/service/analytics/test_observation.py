"""Reading the cases: in parts, from old snapshots, and always the same."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copytree

import numpy as np
import polars as pl
import pytest

from service.analytics import observation as observations
from service.analytics.conditions import Conditions, Filters
from service.analytics.grouping import GroupBy
from service.analytics.observation import observe
from service.analytics.periods import Period
from service.analytics.reports.availability_by_group import Repairs
from service.analytics.service import report
from service.analytics.snapshot_store import Snapshot, SnapshotStore
from service.analytics.tallies import downtime_of
from service.core.clock import JST
from tests.benchmarks.reports import extract

DECADE = Conditions(period=Period(date(2015, 4, 1), date(2025, 4, 1)))


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    root: Path = tmp_path_factory.mktemp("made-up")
    return SnapshotStore(root).add(extract(20_000, 300))


@pytest.mark.parametrize("by", [GroupBy.MINOR, GroupBy.AGE])
def test_hours_of_standstill_do_not_depend_on_how_many_cases_are_read_at_once(
    made_up: Snapshot, monkeypatch: pytest.MonkeyPatch, by: GroupBy
):
    at_once = downtime_of(observe(made_up, DECADE), by, made_up.taken_at)
    monkeypatch.setattr(observations, "AT_ONCE", 1_500)
    seen = replace(observe(made_up, DECADE), knows_cover=False)
    assert len(list(seen.stops())) > 10
    assert downtime_of(seen, by, made_up.taken_at).equals(at_once)


def test_a_standstill_under_another_that_is_filtered_out_counts_wholly(
    made_up: Snapshot, tmp_path: Path
):
    own = replace(made_up, folder=Path(copytree(made_up.folder, tmp_path / "own")))
    urgency = pl.when(pl.col("case") % 2 == 0).then(pl.lit("A")).otherwise(pl.lit("B"))
    cases = own.judged().with_columns(urgency=urgency).collect()
    cases.write_parquet(own.folder / "judged.parquet")
    seen = observe(own, replace(DECADE, filters=Filters(urgency="A")))
    hours = dict.fromkeys(range(300), 0.0)
    start, end = datetime(2015, 4, 1, tzinfo=JST), datetime(2025, 4, 1, tzinfo=JST)
    born = dict(seen.observed.select("spell", "entry_day").iter_rows())
    stops = cases.filter(pl.col("urgency") == "A").sort("stop_from")
    for (spell,), of_spell in stops.group_by("spell", maintain_order=True):
        until = max(start, datetime(1970, 1, 1, tzinfo=JST) + timedelta(days=born[spell]))
        for stop_from, stop_to in of_spell.select("stop_from", "stop_to").iter_rows():
            first, last = max(stop_from, until), min(stop_to, end)
            if last > first:
                hours[spell] += (last - first).total_seconds() / 3600
                until = last
    found = downtime_of(seen, GroupBy.MINOR, own.taken_at).filter(pl.col("down_h") > 0)
    wanted = {spell: down_h for spell, down_h in hours.items() if down_h > 0}
    assert dict(found.select("device", "down_h").iter_rows()) == pytest.approx(wanted)
    assert not seen.knows_cover


@pytest.mark.parametrize("name", ["failure-rate", "availability", "trend", "mcf", "forecast"])
def test_a_snapshot_from_before_cases_were_judged_once_says_the_same(made_up: Snapshot, name: str):
    judged = report(made_up, DECADE, name)
    path = made_up.folder / "judged.parquet"
    hidden = path.rename(path.with_suffix(".old"))
    try:
        assert report(made_up, DECADE, name) == judged
    finally:
        hidden.rename(path)
    assert judged.rows


@pytest.mark.parametrize("name", ["failure-rate", "availability"])
def test_a_snapshot_from_before_standstills_knew_their_cover_says_the_same(
    made_up: Snapshot, tmp_path: Path, name: str
):
    old = replace(made_up, folder=Path(copytree(made_up.folder, tmp_path / "old")))
    old.judged().drop("covered_until").collect().write_parquet(old.folder / "judged.parquet")
    assert report(old, DECADE, name).rows == report(made_up, DECADE, name).rows


def test_quantiles_of_repairs_are_those_of_all_of_them_one_by_one():
    generator = np.random.default_rng(3)
    for size in (1, 2, 7, 100):
        hours = generator.integers(0, 12, size)
        values, counts = np.unique(hours, return_counts=True)
        repairs = Repairs(values.astype(float), counts)
        assert repairs.mean == pytest.approx(hours.mean())
        for share in (0.1, 0.5, 0.9):
            assert repairs.quantile(share) == pytest.approx(float(np.quantile(hours, share)))


@pytest.mark.parametrize("name", ["mcf", "trend-tests", "forecast", "bad-actors", "plan"])
def test_sums_do_not_depend_on_the_order_in_which_they_are_read(made_up: Snapshot, name: str):
    first = report(made_up, DECADE, name)
    assert all(report(made_up, DECADE, name) == first for _ in range(2))
