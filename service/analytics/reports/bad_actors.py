"""要注意機器: devices that fail more than their class, chance taken out (empirical Bayes)."""

import numpy as np
import polars as pl

from service.analytics.conditions import Conditions
from service.analytics.figure import Bar, Rows
from service.analytics.grouping import GroupBy
from service.analytics.methods.shrinkage import BadActor
from service.analytics.report import Column, Report, Value
from service.analytics.reports.device_rates import class_rates
from service.analytics.reports.frame import Frame
from service.analytics.snapshot_store import Snapshot
from service.analytics.tallies import placed, units_of
from service.core.i18n.marker import N_

NAME = "bad-actors"
TITLE = N_("要注意機器")
PER_DEVICES = 100
SURE, LIKELY = 0.9, 0.5
MOST_ROWS = 300
TOGETHER_DAYS = 90
COLUMNS = (
    Column("rank", N_("順位")),
    Column("label", N_("機器番号"), is_text=True),
    Column("position_name", N_("設置箇所"), is_text=True),
    Column("facility_name", N_("施設"), is_text=True),
    Column("minor", N_("小分類"), is_text=True),
    Column("failures", N_("故障"), N_("件")),
    Column("device_years", N_("延べ年数"), N_("台・年"), 2),
    Column("episodes", N_("再発をまとめた回数"), N_("回")),
    Column("raw_rate", N_("故障率"), N_("件／100台・年"), 1),
    Column("raw_rank", N_("件数での順位")),
    Column("rate", N_("補正した故障率"), N_("件／100台・年"), 1),
    Column("lower", N_("95％下限"), N_("件／100台・年"), 1),
    Column("upper", N_("95％上限"), N_("件／100台・年"), 1),
    Column("chance", N_("分類平均の2倍を超える確率"), "%", 0),
    Column("last_failure", N_("最後の故障"), is_text=True),
    Column("cost_yen", N_("費用"), N_("円")),
    Column("verdict", N_("判定"), is_text=True),
)
WATCH = N_("要注意")
MAYBE = N_("様子を見る")
USUAL = N_("偶然の範囲")
TOO_FEW = N_(
    "同じ小分類の機器が3台に満たないため、機器どうしを比べられません。故障率の表で件数を見てください。"
)
NOTES = (
    N_("故障率は同じ小分類の機器の平均へ、観察した年数が短いほど強く寄せて補正しています。"),
    N_("順位は、分類の平均の2倍を超える確率の高い順です。故障のない機器は載せません。"),
    N_(
        "前の故障から90日以内の故障は再発とみて、まとめて1回と数え、その間は観察した年数に入れません。"
    ),
    N_("確率が90％以上を「要注意」、50％以上を「様子を見る」としています。"),
)


def bad_actors(snapshot: Snapshot, conditions: Conditions) -> Report:
    frame = Frame(snapshot, conditions)
    classes = class_rates(frame.observation, together_days=TOGETHER_DAYS)
    judged = [row for one in classes for row in one.actors]
    judged.sort(key=lambda row: (-row[1].chance_above_twice, -row[1].rate, row[0]))
    names = _names(frame)
    ranks = _raw_ranks(names)
    rows = [
        _row(number, names[device], actor) | {"raw_rank": ranks[device]}
        for number, (device, actor) in enumerate(judged, start=1)
        if actor.raw_rate > 0
    ][:MOST_ROWS]
    return frame.report(
        NAME, TITLE, COLUMNS, rows, notes=NOTES, figure=_figure(rows), too_few=TOO_FEW
    )


def _names(frame: Frame) -> dict[int, dict[str, Value]]:
    seen = frame.observation
    last = (
        placed(seen.of_spells.lazy(), seen)
        .group_by("device")
        .agg(pl.col("last_failure").max(), pl.col("failures", "cost_yen").sum())
        .collect()
    )
    years = units_of(seen, GroupBy.MINOR).group_by("device").agg(pl.col("years").sum())
    table = (
        seen.observed.sort("entry_day")
        .group_by("device", maintain_order=True)
        .last()
        .join(last, on="device", how="left")
        .join(years, on="device", how="left")
    )
    return {row["device"]: row for row in table.iter_rows(named=True)}


def _raw_rate(name: dict[str, Value]) -> float:
    return float(str(name["failures"] or 0)) / float(str(name["years"]))


def _raw_ranks(names: dict[int, dict[str, Value]]) -> dict[int, int]:
    """Place of each device in its class by failures per year as they were counted."""
    seen: dict[Value, int] = {}
    ranks: dict[int, int] = {}
    for device, name in sorted(names.items(), key=lambda one: (-_raw_rate(one[1]), one[0])):
        seen[name["minor"]] = ranks[device] = seen.get(name["minor"], 0) + 1
    return ranks


def _row(rank: int, name: dict[str, Value], actor: BadActor) -> dict[str, Value]:
    return {
        "key": str(name["asset_code"]),
        "rank": rank,
        "label": name["asset_code"],
        "position_id": name["position_id"],
        "position_name": name["position_name"],
        "facility_name": name["facility_name"],
        "minor": name["minor"],
        "failures": name["failures"],
        "device_years": name["years"],
        "episodes": actor.failures,
        "raw_rate": _raw_rate(name) * PER_DEVICES,
        "rate": actor.rate * PER_DEVICES,
        "lower": actor.limits.lower * PER_DEVICES if actor.limits else None,
        "upper": actor.limits.upper * PER_DEVICES if actor.limits else None,
        "chance": actor.chance_above_twice * 100,
        "last_failure": str(name["last_failure"]),
        "cost_yen": name["cost_yen"],
        "verdict": verdict(actor.chance_above_twice),
    }


def verdict(chance: float) -> str:
    if chance >= SURE:
        return WATCH
    return MAYBE if chance >= LIKELY else USUAL


def _figure(rows: list[dict[str, Value]]) -> Rows | None:
    known = [row for row in rows if isinstance(row["lower"], float)]
    if not known:
        return None
    bars = [
        Bar(
            f"{row['label']} {row['position_name']}",
            float(str(row["rate"])),
            f"{float(str(row['chance'])):.0f} %",
            float(str(row["lower"])),
            float(str(row["upper"])),
            is_filled=row["verdict"] == WATCH,
            key=str(row["key"]),
        )
        for row in known
    ]
    level = float(np.median([bar.value for bar in bars]))
    return Rows(N_("補正した故障率（件／100台・年）と95％の範囲。右は2倍を超える確率"), bars, level)
