"""二つの区分の比較: do the devices of one group fail more than those of another at the same age?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from service.analytics.conditions import Conditions
from service.analytics.methods.mean_cumulative import (
    Difference,
    MeanCumulative,
    difference,
    mean_cumulative,
    start_age,
)
from service.analytics.methods.rates import DeviceSums, dispersion, rate_ratio, rate_ratio_p
from service.analytics.report import Column, Fact, Finding, Report, Value, p_said
from service.analytics.reports.ages import Group, groups_by_age
from service.analytics.reports.frame import Frame
from service.analytics.reports.mean_cumulative_ages import AT_RISK_NEEDED, ages_shown, curves_of
from service.analytics.snapshot_store import Snapshot
from service.analytics.tallies import NO_HOURS, tallies, units_of
from service.core.i18n.marker import N_

NAME = "groups"
TITLE = N_("二つの区分の比較")
PER_DEVICES = 100
ALPHA = 0.05
FEW_FAILURES = 5
SIDES = 2
COLUMNS = (
    Column("label", N_("経過年数"), is_text=True),
    Column("at_risk_one", N_("1つ目：見ていた機器"), N_("台")),
    Column("mcf_one", N_("1つ目：1台あたり累積故障"), N_("件"), 2),
    Column("at_risk_other", N_("2つ目：見ていた機器"), N_("台")),
    Column("mcf_other", N_("2つ目：1台あたり累積故障"), N_("件"), 2),
    Column("difference", N_("差（1つ目－2つ目）"), N_("件"), 2),
    Column("lower", N_("差の95％下限"), N_("件"), 2),
    Column("upper", N_("差の95％上限"), N_("件"), 2),
    Column("verdict", N_("判定"), is_text=True),
)
ONE_MORE = N_("1つ目が多い")
OTHER_MORE = N_("2つ目が多い")
ALIKE = N_("差があるとはいえない")
NOTES = (
    N_("同じ経過年数どうしで比べます。両方とも5台以上を観察している年数から始めます。"),
    N_("差の範囲は、機器ごとの違いを織り込んだ頑健な分散によります（ネルソンの方法）。"),
    N_("年数ごとの判定は互いに独立ではありません。一つの年数だけの差で決めないでください。"),
    N_("区分を選ばないと、機器数の最も多い二つを比べます。設置日の不明な機器は入れません。"),
)
TOLD = N_(
    "%(one)sの故障率は%(rate_one)s、%(other)sは%(rate_other)s（件／100台・年）で、"
    "%(ratio)s倍です（95％の範囲 %(lower)s～%(upper)s、%(p)s）。%(verdict)s"
)
DIFFERENT = N_("差があるといえます。")
NOT_DIFFERENT = N_("差があるとはいえません。")
NOT_TWO = N_(
    "比べられる区分が二つありません。故障があり、設置日の分かる機器が5台以上ある区分を選んでください。"
)


@dataclass(frozen=True)
class Side:
    """One of the two groups; its curve begins at the age at which both are seen."""

    group: Group
    curve: MeanCumulative

    def at_risk(self, age: float) -> int:
        seen = self.group.histories
        return int(((seen.starts < age) & (seen.ends >= age)).sum())


def compared_groups(snapshot: Snapshot, conditions: Conditions) -> Report:
    frame = Frame(snapshot, conditions, by_age=False)
    sides = _sides(frame)
    if sides is None:
        return frame.report(NAME, TITLE, COLUMNS, (), empty=NOT_TWO, notes=NOTES)
    gap = difference(sides[0].curve, sides[1].curve)
    rows = list(_rows(*sides, gap)) if isinstance(gap, Difference) else []
    return frame.report(
        NAME,
        TITLE,
        COLUMNS,
        rows,
        empty=NOT_TWO,
        notes=NOTES,
        findings=list(_told(frame, *sides)),
        figure=curves_of([(side.group, side.curve) for side in sides]),
        facts=(
            Fact("one", N_("1つ目の区分"), sides[0].group.label),
            Fact("other", N_("2つ目の区分"), sides[1].group.label),
        ),
    )


def _sides(frame: Frame) -> tuple[Side, Side] | None:
    """Those asked for, in that order; else the two largest that can be compared."""
    wanted = frame.conditions.sides
    found = list(_comparable(frame, wanted))
    if len(found) < SIDES:
        return None
    if wanted:
        found.sort(key=lambda each: each[0].key != wanted[0])
    begin = max(age for _, age in found)
    curves = [mean_cumulative(group.histories.from_age(begin)) for group, _ in found]
    sides = [
        Side(group, curve)
        for (group, _), curve in zip(found, curves, strict=True)
        if isinstance(curve, MeanCumulative) and len(curve.ages)
    ]
    return (sides[0], sides[1]) if len(sides) == SIDES else None


def _comparable(frame: Frame, wanted: Sequence[str]) -> Iterator[tuple[Group, float]]:
    """Two groups at most, and the age from which each can be followed."""
    free = SIDES - len(wanted)
    for group in groups_by_age(frame, only=wanted if not free else None):
        is_wanted = group.key in wanted
        age = start_age(group.histories, AT_RISK_NEEDED) if is_wanted or free else None
        if group.histories.events and age is not None:
            free -= not is_wanted
            yield group, age


def _rows(one: Side, other: Side, gap: Difference) -> Iterator[dict[str, Value]]:
    begin = max(one.curve.from_age, other.curve.from_age)
    last = min(one.curve.until_age, other.curve.until_age)
    for age in ages_shown(begin, last):
        step = int(np.searchsorted(gap.ages, age, side="right")) - 1
        values = {name: _at(one, other, age)[name] for name in ("one", "other")}
        lower = float(gap.lower[step]) if step >= 0 else None
        upper = float(gap.upper[step]) if step >= 0 else None
        yield {
            "key": f"@{age}",
            "label": str(age),
            "at_risk_one": one.at_risk(age),
            "mcf_one": values["one"],
            "at_risk_other": other.at_risk(age),
            "mcf_other": values["other"],
            "difference": values["one"] - values["other"],
            "lower": lower,
            "upper": upper,
            "verdict": verdict(lower, upper),
        }


def _at(one: Side, other: Side, age: int) -> dict[str, float]:
    at = np.array([float(age)])
    return {name: float(side.curve.at(at)[0][0]) for name, side in (("one", one), ("other", other))}


def verdict(lower: float | None, upper: float | None) -> str:
    if lower is not None and lower > 0:
        return ONE_MORE
    return OTHER_MORE if upper is not None and upper < 0 else ALIKE


def _told(frame: Frame, one: Side, other: Side) -> Iterator[Finding]:
    """Of all their devices, also those of unknown age."""
    sums = {
        tally.key: tally.sums
        for tally in tallies(units_of(frame.observation, frame.conditions.by), NO_HOURS)
    }
    first, second = sums[one.group.key], sums[other.group.key]
    if first.failures + second.failures < FEW_FAILURES:
        return
    phi = max(dispersion(first) or 1.0, dispersion(second) or 1.0)
    pair = (
        (first.failures / phi, first.exposure / phi),
        (second.failures / phi, second.exposure / phi),
    )
    limits, p = rate_ratio(*pair), rate_ratio_p(*pair)
    ratio = _rate(first) / _rate(second) if second.failures else None
    yield Finding(
        TOLD,
        {
            "one": one.group.label,
            "other": other.group.label,
            "rate_one": f"{_rate(first):.1f}",
            "rate_other": f"{_rate(second):.1f}",
            "ratio": "–" if ratio is None else f"{ratio:.2f}",
            "lower": f"{limits.lower:.2f}",
            "upper": f"{limits.upper:.2f}" if np.isfinite(limits.upper) else "∞",
            "p": p_said(p),
            "verdict": DIFFERENT if p < ALPHA else NOT_DIFFERENT,
        },
    )


def _rate(sums: DeviceSums) -> float:
    return sums.failures / sums.exposure * PER_DEVICES
