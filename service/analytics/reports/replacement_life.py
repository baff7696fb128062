"""更新までの寿命: survival until replacement by group, with a Weibull life beside the set lives."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from service.analytics.conditions import Conditions
from service.analytics.figure import Curves, Series, Shape
from service.analytics.grouping import GroupBy, group_label, group_on
from service.analytics.methods.exposure import DAYS_PER_YEAR
from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.survival import SurvivalCurve, kaplan_meier
from service.analytics.methods.weibull import Weibull, weibull
from service.analytics.report import Column, Report, Value
from service.analytics.reports.frame import MOST_GROUPS, UNDATED, Frame
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.marker import N_

NAME = "life"
TITLE = N_("更新までの寿命")
AT_RISK_NEEDED = 5
STEP_YEARS = 5
COLUMNS = (
    Column("label", N_("区分"), is_text=True),
    Column("devices", N_("機器数"), N_("台")),
    Column("replaced", N_("更新・撤去"), N_("台")),
    Column("from_age", N_("観察を始めた年数"), N_("年"), 1, is_detail=True),
    Column("until_age", N_("観察した最高年数"), N_("年"), 1),
    Column("median", N_("寿命の中央値"), N_("年"), 1),
    Column("median_lower", N_("95％下限"), N_("年"), 1),
    Column("median_upper", N_("95％上限"), N_("年"), 1),
    Column("beta", N_("ワイブル形状 β"), "", 2),
    Column("eta", N_("ワイブル尺度 η"), N_("年"), 1),
    Column("b10", N_("10％が更新される年数"), N_("年"), 1),
    Column("standard", N_("標準耐用年数"), N_("年")),
    Column("target", N_("目標耐用年数"), N_("年")),
    Column("verdict", N_("判定"), is_text=True),
)
NONE_REPLACED = N_("更新がなく判断できない")
NOT_REACHED = N_("半数が更新される年数に達していない")
LONGER = N_("標準耐用年数より長く使われている")
SHORTER = N_("標準耐用年数より早く更新されている")
KNOWN = N_("中央値を推定")
NOTES = (
    N_(
        "期間内に見ていた機器だけで、更新・撤去までの年数を推定しています（遅れて観察に入る分を補正）。"
    ),
    N_("中央値が空欄のときは、半数が更新される年数をまだ見ていません。"),
    N_("ワイブル分布は更新3台以上で推定します。推定は更新の方針にも左右されます。"),
    N_("設置日の不明な機器は入れていません。"),
)


@dataclass(frozen=True)
class Group:
    key: str
    label: str
    lives: Lifetimes
    curve: SurvivalCurve
    fit: Weibull | None
    standard: int | None
    target: int | None


def replacement_life(snapshot: Snapshot, conditions: Conditions) -> Report:
    frame = Frame(snapshot, conditions, by_age=False)
    groups = life_groups(frame)
    rows = [_row(group) for group in groups]
    drawn = [group for group in groups if group.lives.ends][:MOST_GROUPS]
    return frame.report(
        NAME,
        TITLE,
        COLUMNS,
        rows,
        needs_failures=False,
        notes=NOTES,
        figure=_figure(drawn),
        too_few=UNDATED,
    )


def _devices(frame: Frame) -> pl.DataFrame:
    """One row per device: ages at which it was first and last seen in the window, and its end."""
    seen = frame.observation
    start = max(seen.window_start, seen.records_start)
    lives = ("standard_life_years", "target_life_years")
    return (
        seen.spells.lazy()
        .filter(pl.col("born_day").is_not_null())
        .with_columns(
            group=group_on(frame.conditions.by, pl.lit(0)).fill_null(""),
            retired_day=pl.col("retired_on").cast(pl.Int32),
        )
        .group_by("device")
        .agg(pl.col("group", "born_day", "retired_day", *lives).last())
        .with_columns(
            entry=pl.max_horizontal(pl.lit(start), "born_day"),
            exit=pl.min_horizontal(pl.lit(seen.window_end), "retired_day"),
        )
        .with_columns(
            ended=(pl.col("retired_day") <= seen.window_end).fill_null(value=False),
            entry_age=(pl.col("entry") - pl.col("born_day")) / DAYS_PER_YEAR,
            exit_age=(pl.col("exit") - pl.col("born_day")) / DAYS_PER_YEAR,
        )
        .filter(pl.col("exit") > pl.col("entry"))
        .sort("device")
        .collect()
    )


def life_groups(frame: Frame) -> list[Group]:
    """The largest group first."""
    found = []
    for (key,), part in _devices(frame).group_by("group"):
        lives = Lifetimes.of(
            part["exit_age"].to_numpy(),
            part["ended"].cast(pl.Float64).to_numpy(),
            part["entry_age"].to_numpy(),
        )
        curve = kaplan_meier(lives, min_at_risk=min(AT_RISK_NEEDED, max(1, lives.rows)))
        if not isinstance(curve, SurvivalCurve):
            continue
        fit = weibull(lives)
        is_class = frame.conditions.by is GroupBy.MINOR
        found.append(
            Group(
                str(key),
                group_label(frame.conditions.by, str(key), frame.facility_names),
                lives,
                curve,
                fit if isinstance(fit, Weibull) else None,
                _one(part, "standard_life_years") if is_class else None,
                _one(part, "target_life_years") if is_class else None,
            )
        )
    return sorted(found, key=lambda group: (-group.lives.rows, group.key))


def _one(part: pl.DataFrame, column: str) -> int | None:
    values = part[column].drop_nulls().unique().to_list()
    return int(values[0]) if len(values) == 1 else None


def _row(group: Group) -> dict[str, Value]:
    curve, fit = group.curve, group.fit
    median = curve.quantile()
    lower, upper = curve.quantile_limits() if median is not None else (None, None)
    return {
        "key": group.key,
        "label": group.label,
        "devices": group.lives.rows,
        "replaced": group.lives.ends,
        "from_age": float(curve.from_age),
        "until_age": float(curve.until_age),
        "median": median,
        "median_lower": lower,
        "median_upper": upper,
        "beta": fit.beta if fit else None,
        "eta": fit.eta if fit else None,
        "b10": fit.b_life(0.1) if fit else None,
        "standard": group.standard,
        "target": group.target,
        "verdict": verdict(group.lives.ends, lower, median, upper, group.standard),
    }


def verdict(
    ends: int,
    lower: float | None,
    median: float | None,
    upper: float | None,
    standard: int | None,
) -> str:
    """In words; only limits that leave the set life on one side decide."""
    if not ends:
        return NONE_REPLACED
    if median is None:
        return NOT_REACHED
    if standard is not None and lower is not None and lower > standard:
        return LONGER
    if standard is not None and upper is not None and upper < standard:
        return SHORTER
    return KNOWN


def _figure(groups: list[Group]) -> Curves | None:
    if not groups:
        return None
    series = []
    for group in groups:
        curve = group.curve
        points = [(float(curve.from_age), 1.0)]
        points += [(float(a), float(s)) for a, s in zip(curve.ages, curve.survival, strict=True)]
        points.append((float(curve.until_age), points[-1][1]))
        lower, upper = curve.limits()
        band = [
            (float(a), float(low), float(high))
            for a, low, high in zip(curve.ages, lower, upper, strict=True)
        ]
        series.append(Series(group.label, points, Shape.STEP, band if len(groups) == 1 else ()))
    marks = []
    if len(groups) == 1 and groups[0].standard:
        marks.append((float(groups[0].standard), N_("標準耐用年数")))
    oldest = int(
        np.ceil(max([*(group.curve.until_age for group in groups), *(x for x, _ in marks)]))
    )
    ticks = [(float(age), str(age)) for age in range(0, oldest + 1, STEP_YEARS)]
    return Curves(N_("使われている割合"), N_("経過年数"), series, ticks, marks=marks, top=0.95)
