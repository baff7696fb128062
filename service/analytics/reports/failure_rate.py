"""故障率: failures per 100 device-years by group, with limits and a plain verdict."""

from service.analytics.conditions import Conditions
from service.analytics.grouping import GroupBy, group_label, group_parent
from service.analytics.methods.rates import DeviceSums, Limits, group_rate, ratio_to_all
from service.analytics.observation import Observation, observe
from service.analytics.quality import quality_of
from service.analytics.report import Column, Report, Value, rounded
from service.analytics.reports.frame import UNDATED, empty_because
from service.analytics.snapshot_store import Snapshot
from service.analytics.stated_conditions import stated
from service.analytics.tallies import Tally, downtime_of, tallies, tally_of_all, units_of
from service.core.i18n.marker import N_

NAME = "failure-rate"
TITLE = N_("故障率")
PER_DEVICES = 100
FEW_FAILURES = 3
RATIO_DIGITS = 2

COLUMNS = (
    Column("label", N_("区分"), is_text=True),
    Column("parent", N_("上位の区分"), is_text=True, is_detail=True),
    Column("devices", N_("機器数"), N_("台")),
    Column("device_years", N_("延べ年数"), N_("台・年"), 1),
    Column("failures", N_("故障"), N_("件")),
    Column("devices_failed", N_("故障した機器"), N_("台"), is_detail=True),
    Column("rate", N_("故障率"), N_("件／100台・年"), 2),
    Column("lower", N_("95％下限"), N_("件／100台・年"), 2),
    Column("upper", N_("95％上限"), N_("件／100台・年"), 2),
    Column("dispersion", N_("ばらつき φ"), "", 2),
    Column("ratio", N_("全体との比"), N_("倍"), RATIO_DIGITS),
    Column("ratio_lower", N_("比の95％下限"), N_("倍"), RATIO_DIGITS, is_detail=True),
    Column("ratio_upper", N_("比の95％上限"), N_("倍"), RATIO_DIGITS, is_detail=True),
    Column("downtime_h", N_("停止時間"), "h", 1),
    Column("open", N_("処置未完了"), N_("件")),
    Column("verdict", N_("判定"), is_text=True),
)
ALL = N_("全体")
HIGHER = N_("全体より高い")
LOWER = N_("全体より低い")
ALIKE = N_("差があるとはいえない")
TOO_FEW = N_("件数が少なく判断できない")
NOTES = (
    N_(
        "故障率は、計上した故障の件数を、機器が使われ故障が記録されていた延べ年数で割ったものです。"
    ),
    N_("95％の範囲は、機器ごとの故障しやすさのばらつき φ を織り込んでいます。"),
    N_("φ が空欄の区分は機器または故障が5未満のため、機器に差がないとみなしています。"),
    N_("故障0件の区分の上限は、両側95％の上限（3.689÷延べ年数）です。"),
    N_("差がなくても、20区分に1区分ほどは偶然に「高い」「低い」と出ます。"),
)


def failure_rate(snapshot: Snapshot, conditions: Conditions) -> Report:
    """The whole report; it can be repeated from the same snapshot and conditions."""
    observation = observe(snapshot, conditions)
    by = conditions.by
    units = units_of(observation, by)
    downs = downtime_of(observation, by, snapshot.taken_at)
    everything = tally_of_all(units, downs)
    names = _facility_names(observation)
    rows = tuple(_row(tally, everything, by, names) for tally in tallies(units, downs))
    report = Report(
        name=NAME,
        title=TITLE,
        snapshot=snapshot,
        conditions=stated(conditions, observation, snapshot),
        columns=COLUMNS,
        rows=rows,
        total=_total(everything) if rows else None,
        quality=quality_of(observation, snapshot, is_by_age=by is GroupBy.AGE),
        notes=NOTES,
        empty=None if rows else empty_because(observation) or UNDATED,
    )
    return report.ordered(conditions.sort)


def _facility_names(observation: Observation) -> dict[str, str]:
    pairs = observation.spells.select("facility_code", "facility_name").unique()
    return dict(pairs.iter_rows())


def _measures(tally: Tally) -> dict[str, Value]:
    estimate = group_rate(tally.sums)
    limits = estimate.limits.scaled(PER_DEVICES) if estimate else None
    return {
        "devices": tally.sums.devices,
        "device_years": tally.sums.exposure,
        "failures": int(tally.sums.failures),
        "devices_failed": tally.devices_failed,
        "downtime_h": tally.down_h,
        "open": tally.open_cases,
        "rate": estimate.rate * PER_DEVICES if estimate else None,
        "lower": limits.lower if limits else None,
        "upper": limits.upper if limits else None,
        "dispersion": estimate.dispersion if estimate else None,
    }


def _row(
    tally: Tally, everything: Tally, by: GroupBy, facility_names: dict[str, str]
) -> dict[str, Value]:
    ratio, limits = ratio_to_all(tally.sums, everything.sums) or (None, None)
    values = _measures(tally) | {
        "key": tally.key,
        "key_order": float(tally.key) if by is GroupBy.AGE else tally.key,
        "label": group_label(by, tally.key, facility_names),
        "parent": group_parent(by, tally.key),
        "ratio": ratio,
        "ratio_lower": limits.lower if limits else None,
        "ratio_upper": limits.upper if limits else None,
        "verdict": verdict(tally.sums, limits),
    }
    return rounded(COLUMNS, values)


def verdict(group: DeviceSums, ratio: Limits | None) -> str:
    """In words, from the limits of the ratio as they are shown; few failures never make it bad."""
    if ratio is None:
        return TOO_FEW
    lower, upper = round(ratio.lower, RATIO_DIGITS), round(ratio.upper, RATIO_DIGITS)
    if upper < 1:
        return LOWER
    if group.failures < FEW_FAILURES:
        return TOO_FEW
    return HIGHER if lower > 1 else ALIKE


def _total(everything: Tally) -> dict[str, Value]:
    nothing = dict.fromkeys(("parent", "ratio", "ratio_lower", "ratio_upper", "verdict"))
    return rounded(COLUMNS, _measures(everything) | {"key": "", "label": ALL, **nothing})
