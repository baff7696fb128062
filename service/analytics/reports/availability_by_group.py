"""稼働率: MTBF, time to restore and availability by group, from recorded stops."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from service.analytics.conditions import Conditions
from service.analytics.figure import Bar, Rows
from service.analytics.grouping import group_label, group_parent
from service.analytics.methods.availability import HOURS_PER_YEAR, Availability
from service.analytics.methods.distributions import Floats, Ints
from service.analytics.report import Column, Report, Value
from service.analytics.reports.frame import UNDATED, Frame
from service.analytics.snapshot_store import Snapshot
from service.analytics.tallies import Tally, downtime_of, grouped, tallies, units_of
from service.core.i18n.marker import N_

NAME = "availability"
TITLE = N_("稼働率と復旧時間")
SECONDS_PER_HOUR = 3600
COLUMNS = (
    Column("label", N_("区分"), is_text=True),
    Column("parent", N_("上位の区分"), is_text=True, is_detail=True),
    Column("devices", N_("機器数"), N_("台")),
    Column("required_h", N_("要求時間"), "h", 0),
    Column("down_h", N_("停止時間"), "h", 1),
    Column("availability", N_("稼働率"), "%", 3),
    Column("failures", N_("故障"), N_("件")),
    Column("mtbf_h", "MTBF", "h", 0),
    Column("mtbf_lower_h", N_("95％下限"), "h", 0),
    Column("mtbf_upper_h", N_("95％上限"), "h", 0),
    Column("restored", N_("復旧の記録"), N_("件")),
    Column("mttr_h", N_("平均復旧時間"), "h", 1),
    Column("median_h", N_("復旧時間の中央値"), "h", 1),
    Column("p90_h", N_("復旧時間の90％"), "h", 1),
    Column("open", N_("処置未完了"), N_("件")),
)
NOTES = (
    N_("要求時間は設置されていた時間の合計です。予備機の待機もふくみます。"),
    N_("停止時間は停止と復旧の時刻が記録された故障だけの合計で、実際より短いことがあります。"),
    N_("MTBFは（要求時間－停止時間）÷故障件数です。故障0件のときは下限だけを示します。"),
    N_("復旧時間は数件の長いものに引かれるため、平均と中央値をあわせて見てください。"),
)


def availability_by_group(snapshot: Snapshot, conditions: Conditions) -> Report:
    frame = Frame(snapshot, conditions)
    by = frame.conditions.by
    units = units_of(frame.observation, by)
    downs = downtime_of(frame.observation, by, snapshot.taken_at)
    repairs = _repairs(frame)
    rows = [_row(frame, tally, repairs.get(tally.key)) for tally in tallies(units, downs)]
    rows.sort(key=lambda row: (row["availability"] is None, row["availability"]))
    return frame.report(
        NAME,
        TITLE,
        COLUMNS,
        rows,
        needs_failures=False,
        notes=NOTES,
        figure=_figure(rows),
        too_few=UNDATED,
    )


@dataclass(frozen=True)
class Repairs:
    """Hours from stop to restoration: each that occurred, rising, and how often."""

    hours: Floats
    counts: Ints

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    @property
    def mean(self) -> float:
        return float(self.hours @ self.counts) / self.total

    def quantile(self, share: float) -> float:
        """Between two repairs in a straight line, as the median of an even number is."""
        rank = share * (self.total - 1)
        until = np.cumsum(self.counts)
        below, above = (
            float(self.hours[np.searchsorted(until, whole, side="right")])
            for whole in (np.floor(rank), np.ceil(rank))
        )
        return below + (above - below) * float(rank - np.floor(rank))


def _repairs(frame: Frame) -> dict[str, Repairs]:
    """Of the failures that were counted and restored, by group."""
    by, seen = frame.conditions.by, frame.observation
    seconds = (pl.col("stop_to") - pl.col("stop_from")).dt.total_seconds()
    mended = seen.failures.filter("is_stop").with_columns(seconds=seconds)
    mended = grouped(mended.filter(pl.col("seconds") >= 0), seen, by)
    counted = mended.group_by("group", "seconds").agg(pl.len()).collect(engine="streaming")
    return {
        str(key or ""): Repairs(
            part["seconds"].to_numpy() / SECONDS_PER_HOUR, part["len"].cast(pl.Int64).to_numpy()
        )
        for (key,), part in counted.sort("seconds").group_by("group")
    }


def _row(frame: Frame, tally: Tally, repairs: Repairs | None) -> dict[str, Value]:
    required_h = tally.sums.exposure * HOURS_PER_YEAR
    found = Availability(
        required_h=required_h,
        down_h=tally.down_h,
        failures=int(tally.sums.failures),
        restorations=repairs.total if repairs else 0,
        open_downs=tally.open_cases,
        mttr_h=repairs.mean if repairs else None,
        median_ttr_h=repairs.quantile(0.5) if repairs else None,
    )
    limits = found.mtbf_limits_h() if found.up_h > 0 else None
    share = found.availability
    return {
        "key": tally.key,
        "label": group_label(frame.conditions.by, tally.key, frame.facility_names),
        "parent": group_parent(frame.conditions.by, tally.key),
        "devices": tally.sums.devices,
        "required_h": required_h,
        "down_h": tally.down_h,
        "availability": None if share is None else share * 100,
        "failures": found.failures,
        "mtbf_h": found.mtbf_operating_h,
        "mtbf_lower_h": limits.lower if limits else None,
        "mtbf_upper_h": limits.upper if limits and np.isfinite(limits.upper) else None,
        "restored": found.restorations,
        "mttr_h": found.mttr_h,
        "median_h": found.median_ttr_h,
        "p90_h": repairs.quantile(0.9) if repairs else None,
        "open": found.open_downs,
    }


def _figure(rows: list[dict[str, Value]]) -> Rows | None:
    """Longest mean time to restore first."""
    known = [row for row in rows if isinstance(row["mttr_h"], float)]
    known.sort(key=lambda row: -float(str(row["mttr_h"])))
    if not known:
        return None
    bars = [
        Bar(
            str(row["label"]),
            float(str(row["mttr_h"])),
            f"{float(str(row['mttr_h'])):,.1f} h",
            key=str(row["key"]),
        )
        for row in known
    ]
    return Rows(N_("平均復旧時間（時間）"), bars)
