"""運転時間あたりの故障率: failures per 1,000 hours run, of devices whose meters are read."""

from dataclasses import dataclass

import polars as pl

from service.analytics.conditions import Conditions
from service.analytics.figure import Bar, Rows
from service.analytics.grouping import group_label, group_on
from service.analytics.meter_readings import Meter, failures_by_spell, meter_spans
from service.analytics.methods.exposure import DAYS_PER_YEAR
from service.analytics.methods.rates import DeviceSums, device_sums, group_rate, ratio_to_all
from service.analytics.report import Column, Fact, Finding, Report, Value
from service.analytics.reports.failure_rate import HIGHER, LOWER, verdict
from service.analytics.reports.frame import ALL, Frame
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.marker import N_

NAME = "run-hours"
TITLE = N_("運転時間あたりの故障率")
PER_HOURS = PER_STARTS = 1000
PER_DEVICES = 100
COLUMNS = (
    Column("label", N_("区分"), is_text=True),
    Column("devices", N_("計器のある機器"), N_("台")),
    Column("hours", N_("運転時間"), "h", 0),
    Column("hours_per_year", N_("1台1年あたりの運転時間"), N_("h／台・年"), 0),
    Column("failures", N_("故障"), N_("件")),
    Column("rate", N_("故障率"), N_("件／1,000時間"), 3),
    Column("lower", N_("95％下限"), N_("件／1,000時間"), 3),
    Column("upper", N_("95％上限"), N_("件／1,000時間"), 3),
    Column("dispersion", N_("ばらつき φ"), "", 2, is_detail=True),
    Column("ratio", N_("全体との比"), N_("倍"), 2),
    Column("calendar_rate", N_("暦の上の故障率"), N_("件／100台・年"), 2),
    Column("calendar_ratio", N_("暦の上の全体との比"), N_("倍"), 2, is_detail=True),
    Column("starts", N_("始動回数"), N_("回"), is_detail=True),
    Column("start_rate", N_("始動あたりの故障率"), N_("件／1,000回"), 3, is_detail=True),
    Column("verdict", N_("判定"), is_text=True),
)
NOTES = (
    N_(
        "運転時間は、点検で読んだ積算計（運転時間）の前後の差です。故障もその間のものだけを数えます。"
    ),
    N_("期間の端にかかる差は、日数で按分しています。"),
    N_("値が減った、または1日24時間を超えて増えた間は、計器の交換か誤読とみて除いています。"),
    N_("雨水ポンプのように普段止まっている機器は、暦の上の故障率では使われ方を比べられません。"),
)
NO_READING = N_(
    "2回以上読まれた運転時間がありません。点検の項目「運転時間」に積算計の値を入れると集計します。"
)
COVERED = N_(
    "運転時間の分かる機器は%(devices)s台（対象の%(share)s％）です。ほかの機器は暦の上の故障率を見てください。"
)


@dataclass(frozen=True)
class Used:
    """A group, or everything: sums by hours run and, over the same days, by years."""

    hours: DeviceSums
    days: int
    starts: float
    start_failures: int

    @property
    def years(self) -> float:
        return self.days / DAYS_PER_YEAR

    @property
    def calendar_rate(self) -> float:
        return self.hours.failures / self.years * PER_DEVICES


def operating_rates(snapshot: Snapshot, conditions: Conditions) -> Report:
    frame = Frame(snapshot, conditions, by_age=False)
    hours = meter_spans(snapshot, frame.observation, Meter.HOURS)
    units = _units(frame, hours).join(_starts(frame), on="spell", how="left")
    units = units.with_columns(pl.col("starts", "start_failures").fill_null(0))
    everything = _used(units)
    groups = {str(key): _used(part) for (key,), part in units.group_by("group")}
    rows = [_row(frame, key, groups[key], everything) for key in sorted(groups)]
    rows.sort(key=lambda row: -float(str(row["rate"])))
    total = _measures(everything) | {"key": "", "label": ALL} if rows else None
    return frame.report(
        NAME,
        TITLE,
        COLUMNS,
        rows,
        notes=NOTES,
        empty=NO_READING,
        total=total,
        facts=(Fact("resets", N_("除いた計器の差"), int(hours["is_reset"].sum()), N_("件")),),
        findings=_told(frame, everything),
        figure=_figure(rows),
    )


