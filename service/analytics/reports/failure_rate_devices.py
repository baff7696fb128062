"""The devices behind one group of the failure-rate table, and the cases behind each device."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from service.analytics.conditions import Conditions
from service.analytics.grouping import GroupBy, group_label, group_on
from service.analytics.methods.exposure import DAYS_PER_YEAR
from service.analytics.observation import Observation, observe
from service.analytics.quality import quality_of
from service.analytics.report import Column, Fact, Report, Value, rounded
from service.analytics.reports.frame import NO_DEVICE, UNDATED, empty_because
from service.analytics.snapshot_store import Snapshot
from service.analytics.stated_conditions import stated
from service.analytics.tallies import LAST_DAY, downtime_of, placed, units_of
from service.core.i18n.marker import N_
from service.faults.domain import CASE_STATE_LABELS, CaseState

NAME = "failure-rate-devices"
TITLE = N_("故障率の内訳（機器）")
COLUMNS = (
    Column("asset_code", N_("機器番号"), is_text=True),
    Column("position_name", N_("設置箇所"), is_text=True),
    Column("facility_name", N_("施設"), is_text=True),
    Column("minor", N_("小分類"), is_text=True),
    Column("device_years", N_("延べ年数"), N_("台・年"), 2),
    Column("failures", N_("故障"), N_("件")),
    Column("rate", N_("故障率"), N_("件／100台・年"), 1),
    Column("downtime_h", N_("停止時間"), "h", 1),
    Column("open", N_("処置未完了"), N_("件")),
    Column("last_failure", N_("最後の故障"), is_text=True),
)
ALL_DEVICES = N_("すべての機器")
SORT = "-failures"
PER_DEVICES = 100


@dataclass(frozen=True)
class CaseLink:
    id: str
    case_no: str
    occurred_on: date
    state: str

    @property
    def state_label(self) -> str:
        return CASE_STATE_LABELS[CaseState(self.state)]


@dataclass(frozen=True)
class DeviceList:
    """``cases`` by the ``device`` of a row: the failures counted for it in the window."""

    report: Report
    cases: Mapping[int, tuple[CaseLink, ...]]


def failure_rate_devices(snapshot: Snapshot, conditions: Conditions) -> DeviceList:
    observation = observe(snapshot, conditions)
    by, group = conditions.by, conditions.group
    named = _Named(observation, snapshot.table("cases"))
    failures = _failures(named, by, group)
    rows = _devices(observation, conditions, snapshot)
    report = Report(
        name=NAME,
        title=TITLE,
        snapshot=snapshot,
        conditions=(*stated(conditions, observation, snapshot), *_group(conditions, observation)),
        columns=COLUMNS,
        rows=tuple(_row(row) for row in rows.iter_rows(named=True)),
        total=None,
        quality=quality_of(observation, snapshot, is_by_age=by is GroupBy.AGE),
        empty=_why_empty(observation, conditions) if rows.is_empty() else None,
    )
    return DeviceList(report.ordered(conditions.sort), failures)


def _why_empty(observation: Observation, conditions: Conditions) -> str:
    is_all_undated = conditions.by is GroupBy.AGE and conditions.group is None
    return empty_because(observation) or (UNDATED if is_all_undated else NO_DEVICE)


def _group(conditions: Conditions, observation: Observation) -> tuple[Fact, ...]:
    if conditions.group is None:
        return ()
    names = dict(observation.spells.select("facility_code", "facility_name").unique().iter_rows())
    return (Fact("group", N_("区分"), group_label(conditions.by, conditions.group, names)),)


def group_label_of(report: Report) -> str:
    """The group that the report is about; all devices when none was asked for."""
    labels = (str(fact.value) for fact in report.conditions if fact.key == "group")
    return next(labels, ALL_DEVICES)


def _in_group(group: str | None) -> pl.Expr:
    return pl.lit(value=True) if group is None else pl.col("group") == group


class _Named(NamedTuple):
    """An observation, and the cases with their ids and numbers in the order of the snapshot."""

    observation: Observation
    cases: pl.LazyFrame


def _failures(named: _Named, by: GroupBy, group: str | None) -> dict[int, tuple[CaseLink, ...]]:
    names = named.cases.select("case_id", "case_no").with_row_index("case")
    rows = (
        placed(named.observation.failures, named.observation)
        .with_columns(group=group_on(by, LAST_DAY))
        .filter(_in_group(group))
        .join(names, on="case")
        .sort("day", "case_no", descending=True)
        .select("device", "case_id", "case_no", "occurred_on", "state")
        .collect()
    )
    found: dict[int, list[CaseLink]] = {}
    for device, *case in rows.iter_rows():
        found.setdefault(device, []).append(CaseLink(*case))
    return {device: tuple(cases) for device, cases in found.items()}


def _devices(observation: Observation, conditions: Conditions, snapshot: Snapshot) -> pl.DataFrame:
    """One row per device with the name of the place where it was last."""
    by, group = conditions.by, conditions.group
    units = units_of(observation, by).filter(_in_group(group))
    hours = downtime_of(observation, by, snapshot.taken_at).filter(_in_group(group))
    last_failure = (
        placed(observation.of_spells.lazy(), observation)
        .group_by("device")
        .agg(pl.col("last_failure").max())
        .collect()
    )
    names = observation.observed.sort("entry_day").group_by("device", maintain_order=True).last()
    return (
        units.group_by("device", maintain_order=True)
        .agg(pl.col("years", "failures", "open").sum())
        .join(hours.group_by("device").agg(pl.col("down_h").sum()), on="device", how="left")
        .join(last_failure, on="device", how="left")
        .join(names, on="device")
        .sort("asset_code")
    )


def _row(row: Mapping[str, Any]) -> dict[str, Value]:
    has_enough = row["years"] * DAYS_PER_YEAR >= 1
    values = {
        "key": row["asset_code"],
        "device": row["device"],
        "position_id": row["position_id"],
        "asset_code": row["asset_code"],
        "position_name": row["position_name"],
        "facility_code": row["facility_code"],
        "facility_name": row["facility_name"],
        "minor": row["minor"],
        "device_years": row["years"],
        "failures": row["failures"],
        "rate": row["failures"] / row["years"] * PER_DEVICES if has_enough else None,
        "downtime_h": row["down_h"] or 0.0,
        "open": row["open"],
        "last_failure": row["last_failure"] if row["failures"] else None,
    }
    return rounded(COLUMNS, values)
