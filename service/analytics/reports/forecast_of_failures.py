"""故障と費用の予測: the next fiscal year, and how forecasts of past years would have come out."""

from datetime import date

import numpy as np
import polars as pl

from service.analytics.conditions import Conditions
from service.analytics.figure import Curves, Series, Shape
from service.analytics.grouping import group_label
from service.analytics.methods.distributions import Floats
from service.analytics.methods.forecast import budget_of, draw_costs, draw_counts
from service.analytics.report import Column, Finding, FiscalYear, Report, Value
from service.analytics.reports.frame import ALL, NONE_IN_SERVICE, Frame
from service.analytics.reports.outlooks import NARROW, WIDE, Outlook, outlooks
from service.analytics.reports.replacements_due import replacements_due
from service.analytics.reports.yearly_tallies import YearlyTallies
from service.analytics.snapshot_store import Snapshot
from service.analytics.tallies import grouped
from service.core.i18n.dates import fiscal_year
from service.core.i18n.marker import N_

NAME = "forecast"
TITLE = N_("故障と費用の予測")
COLUMNS = (
    Column("label", N_("区分"), is_text=True),
    Column("in_service", N_("使用中の機器"), N_("台")),
    Column("failures", N_("期間内の故障"), N_("件")),
    Column("device_years", N_("延べ年数"), N_("台・年"), 1, is_detail=True),
    Column("expected", N_("予測"), N_("件"), 1),
    Column("lower_80", N_("80％予測下限"), N_("件")),
    Column("upper_80", N_("80％予測上限"), N_("件")),
    Column("lower_95", N_("95％予測下限"), N_("件")),
    Column("upper_95", N_("95％予測上限"), N_("件")),
    Column("cost_yen", N_("費用の中央値"), N_("円")),
    Column("cost_lower", N_("費用の80％下限"), N_("円")),
    Column("cost_upper", N_("費用の80％上限"), N_("円")),
    Column("replacements", N_("更新の見込み"), N_("台"), 1),
    Column("replacements_lower", N_("更新の80％下限"), N_("台")),
    Column("replacements_upper", N_("更新の80％上限"), N_("台")),
    Column("backtest", N_("過去の的中"), is_text=True),
)
NOTES = (
    N_(
        "期間内の故障率が続き、いま使用中の機器がそのまま使われるとした場合の、次の年度の件数です。"
    ),
    N_("予測の範囲は、実際の件数が入る範囲です。平均の信頼区間より広くなります。"),
    N_("費用は記録のある金額から求めます。費用の記録のない故障は0円としています。"),
    N_(
        "更新の見込みは、これまでの更新の年数（ワイブル分布）が続くとした台数です。"
        "更新3台以上の区分で示します。"
    ),
    N_(
        "過去の的中は、その年度の前までの記録だけで同じ計算をし、"
        "実績が80％の範囲に入った年度の数です。"
    ),
)
TOLD_NEXT = N_(
    "%(year)sの故障は%(expected)s件と予測します"
    "（80％の範囲 %(lower)s～%(upper)s件、95％の範囲 %(low)s～%(high)s件）。"
)
TOLD_INSIDE = N_(
    "%(year)sは、その前までの記録で%(expected)s件（80％の範囲 %(lower)s～%(upper)s件）と予測され、"
    "実績は範囲内の%(actual)s件でした。"
)
TOLD_OUTSIDE = N_(
    "%(year)sは、その前までの記録で%(expected)s件（80％の範囲 %(lower)s～%(upper)s件）と予測され、"
    "実績は範囲外の%(actual)s件でした。"
)
TOLD_COST = N_("費用の記録のある故障は%(share)s％です。")


TOO_SHORT = N_("観察した期間が短く、予測できません。3か月以上の期間を選んでください。")
YEARS_SEEN = 0.24  # per device: of three months, also the shortest


def forecast(snapshot: Snapshot, conditions: Conditions) -> Report:
    frame = Frame(snapshot, conditions, by_age=False)
    tallies, now, pasts = outlooks(frame)
    if now is None:
        return frame.report(NAME, TITLE, COLUMNS, (), needs_failures=False, too_few=NONE_IN_SERVICE)
    if now.sums_of_all.exposure < now.devices(None) * YEARS_SEEN:
        return frame.report(NAME, TITLE, COLUMNS, (), empty=TOO_SHORT, notes=NOTES)
    rows = _rows(frame, now, pasts)
    return frame.report(
        NAME,
        TITLE,
        COLUMNS,
        rows,
        needs_failures=False,
        notes=NOTES,
        findings=[
            *_told(now),
            *(one for past in pasts for one in _told(past)),
            *_costs_told(frame),
        ],
        figure=_figure(tallies, now, pasts),
    )


