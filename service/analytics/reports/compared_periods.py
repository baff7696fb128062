"""期間の比較: did the failure rate of each group change from one period to another?"""

from dataclasses import dataclass, replace
from datetime import date

from service.analytics.conditions import Conditions
from service.analytics.figure import Bar, Rows
from service.analytics.grouping import group_label
from service.analytics.methods.rates import DeviceSums, dispersion, rate_ratio, rate_ratio_p
from service.analytics.methods.trend_tests import benjamini_hochberg
from service.analytics.periods import Period
from service.analytics.report import Column, Fact, Report, Value
from service.analytics.reports.frame import ALL, UNDATED, Frame
from service.analytics.snapshot_store import Snapshot
from service.analytics.tallies import downtime_of, tallies, tally_of_all, units_of
from service.core.i18n.marker import N_

NAME = "compare"
TITLE = N_("期間の比較")
PER_DEVICES = 100
ALPHA = 0.05
FEW_FAILURES = 5
COLUMNS = (
    Column("label", N_("区分"), is_text=True),
    Column("failures_then", N_("前の期間の故障"), N_("件")),
    Column("years_then", N_("前の期間の延べ年数"), N_("台・年"), 1, is_detail=True),
    Column("rate_then", N_("前の期間の故障率"), N_("件／100台・年"), 2),
    Column("failures", N_("この期間の故障"), N_("件")),
    Column("years", N_("この期間の延べ年数"), N_("台・年"), 1, is_detail=True),
    Column("rate", N_("この期間の故障率"), N_("件／100台・年"), 2),
    Column("ratio", N_("比"), N_("倍"), 2),
    Column("lower", N_("比の95％下限"), N_("倍"), 2),
    Column("upper", N_("比の95％上限"), N_("倍"), 2),
    Column("p", "p", "", 3, is_detail=True),
    Column("q", N_("q（誤検出率）"), "", 3),
    Column("verdict", N_("判定"), is_text=True),
)
MORE = N_("故障率が上がった")
FEWER = N_("故障率が下がった")
ALIKE = N_("変わったとはいえない")
TOO_FEW = N_("件数が少なく判断できない")
NOTES = (
    N_("前の期間を指定しないと、同じ長さの直前の期間と比べます。記録の始まりより前は含めません。"),
    N_("比の範囲は、機器ごとの故障しやすさのばらつきを織り込んだ正確な範囲（2項分布）です。"),
    N_("多くの区分を同時に調べるため、qが0.05以下のものだけを上がった・下がったとします。"),
    N_("両方の期間を合わせて5件に満たない区分は判断しません。"),
)
NOTHING_BEFORE = N_("比べる期間に故障の記録がありません。前の期間を指定してください。")


@dataclass(frozen=True)
class Side:
    """One of the two periods: sums by group, and of everything."""

    frame: Frame
    groups: dict[str, DeviceSums]
    everything: DeviceSums


def compared_periods(snapshot: Snapshot, conditions: Conditions) -> Report:
    against = conditions.against or _before(conditions.period)
    now = _side(Frame(snapshot, conditions))
    then = _side(Frame(snapshot, replace(conditions, period=against)))
    rows = []
    if now.groups and then.groups:
        keys = sorted(now.groups.keys() & then.groups.keys())
        rows = [_row(_label(now, key), key, now.groups[key], then.groups[key]) for key in keys]
        _judge(rows)
        rows.sort(key=lambda row: (-_distance(row), str(row["key"])))
        whole = _row(ALL, "@all", now.everything, then.everything)
        _judge([whole])
        rows.insert(0, whole)
    facts = (
        Fact("against_from", N_("前の期間の初日"), against.starts_on),
        Fact("against_to", N_("前の期間の末日"), against.last_day),
    )
    empty = NOTHING_BEFORE if now.groups else None
    figure = _figure(rows)
    return now.frame.report(
        NAME,
        TITLE,
        COLUMNS,
        rows,
        empty=empty,
        notes=NOTES,
        figure=figure,
        facts=facts,
        needs_failures=False,
        too_few=UNDATED,
    )


def _before(period: Period) -> Period:
    """As long, and directly before."""
    months = (period.ends_on.year - period.starts_on.year) * 12
    months += period.ends_on.month - period.starts_on.month
    at = max(12, period.starts_on.year * 12 + period.starts_on.month - 1 - months)
    return Period(date(at // 12, at % 12 + 1, 1), period.starts_on)


def _side(frame: Frame) -> Side:
    seen, by = frame.observation, frame.conditions.by
    units = units_of(seen, by)
    downs = downtime_of(seen, by, frame.snapshot.taken_at)
    everything = tally_of_all(units, downs).sums if not units.is_empty() else _NOTHING
    return Side(frame, {one.key: one.sums for one in tallies(units, downs)}, everything)


_NOTHING = DeviceSums(0, 0.0, 0.0, 0.0, 0.0, 0.0)


def _label(side: Side, key: str) -> str:
    return group_label(side.frame.conditions.by, key, side.frame.facility_names)


def _row(label: str, key: str, now: DeviceSums, then: DeviceSums) -> dict[str, Value]:
    phi = max(dispersion(now) or 1.0, dispersion(then) or 1.0)
    pair = ((now.failures / phi, now.exposure / phi), (then.failures / phi, then.exposure / phi))
    has_enough = now.failures + then.failures >= FEW_FAILURES
    limits = rate_ratio(*pair) if has_enough else None
    rate, rate_then = now.failures / now.exposure, then.failures / then.exposure
    return {
        "key": key,
        "label": label,
        "failures_then": int(then.failures),
        "years_then": then.exposure,
        "rate_then": rate_then * PER_DEVICES,
        "failures": int(now.failures),
        "years": now.exposure,
        "rate": rate * PER_DEVICES,
        "ratio": rate / rate_then if rate_then else None,
        "lower": limits.lower if limits else None,
        "upper": limits.upper if limits and limits.upper < float("inf") else None,
        "p": rate_ratio_p(*pair) if has_enough else None,
        "q": None,
        "verdict": TOO_FEW,
    }


def _judge(rows: list[dict[str, Value]]) -> None:
    known = [row for row in rows if isinstance(row["p"], float)]
    for row, q in zip(known, benjamini_hochberg([float(str(r["p"])) for r in known]), strict=True):
        row["q"] = q
        rose = float(str(row["rate"])) > float(str(row["rate_then"]))
        row["verdict"] = ALIKE if q > ALPHA else MORE if rose else FEWER


def _distance(row: dict[str, Value]) -> float:
    """Judged changes first, the surest first."""
    return -float(str(row["q"])) if isinstance(row["q"], float) else -2.0


def _figure(rows: list[dict[str, Value]]) -> Rows | None:
    known = [row for row in rows if isinstance(row["upper"], float) and row["ratio"] is not None]
    if not known:
        return None
    bars = [
        Bar(
            str(row["label"]),
            float(str(row["ratio"])),
            f"{float(str(row['ratio'])):.2f}",
            float(str(row["lower"])),
            float(str(row["upper"])),
            is_filled=row["verdict"] in {MORE, FEWER},
            key=str(row["key"]),
        )
        for row in known
    ]
    return Rows(N_("前の期間との比（倍）と95％の範囲。破線は1（変わらない）"), bars, 1.0)