def _units(frame: Frame, hours: pl.DataFrame) -> pl.DataFrame:
    """One row per spell that ran: ``group``, ``hours``, ``days`` and ``failures`` inside them."""
    seen = frame.observation
    kept = hours.filter(~pl.col("is_reset"))
    ran = kept.group_by(spell="device").agg(
        hours=pl.col("amount").sum(), days=(pl.col("to_day") - pl.col("from_day")).sum()
    )
    group = group_on(frame.conditions.by, pl.lit(0)).fill_null("")
    return (
        seen.spells.select("spell", "device", group=group)
        .join(ran.filter(pl.col("hours") > 0), on="spell")
        .join(failures_by_spell(seen, kept), on="spell", how="left")
        .with_columns(pl.col("failures").fill_null(0))
        .sort("group", "device", "spell")
    )


def _starts(frame: Frame) -> pl.DataFrame:
    """``starts`` of each ``spell`` and the ``start_failures`` while they were counted."""
    spans = meter_spans(frame.snapshot, frame.observation, Meter.STARTS)
    kept = spans.filter(~pl.col("is_reset"))
    failures = failures_by_spell(frame.observation, kept).rename({"failures": "start_failures"})
    counts = kept.group_by(spell="device").agg(starts=pl.col("amount").sum())
    return counts.join(failures, on="spell", how="left")


def _used(units: pl.DataFrame) -> Used:
    per_device = units.group_by("device", maintain_order=True).agg(
        pl.col("hours", "failures").sum()
    )
    thousands = pl.col("hours") / PER_HOURS
    sums = device_sums(pl.col("failures").cast(pl.Float64), thousands)
    hours = DeviceSums(**per_device.select(**sums).row(0, named=True))
    return Used(
        hours,
        int(units["days"].sum()),
        float(units["starts"].sum()),
        int(units["start_failures"].sum()),
    )


def _measures(used: Used) -> dict[str, Value]:
    estimate = group_rate(used.hours)
    return {
        "devices": used.hours.devices,
        "hours": used.hours.exposure * PER_HOURS,
        "hours_per_year": used.hours.exposure * PER_HOURS / used.years,
        "failures": int(used.hours.failures),
        "rate": estimate.rate if estimate else None,
        "lower": estimate.limits.lower if estimate else None,
        "upper": estimate.limits.upper if estimate else None,
        "dispersion": estimate.dispersion if estimate else None,
        "calendar_rate": used.calendar_rate,
        "starts": round(used.starts) if used.starts else None,
        "start_rate": used.start_failures / used.starts * PER_STARTS if used.starts else None,
        "ratio": None,
        "calendar_ratio": None,
        "verdict": None,
    }


def _row(frame: Frame, key: str, used: Used, everything: Used) -> dict[str, Value]:
    ratio, limits = ratio_to_all(used.hours, everything.hours) or (None, None)
    overall = everything.calendar_rate
    return _measures(used) | {
        "key": key,
        "label": group_label(frame.conditions.by, key, frame.facility_names),
        "ratio": ratio,
        "calendar_ratio": used.calendar_rate / overall if overall else None,
        "verdict": verdict(used.hours, limits),
    }


def _told(frame: Frame, everything: Used) -> list[Finding]:
    devices = frame.observation.observed["device"].n_unique()
    if not devices:
        return []
    share = f"{100 * everything.hours.devices / devices:.0f}"
    return [Finding(COVERED, {"devices": f"{everything.hours.devices:,}", "share": share})]


def _figure(rows: list[dict[str, Value]]) -> Rows | None:
    if not rows:
        return None
    bars = [
        Bar(
            str(row["label"]),
            float(str(row["rate"])),
            f"{float(str(row['rate'])):.2f}",
            float(str(row["lower"])),
            float(str(row["upper"])),
            is_filled=row["verdict"] in {HIGHER, LOWER},
            key=str(row["key"]),
        )
        for row in rows
    ]
    return Rows(N_("故障（件／1,000時間）と95％の範囲"), bars)
