"""故障の推移: failures per 100 device-years by month, with control limits, changes and season."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
import polars as pl

from service.analytics.conditions import Conditions
from service.analytics.figure import Curves, Series
from service.analytics.methods.change_points import ChangePoint, change_point
from service.analytics.methods.control_charts import EXACT_BELOW, Chart, exact_u_chart, u_chart
from service.analytics.methods.distributions import Floats, Ints
from service.analytics.methods.exposure import device_years, lexis
from service.analytics.methods.rates import garwood
from service.analytics.methods.seasons import Season, season
from service.analytics.methods.too_few import TooFew
from service.analytics.periods import EPOCH, day_number, next_month
from service.analytics.report import Column, Finding, Report, Value, p_said
from service.analytics.reports.frame import Frame
from service.analytics.reports.rainy_days import rain_told
from service.analytics.reports.turning_points import (
    CONTRACT,
    ContractStep,
    contract_steps,
    steps_told,
    storms_told,
)
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.marker import N_

NAME = "trend"
TITLE = N_("故障の推移")
PER_DEVICES = 100
ALPHA = 0.05
MONTHS = 12
COLUMNS = (
    Column("month", N_("月"), is_text=True),
    Column("device_years", N_("延べ年数"), N_("台・年"), 1),
    Column("failures", N_("故障"), N_("件")),
    Column("rate", N_("故障率"), N_("件／100台・年"), 2),
    Column("lower", N_("95％下限"), N_("件／100台・年"), 2),
    Column("upper", N_("95％上限"), N_("件／100台・年"), 2),
    Column("chart_lower", N_("管理下限"), N_("件／100台・年"), 2, is_detail=True),
    Column("chart_upper", N_("管理上限"), N_("件／100台・年"), 2),
    Column("signal", N_("判定"), is_text=True),
)
ABOVE = N_("多い")
BELOW = N_("少ない")
USUAL = N_("ふだんの範囲")
INCOMPLETE = N_("途中の月")
UNSEEN = N_("使用中の機器なし")
TOO_FEW = N_("件数が少なく判断できない")
NOTES = (
    N_("管理限界は、この期間の平均の故障率のまま偶然に動く範囲（3σ、約99.7％）です。"),
    N_("ばらつきが偶然より大きいときは、管理限界をその分広げています（Laneyのu′管理図）。"),
    N_("途中の月は判定していません。報告が遅れて届くと件数は増えます。"),
)
CHANGED = N_("%(month)sごろに故障率が%(before)sから%(after)sへ変わったとみられます（%(p)s）。")
NO_CHANGE = N_("期間の途中で故障率が変わったとはいえません（%(p)s）。")
SEASONAL = N_("季節による差があります（%(p)s）。最も多い月は%(month)s月です。")
NOT_SEASONAL = N_("季節による差があるとはいえません（%(p)s）。")


@dataclass(frozen=True)
class Months:
    """Per month of the window: first days (with the end), counts and exposure in device-years."""

    breaks: list[int]
    counts: Floats
    years: Floats
    complete: int

    @cached_property
    def labels(self) -> list[str]:
        return [f"{date.fromordinal(EPOCH.toordinal() + day):%Y-%m}" for day in self.breaks[:-1]]


def monthly_trend(snapshot: Snapshot, conditions: Conditions) -> Report:
    frame = Frame(snapshot, conditions)
    months = _months(frame)
    if not months.counts.sum():
        return frame.report(NAME, TITLE, COLUMNS, ())
    whole = slice(0, months.complete)
    chart = _chart(months.counts[whole], months.years[whole])
    rows = [_row(months, chart, number) for number in range(len(months.counts))]
    steps = contract_steps(frame)
    findings = [*_findings(months), *steps_told(steps), *storms_told(frame), *rain_told(frame)]
    figure = _figure(months, chart, rows, steps)
    return frame.report(NAME, TITLE, COLUMNS, rows, notes=NOTES, findings=findings, figure=figure)


def _months(frame: Frame) -> Months:
    seen = frame.observation
    start = max(seen.window_start, seen.records_start)
    first = date.fromordinal(EPOCH.toordinal() + start).replace(day=1)
    breaks = [day_number(first)]
    while breaks[-1] < seen.window_end:
        first = next_month(first)
        breaks.append(day_number(first))
    if len(breaks) == 1:
        return Months(breaks, np.zeros(0), np.zeros(0), 0)
    spans = lexis(seen.observed.lazy(), calendar_breaks=breaks)
    sums = spans.group_by("period_from").agg(years=device_years(pl.col("days").sum())).collect()
    years = {int(day): value for day, value in sums.iter_rows()}
    of_days = seen.of_days
    counts, _ = np.histogram(of_days["day"].to_numpy(), breaks, weights=of_days["failures"])
    complete = sum(1 for _, end in pairwise(breaks) if end <= seen.window_end)
    exposure = np.array([years.get(day, 0.0) for day in breaks[:-1]])
    return Months(breaks, counts.astype(float), exposure, complete)


def _chart(counts: Floats, years: Floats) -> Chart | TooFew:
    seen = years > 0
    if not seen.any():
        return u_chart(counts, years)
    mean = float(counts[seen].sum()) / int(seen.sum())
    if mean < EXACT_BELOW:
        return exact_u_chart(counts, years)
    return u_chart(counts, years, laney=True)


def _row(months: Months, chart: Chart | TooFew, number: int) -> dict[str, Value]:
    count, years = float(months.counts[number]), float(months.years[number])
    limits = garwood(count, years).scaled(PER_DEVICES) if years > 0 else None
    is_charted = not isinstance(chart, TooFew) and number < months.complete and years > 0
    return {
        "key": months.labels[number],
        "month": months.labels[number],
        "device_years": years,
        "failures": int(count),
        "rate": count / years * PER_DEVICES if years > 0 else None,
        "lower": limits.lower if limits else None,
        "upper": limits.upper if limits else None,
        "chart_lower": _limit(chart, number, "lower") if is_charted else None,
        "chart_upper": _limit(chart, number, "upper") if is_charted else None,
        "signal": _signal(months, chart, number),
    }


def _limit(chart: Chart | TooFew, number: int, side: str) -> float | None:
    if isinstance(chart, TooFew):
        return None
    return float(getattr(chart, side)[number]) * PER_DEVICES


def _signal(months: Months, chart: Chart | TooFew, number: int) -> str:
    if number >= months.complete:
        return INCOMPLETE
    if months.years[number] <= 0:
        return UNSEEN
    if isinstance(chart, TooFew):
        return TOO_FEW
    if number not in chart.signals:
        return USUAL
    return ABOVE if chart.values[number] > chart.centre else BELOW


def _findings(months: Months) -> list[Finding]:
    """Of the complete months with exposure."""
    seen = np.flatnonzero(months.years[: months.complete] > 0)
    counts, years = months.counts[seen], months.years[seen]
    labels = [months.labels[number] for number in seen]
    found = []
    change = change_point(counts, years)
    if isinstance(change, ChangePoint):
        found.append(_change(change, labels))
    of_year = np.array([int(label[-2:]) - 1 for label in labels], dtype=np.int64)
    if len(set(of_year)) == MONTHS and len(labels) >= 2 * MONTHS:
        cycle = season(_by_month(of_year, counts), _by_month(of_year, years))
        if isinstance(cycle, Season):
            found.append(_season(cycle))
    return found


def _by_month(of_year: Ints, values: Floats) -> Floats:
    return np.asarray(np.bincount(of_year, values, MONTHS), dtype=np.float64)


def _change(change: ChangePoint, labels: list[str]) -> Finding:
    if change.p_value >= ALPHA:
        return Finding(NO_CHANGE, {"p": p_said(change.p_value)})
    values = {
        "p": p_said(change.p_value),
        "month": labels[min(change.last + 1, len(labels) - 1)],
        "before": f"{change.rate_before * PER_DEVICES:.1f}",
        "after": f"{change.rate_after * PER_DEVICES:.1f}",
    }
    return Finding(CHANGED, values)


def _season(cycle: Season) -> Finding:
    if cycle.p_value >= ALPHA:
        return Finding(NOT_SEASONAL, {"p": p_said(cycle.p_value)})
    return Finding(
        SEASONAL, {"p": p_said(cycle.p_value), "month": str(int(cycle.index.argmax()) + 1)}
    )


def _figure(
    months: Months, chart: Chart | TooFew, rows: list[dict[str, Value]], steps: list[ContractStep]
) -> Curves:
    points = [(float(n), r["rate"]) for n, r in enumerate(rows) if isinstance(r["rate"], float)]
    band = [
        (float(n), float(str(r["chart_lower"] or 0)), float(r["chart_upper"]))
        for n, r in enumerate(rows)
        if isinstance(r["chart_upper"], float)
    ]
    keys = [str(r["key"]) for r in rows if isinstance(r["rate"], float)]
    series = [Series(N_("故障率"), points, band=band, keys=keys)]
    levels = []
    if not isinstance(chart, TooFew):
        levels.append((chart.centre * PER_DEVICES, N_("平均")))
    step = max(1, len(rows) // 8)
    ticks = [(float(n), label) for n, label in enumerate(months.labels) if n % step == 0]
    shaded = [(months.complete - 0.5, len(rows) - 0.5)] if months.complete < len(rows) else []
    marks = [
        (months.labels.index(f"{step.on:%Y-%m}") - 0.5, CONTRACT)
        for step in steps
        if f"{step.on:%Y-%m}" in months.labels
    ]
    return Curves(
        N_("件／100台・年（帯は管理限界）"),
        N_("月"),
        series,
        ticks,
        marks=marks,
        levels=levels,
        shaded=shaded,
    )