def _rows(frame: Frame, now: Outlook, pasts: list[Outlook]) -> list[dict[str, Value]]:
    """Everything together first, then the groups with most failures expected."""
    due = replacements_due(frame, NARROW)
    costs = _costs(frame)
    rows: list[dict[str, Value]] = []
    drawn: list[Floats] = []
    for key in now.sums:
        drawn.append(_cost_draws(now, key, costs.get(key, np.zeros(1))))
        label = group_label(frame.conditions.by, key, frame.facility_names)
        rows.append(_row(now, pasts, key, label, drawn[-1]) | due.get(key, {}))
    rows.sort(key=lambda row: (-round(float(str(row["expected"])), 1), str(row["key"])))
    if len(rows) > 1:
        rows.insert(0, _row(now, pasts, None, ALL, _costs_of_all(now, drawn)))
    return rows


def _row(
    now: Outlook, pasts: list[Outlook], key: str | None, label: str, costs: Floats
) -> dict[str, Value]:
    sums = now.sums_of_all if key is None else now.sums[key]
    narrow, wide = now.predicted(key), now.predicted(key, WIDE)
    budget = budget_of(costs, confidence=NARROW)
    tried = [hit for past in pasts if (hit := past.is_hit(key)) is not None]
    return {
        "key": "@all" if key is None else key,
        "label": label,
        "in_service": now.devices(key),
        "failures": int(sums.failures),
        "device_years": sums.exposure,
        "expected": now.expected(key),
        "lower_80": int(narrow.limits.lower) if narrow else None,
        "upper_80": int(narrow.limits.upper) if narrow else None,
        "lower_95": int(wide.limits.lower) if wide else None,
        "upper_95": int(wide.limits.upper) if wide else None,
        "cost_yen": round(budget.median),
        "cost_lower": round(budget.limits.lower),
        "cost_upper": round(budget.limits.upper),
        "replacements": None,
        "replacements_lower": None,
        "replacements_upper": None,
        "backtest": f"{sum(tried)}／{len(tried)}" if tried else None,
    }


def _costs(frame: Frame) -> dict[str, Floats]:
    """Cost of every failure in the window by group; one without a record cost nothing."""
    seen = frame.observation
    rows = (
        grouped(seen.failures.select("spell", "cost_yen"), seen, frame.conditions.by)
        .group_by("group")
        .agg(pl.col("cost_yen").fill_null(0).cast(pl.Float64).sort())
        .collect()
    )
    return {str(key): np.asarray(costs) for key, costs in rows.iter_rows()}


def _cost_draws(now: Outlook, key: str, costs: Floats) -> Floats:
    sums, found = now.sums[key], now.predicted(key)
    counts = draw_counts(
        sums.failures,
        sums.exposure,
        now.devices(key),
        dispersion=found.dispersion if found else 1.0,
    )
    return draw_costs(counts, costs)


def _costs_of_all(now: Outlook, drawn: list[Floats]) -> Floats:
    """Sums of the groups' draws, spread as much more as the years of all of them are unlike."""
    sums = np.sum(drawn, axis=0)
    mean, factor = sums.mean(), np.sqrt(max(1.0, now.phi_of_all / now.phi))
    return np.asarray(np.maximum(mean + (sums - mean) * factor, 0.0))


def _told(outlook: Outlook) -> list[Finding]:
    narrow, wide = outlook.predicted(None), outlook.predicted(None, WIDE)
    if narrow is None or wide is None:
        return []
    values: dict[str, str | FiscalYear] = {
        "year": FiscalYear(outlook.year),
        "expected": f"{outlook.expected(None):,.0f}",
        "lower": f"{narrow.limits.lower:,.0f}",
        "upper": f"{narrow.limits.upper:,.0f}",
    }
    actual = outlook.happened(None)
    if actual is None:
        values |= {"low": f"{wide.limits.lower:,.0f}", "high": f"{wide.limits.upper:,.0f}"}
        return [Finding(TOLD_NEXT, values)]
    text = TOLD_INSIDE if outlook.is_hit(None) else TOLD_OUTSIDE
    return [Finding(text, values | {"actual": f"{actual:,}"})]


def _costs_told(frame: Frame) -> list[Finding]:
    known = pl.col("cost_yen").is_not_null()
    share = frame.observation.failures.select(100 * known.mean()).collect().item()
    if share is None:
        return []
    return [Finding(TOLD_COST, {"share": f"{share:.0f}"})]


def _figure(tallies: YearlyTallies, now: Outlook, pasts: list[Outlook]) -> Curves:
    seen = [
        (float(fiscal_year(_date(start))), float(sum(tallies.failures(start, end).values())))
        for start, end in tallies.whole_years
    ]
    points, band = [], []
    for outlook in (*pasts, now):
        narrow = outlook.predicted(None)
        if narrow is not None:
            year = float(outlook.year)
            points.append((year, outlook.expected(None)))
            band.append((year, narrow.limits.lower, narrow.limits.upper))
    series = [Series(N_("実績"), seen), Series(N_("予測と80％の範囲"), points, Shape.LINE, band)]
    years = sorted({int(x) for x, _ in (*seen, *points)})
    ticks = [(float(year), str(year)) for year in years]
    return Curves(N_("1年度の故障（件）"), N_("年度（始まりの西暦年）"), series, ticks)


def _date(day: int) -> date:
    return date.fromordinal(date(1970, 1, 1).toordinal() + day)
