"""要因: which few symptoms, causes, classes or makers make up most of the failures."""

from collections.abc import Mapping
from enum import StrEnum

import polars as pl

from service.analytics.conditions import Conditions
from service.analytics.figure import Bar, Rows
from service.analytics.grouping import GroupBy, group_label, group_on
from service.analytics.methods.pareto import pareto
from service.analytics.report import Column, Finding, Report, Value
from service.analytics.reports.frame import Frame
from service.analytics.snapshot_store import Snapshot
from service.analytics.tallies import grouped, placed
from service.core.i18n.marker import N_
from service.faults.domain import CAUSE_GROUP_LABELS, CauseGroup
from service.faults.symptoms import SYMPTOMS

TITLES = {
    "pareto-symptoms": N_("故障の現象（パレート）"),
    "pareto-causes": N_("故障の原因（パレート）"),
    "pareto": N_("故障の多い区分（パレート）"),
}
COLUMNS = (
    Column("label", N_("項目"), is_text=True),
    Column("failures", N_("故障"), N_("件")),
    Column("share", N_("割合"), "%", 1),
    Column("cumulative_share", N_("累積割合"), "%", 1),
    Column("downtime_h", N_("停止時間"), "h", 1),
    Column("cost_yen", N_("費用"), N_("円")),
    Column("verdict", N_("判定"), is_text=True),
)
SECONDS_PER_HOUR = 3600
VITAL = N_("上位8割をしめる")
OTHERS = N_("そのほか")
UNKNOWN = N_("記録なし")
NOTES = (
    N_("件数の多い順に並べ、累積で8割に達するまでの項目を「上位8割」としています。"),
    N_("件数は機器の数に左右されます。機器あたりの多さは故障率で確かめてください。"),
    N_("停止時間と費用は、記録のあるものだけの合計です。"),
)
VITAL_FEW = N_("上位%(count)s項目で故障の%(share)s％をしめます。")


class Item(StrEnum):
    """What the failures are sorted by; the value is the report's name."""

    SYMPTOM = "pareto-symptoms"
    CAUSE = "pareto-causes"
    GROUP = "pareto"


def pareto_of_faults(snapshot: Snapshot, conditions: Conditions, item: Item) -> Report:
    frame = Frame(snapshot, conditions)
    sums = _sums(frame, item)
    counts = {key: float(row["failures"]) for key, row in sums.items()}
    found = pareto(counts)
    rows: list[dict[str, Value]] = [
        {
            "key": one.item,
            "label": _label(frame, item, one.item),
            "failures": int(one.value),
            "share": one.share * 100,
            "cumulative_share": one.cumulative_share * 100,
            "downtime_h": sums[one.item]["stopped_s"] / SECONDS_PER_HOUR,
            "cost_yen": sums[one.item]["cost_yen"],
            "verdict": VITAL if one.vital else OTHERS,
        }
        for one in found
    ]
    vital = [one for one in found if one.vital]
    told = []
    if vital:
        share = f"{vital[-1].cumulative_share * 100:.0f}"
        told.append(Finding(VITAL_FEW, {"count": str(len(vital)), "share": share}))
    return frame.report(
        item.value,
        TITLES[item.value],
        COLUMNS,
        rows,
        notes=NOTES,
        findings=told,
        figure=_figure(rows),
    )


def _sums(frame: Frame, item: Item) -> Mapping[str, dict[str, int]]:
    by, seen = frame.conditions.by, frame.observation
    keys = {Item.SYMPTOM: pl.col("symptom"), Item.CAUSE: pl.col("cause_group")}
    if item in keys:
        table = seen.failures.group_by(key=keys[item].cast(pl.String)).agg(**_summed())
    elif by is GroupBy.AGE:
        table = grouped(seen.failures, seen, by).group_by(key="group").agg(**_summed())
    else:
        of_spells = seen.failures.group_by("spell").agg(**_summed()).collect(engine="streaming")
        placed_sums = placed(of_spells.lazy(), seen).with_columns(key=group_on(by, pl.lit(0)))
        table = placed_sums.group_by("key").agg(pl.col(*_summed()).sum())
    sums = table.with_columns(pl.col("key").fill_null("")).collect(engine="streaming")
    return {str(row.pop("key")): row for row in sums.to_dicts()}


def _summed() -> dict[str, pl.Expr]:
    """Whole numbers, whose sums do not depend on their order."""
    stopped = (pl.col("stop_to") - pl.col("stop_from")).dt.total_seconds()
    return {
        "failures": pl.len(),
        "stopped_s": stopped.clip(lower_bound=0).sum(),
        "cost_yen": pl.col("cost_yen").fill_null(0).sum(),
    }


def _label(frame: Frame, item: Item, key: str) -> str:
    if not key:
        return UNKNOWN
    if item is Item.SYMPTOM:
        return SYMPTOMS[key].label if key in SYMPTOMS else key
    if item is Item.CAUSE:
        return CAUSE_GROUP_LABELS[CauseGroup(key)]
    return group_label(frame.conditions.by, key, frame.facility_names)


def _figure(rows: list[dict[str, Value]]) -> Rows:
    bars = [
        Bar(
            str(row["label"]),
            float(str(row["failures"])),
            f"{row['cumulative_share']:.0f} %",
            is_filled=row["verdict"] == VITAL,
            key=str(row["key"]),
        )
        for row in rows
    ]
    return Rows(N_("故障（件）。右は累積割合、濃い棒は上位8割"), bars)
