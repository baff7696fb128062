"""Seconds and memory of the reports on a made-up snapshot, each in a process of its own.

    uv run python -m tests.benchmarks.reports [CASES [DEVICES [TIMES]]]

Prints for every report its seconds and the peak of its process, and the ratio to pandas doing only
the plain sums of the failure-rate table (no intervals, no conditions, no quality box). TIMES: as
many such cities beside each other, more cases than fit into memory; then without pandas.
"""

import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from service.analytics.conditions import Conditions
from service.analytics.periods import Period
from service.analytics.service import report
from service.analytics.snapshot import Extract
from service.analytics.snapshot_store import ADDED_LATER, ROWS_TOGETHER, Snapshot, SnapshotStore

FOUR = ("failure-rate", "availability", "trend", "mcf")
OTHERS = ("pareto", "trend-tests", "life", "bad-actors", "forecast", "compare", "priority", "plan")
CLASSES, FACILITIES = 120, 77
YEARS = 12
FIRST, LAST = date(2014, 4, 1), date(2026, 3, 31)
ASKED = Conditions(period=Period(FIRST, date(2026, 4, 1)))


def days_of(values: np.ndarray) -> pl.Series:
    return pl.Series(values.astype(np.int32)).cast(pl.Date)


def extract(cases: int, devices: int) -> Extract:
    """Devices stand in one place each; unlike, ageing, four in ten years old at the start."""
    generator = np.random.default_rng(11)
    kind = generator.integers(0, CLASSES, devices)
    facility = generator.integers(0, FACILITIES, devices)
    start = (FIRST - date(1970, 1, 1)).days
    born = start - generator.integers(-1500, 9000, devices)
    frailty = generator.gamma(1.2, 1 / 1.2, devices) * generator.uniform(0.2, 3, CLASSES)[kind]
    hit = generator.choice(devices, cases, p=frailty / frailty.sum())
    span = (LAST - FIRST).days
    day = np.maximum(start + generator.integers(0, span, cases), born[hit] + 1)
    moment = pl.Series(day.astype(np.int64) * 86_400_000_000 + 3_600_000_000).cast(
        pl.Datetime("us", "UTC")
    )
    numbers = pl.int_range(devices, dtype=pl.UInt32, eager=True)
    text = numbers.cast(pl.String)
    names = pl.Series([f"分類{n:03}" for n in range(CLASSES)])
    places = pl.Series([f"P{n:02}" for n in range(FACILITIES)])
    nothing = pl.Series([None] * devices)
    tables = {
        "devices": pl.DataFrame(
            {
                "device": numbers,
                "device_id": text,
                "asset_code": text,
                "class_code": names.gather(kind),
                "major": "大",
                "middle": "中",
                "minor": names.gather(kind),
                "discipline": "mechanical",
                "standard_life_years": 20,
                "target_life_years": 25,
                "maker": "架空",
                "model_no": "A-1",
                "installed_from": days_of(born),
                "installed_to": days_of(born),
                "installed_precision": "day",
                "retired_on": nothing.cast(pl.Date),
                "retired_reason": nothing.cast(pl.String),
                "acquired_cost_yen": pl.Series(generator.integers(1, 90, devices) * 1_000_000),
            }
        ),
        "positions": pl.DataFrame(
            {
                "position": numbers,
                "position_id": text,
                "position_code": text,
                "position_name": "ポンプ",
                "criticality": "B",
                "facility_code": places.gather(facility),
                "facility_name": places.gather(facility),
                "facility_type": "pump_station",
                "treatment_district": "北",
            }
        ),
        "installations": pl.DataFrame(
            {
                "spell": numbers,
                "from_day": days_of(born),
                "to_day": nothing.cast(pl.Date),
                "starts_estimated": False,
                "device": numbers,
                "position": numbers,
            }
        ),
        "cases": pl.DataFrame(
            {
                "case_id": pl.int_range(cases, eager=True).cast(pl.String),
                "case_no": pl.int_range(cases, eager=True).cast(pl.String),
                "facility_code": places.gather(facility[hit]),
                "facility_type": "pump_station",
                "treatment_district": "北",
                "occurred_on": days_of(day),
                "occurred_precision": "exact",
                "counts_as_failure": True,
                "state": "closed",
                "urgency": "B",
                "cause_group": "ageing",
                "stop_from": moment,
                "stop_to": moment
                + pl.Series(generator.integers(1, 90, cases) * 3_600_000_000).cast(
                    pl.Duration("us")
                ),
                "symptom": "S01",
                "cost_yen": pl.Series(generator.integers(0, 500_000, cases)),
                "device": pl.Series(hit.astype(np.uint32)),
                "position": pl.Series(hit.astype(np.uint32)),
            }
        ),
        "readings": pl.DataFrame(schema=ADDED_LATER["readings"]),
        "contracts": pl.DataFrame(
            schema={
                "contract_no": pl.String,
                "starts_on": pl.Date,
                "ends_on": pl.Date,
                "company_name": pl.String,
            }
        ),
        "rain": pl.DataFrame(schema=ADDED_LATER["rain"]),
        "stops": pl.DataFrame(schema=ADDED_LATER["stops"]),
    }
    return Extract(
        datetime(2026, 4, 2, 3, tzinfo=UTC), "made up", 0.0, tables, tables["cases"].height
    )


