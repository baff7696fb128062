"""経年と故障の累積: mean number of failures per device up to each age (MCF), by group."""

from collections.abc import Iterator

import numpy as np

from service.analytics.conditions import Conditions
from service.analytics.figure import Curves, Series, Shape
from service.analytics.methods.mean_cumulative import MeanCumulative, mean_cumulative
from service.analytics.report import Column, Report, Value
from service.analytics.reports.ages import Group, groups_by_age
from service.analytics.reports.frame import MOST_GROUPS, Frame
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.marker import N_

NAME = "mcf"
TITLE = N_("経年と故障の累積（MCF）")
STEP_YEARS = 5
AT_RISK_NEEDED = 5
MOST_POINTS = 400
COLUMNS = (
    Column("label", N_("区分"), is_text=True),
    Column("age", N_("経過年数"), N_("年")),
    Column("at_risk", N_("見ていた機器"), N_("台")),
    Column("failures", N_("その年数までの故障"), N_("件")),
    Column("mcf", N_("1台あたり累積故障"), N_("件"), 2),
    Column("lower", N_("95％下限"), N_("件"), 2),
    Column("upper", N_("95％上限"), N_("件"), 2),
    Column("slope", N_("直前5年間の増え方"), N_("件／台・年"), 3),
)
NOTES = (
    N_("機器1台が、その経過年数までに平均で何件故障するかを示します。傾きが急になれば劣化です。"),
    N_(
        "各年数では、そのとき観察していた機器だけで計算しています。5台に満たない若い年数は省きます。"
    ),
    N_("範囲は機器ごとの違いを織り込んだ頑健な分散によります。設置日の不明な機器は入れません。"),
    N_("機器数の多い順に4区分までを示します。ほかの区分は絞り込んで見てください。"),
)
FEW_AT_RISK = N_("設置日の分かる機器が5台以上ある区分がないため、経過年数での集計ができません。")
TOO_SHORT = N_("観察した年数が短く、1年以上の経過を見られません。期間を長くしてください。")
Known = tuple[Group, MeanCumulative]


def mean_cumulative_ages(snapshot: Snapshot, conditions: Conditions) -> Report:
    frame = Frame(snapshot, conditions, by_age=False)
    found: list[Known] = []
    for group in groups_by_age(frame):
        if len(found) == MOST_GROUPS:
            break
        curve = mean_cumulative(group.histories, min_at_risk=AT_RISK_NEEDED)
        if isinstance(curve, MeanCumulative) and len(curve.ages):
            found.append((group, curve))
    rows = [row for group, curve in found for row in _rows(group, curve)]
    return frame.report(
        NAME,
        TITLE,
        COLUMNS,
        rows,
        notes=NOTES,
        figure=curves_of(found),
        too_few=TOO_SHORT if found else FEW_AT_RISK,
    )


def ages_shown(from_age: float, until_age: float) -> list[int]:
    """Every fifth year that was seen, and the last whole year, so that short windows have one."""
    first = int(np.floor(from_age)) + 1
    every = [age for age in range(first, int(until_age) + 1) if age % STEP_YEARS == 0]
    last = int(until_age)
    return every if last < first or last in every else [*every, last]


def _rows(group: Group, curve: MeanCumulative) -> Iterator[dict[str, Value]]:
    limits = curve.limits()
    passed = {curve.from_age: 0.0}
    for age in ages_shown(curve.from_age, curve.until_age):
        step = int(np.searchsorted(curve.ages, age, side="right")) - 1
        value = float(curve.values[step]) if step >= 0 else 0.0
        seen = group.histories
        at_risk = int(((seen.starts < age) & (seen.ends >= age)).sum())
        has_limits = limits is not None and step >= 0
        before = passed.get(age - STEP_YEARS)
        passed[age] = value
        yield {
            "key": f"{group.key}@{age}",
            "label": group.label,
            "age": age,
            "at_risk": at_risk,
            "failures": int(((seen.times > curve.from_age) & (seen.times <= age)).sum()),
            "mcf": value,
            "lower": float(limits[0][step]) if has_limits and limits else None,
            "upper": float(limits[1][step]) if has_limits and limits else None,
            "slope": None if before is None else (value - before) / STEP_YEARS,
        }


def curves_of(shown: list[Known]) -> Curves | None:
    """Each curve with its band against age."""
    if not shown:
        return None
    series = []
    for group, curve in shown:
        keep = np.unique(np.linspace(0, len(curve.ages) - 1, MOST_POINTS).astype(int))
        points = [(curve.from_age, 0.0)]
        points += [(float(curve.ages[n]), float(curve.values[n])) for n in keep]
        points.append((curve.until_age, float(curve.values[-1])))
        limits = curve.limits()
        band = (
            [(float(curve.ages[n]), float(limits[0][n]), float(limits[1][n])) for n in keep]
            if limits
            else []
        )
        series.append(Series(group.label, points, Shape.STEP, band))
    oldest = max(curve.until_age for _, curve in shown)
    ticks = [(float(age), str(age)) for age in range(0, int(oldest) + 1, STEP_YEARS)]
    return Curves(N_("1台あたり累積故障（件）"), N_("経過年数"), series, ticks)