def beside_each_other(one: Snapshot, times: int, root: Path) -> Snapshot:
    """The same city many times over, each with devices and positions of its own."""
    folder = root / one.id
    folder.mkdir(parents=True)
    count = one.counts["devices"]
    shifted = ("device", "position", "spell")
    for path in one.folder.glob("*.parquet"):
        table = pl.scan_parquet(path)
        named = [name for name in shifted if name in table.collect_schema()]
        cities = [
            table.with_columns(pl.col(named) + pl.lit(number * count, pl.UInt32))
            for number in range(times if named else 1)
        ]
        pl.concat(cities).sink_parquet(folder / path.name, row_group_size=ROWS_TOGETHER)
    return replace(one, folder=folder)


def peak_mb() -> float:
    """Of this process since it was started; `getrusage` would begin with its parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if "VmHWM" in line).split()[1]) / 1024


def measured(snapshot: Snapshot, name: str, answers: "object") -> None:
    began = time.perf_counter()
    rows = len(report(snapshot, ASKED, name).rows)
    seconds = time.perf_counter() - began
    peak = peak_mb()
    answers.put((seconds, peak, rows))  # type: ignore[attr-defined]


def with_pandas(snapshot: Snapshot, _name: str, answers: "object") -> None:
    import pandas as pd  # noqa: PLC0415  # only in its own process

    began = time.perf_counter()
    cases = pd.read_parquet(snapshot.folder / "cases.parquet")
    devices = pd.read_parquet(snapshot.folder / "devices.parquet")
    spells = pd.read_parquet(snapshot.folder / "installations.parquet")
    joined = cases.merge(spells[["spell", "device", "position"]], on="position")
    joined = joined.merge(devices[["device", "minor"]], left_on="device_y", right_on="device")
    units = joined.groupby(["minor", "device_y"]).size().rename("failures").reset_index()
    rows = len(units.groupby("minor").agg({"failures": ["sum", "count"]}))
    seconds = time.perf_counter() - began
    peak = peak_mb()
    answers.put((seconds, peak, rows))  # type: ignore[attr-defined]


def alone(task: "object", snapshot: Snapshot, name: str) -> tuple[float, float, int]:
    """In a fresh process, so that the peak is this report's own."""
    context = get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=task, args=(snapshot, name, answers))  # type: ignore[arg-type]
    process.start()
    found = answers.get(timeout=600)
    process.join()
    return found


def main(cases: int = 1_000_000, devices: int = 8_000, times: int = 1) -> None:
    with TemporaryDirectory() as folder:
        snapshot = SnapshotStore(Path(folder)).add(extract(cases, devices))
        if times > 1:
            snapshot = beside_each_other(snapshot, times, Path(folder) / "many")
        print(f"{cases * times:,} cases, {devices * times:,} devices")
        baseline = None
        if times == 1:
            baseline, peak, _ = alone(with_pandas, snapshot, "pandas")
            print(f"{'pandas, sums only':18} {baseline:7.2f} s {peak:7.0f} MB")
        total = 0.0
        for name in (*FOUR, *OTHERS):
            seconds, peak, rows = alone(measured, snapshot, name)
            total += seconds if name in FOUR else 0.0
            beside = f"  {seconds / baseline:5.2f} × pandas" if baseline else ""
            print(f"{name:18} {seconds:7.2f} s {peak:7.0f} MB {rows:6} rows{beside}", flush=True)
        print(f"{'the first four':18} {total:7.2f} s")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
