"""故障と費用の予測: the next fiscal year, and how forecasts of past years would have come out."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from service.analytics.conditions import Conditions
from service.analytics.figure import Curves, Series, Shape
from service.analytics.grouping import group_label, group_on
from service.analytics.methods.distributions import Floats
from service.analytics.methods.forecast import (
    Forecast,
    budget_of,
    draw_costs,
    draw_counts,
    predict_group,
)
from service.analytics.methods.rates import DeviceSums
from service.analytics.periods import Period, day_number
from service.analytics.report import Column, Finding, FiscalYear, Report, Value
from service.analytics.reports.frame import ALL, Frame
from service.analytics.reports.replacements_due import replacements_due
from service.analytics.reports.yearly_tallies import YearlyTallies, first_days, yearly_tallies
from service.analytics.snapshot_store import Snapshot
from service.analytics.tallies import placed
from service.core.i18n.dates import fiscal_year, fiscal_year_days
from service.core.i18n.marker import N_

NAME = "forecast"
TITLE = N_("故障と費用の予測")
BACKTESTS = 3
NARROW, WIDE = 0.8, 0.95
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


@dataclass(frozen=True)
class Outlook:
    """One forecast: of a fiscal year from a window. ``actual`` None: the year is not over."""

    year: int
    sums: dict[str, DeviceSums]
    sums_of_all: DeviceSums
    in_service: dict[str, int]
    actual: dict[str, int] | None
    phi: float
    phi_of_all: float

    def predicted(self, key: str | None, confidence: float = NARROW) -> Forecast | None:
        """Of a group, or of everything for None."""
        sums = self.sums_of_all if key is None else self.sums.get(key)
        if sums is None:
            return None
        phi = self.phi_of_all if key is None else self.phi
        found = predict_group(sums, self.devices(key), period_dispersion=phi, confidence=confidence)
        return found if isinstance(found, Forecast) else None

    def devices(self, key: str | None) -> int:
        return sum(self.in_service.values()) if key is None else self.in_service.get(key, 0)

    def happened(self, key: str | None) -> int | None:
        if self.actual is None:
            return None
        return sum(self.actual.values()) if key is None else self.actual.get(key, 0)

    def is_hit(self, key: str | None) -> bool | None:
        """Whether what happened lay in the narrow limits; None where nothing was predicted."""
        found, count = self.predicted(key), self.happened(key)
        if found is None or count is None:
            return None
        return found.limits.lower <= count <= found.limits.upper


def forecast(snapshot: Snapshot, conditions: Conditions) -> Report:
    frame = Frame(snapshot, conditions, by_age=False)
    seen = frame.observation
    window = (max(seen.window_start, seen.records_start), seen.window_end)
    years = _past_years(snapshot, conditions.period)
    starts = {year: day_number(_back(conditions.period, year)) for year in years}
    tallies = yearly_tallies(_wide(frame, years), (*starts.values(), *window))
    now = _outlook(tallies, _target_year(conditions.period), window, is_past=False)
    if not now.in_service or window[1] <= window[0]:
        return frame.report(NAME, TITLE, COLUMNS, (), needs_failures=False)
    pasts = [
        _outlook(tallies, year, (starts[year], first_days((year,))[0]), is_past=True)
        for year in years
    ]
    pasts = [past for past in pasts if past.sums and past.in_service]
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


def _target_year(period: Period) -> int:
    """The first fiscal year that begins on or after the end of the window."""
    year = fiscal_year(period.ends_on)
    return year if fiscal_year_days(year)[0] == period.ends_on else year + 1


def _past_years(snapshot: Snapshot, period: Period) -> range:
    """The last fiscal years that were over when the window ended, and are over now."""
    over = min(fiscal_year(period.ends_on), fiscal_year(snapshot.day)) - 1
    return range(over - BACKTESTS + 1, over + 1)


def _back(period: Period, year: int) -> date:
    """As many months before the fiscal year as the window is long."""
    months = (period.ends_on.year - period.starts_on.year) * 12
    months += period.ends_on.month - period.starts_on.month
    first = fiscal_year_days(year)[0]
    at = max(12, first.year * 12 + first.month - 1 - months)
    return date(at // 12, at % 12 + 1, 1)


def _wide(frame: Frame, years: range) -> Frame:
    """All that the past forecasts look at as well."""
    period = frame.conditions.period
    first = min(period.starts_on, _back(period, years[0]))
    last = max(period.ends_on, fiscal_year_days(years[-1] + 1)[0])
    if (first, last) == (period.starts_on, period.ends_on):
        return frame
    return Frame(frame.snapshot, replace(frame.conditions, period=Period(first, last)))


def _outlook(
    tallies: YearlyTallies, year: int, window: tuple[int, int], *, is_past: bool
) -> Outlook:
    start, end = first_days((year, year + 1))
    return Outlook(
        year=year,
        sums=tallies.sums(*window),
        sums_of_all=tallies.sums_of_all(*window),
        in_service=tallies.in_service(start if is_past else window[1] - 1),
        actual=tallies.failures(start, end) if is_past else None,
        phi=tallies.dispersion_of_years(),
        phi_of_all=tallies.dispersion_of_years(together=True),
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
    rows.sort(key=lambda row: (-float(str(row["expected"])), str(row["key"])))
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
        "expected": _expected(sums, now.devices(key)),
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


def _expected(sums: DeviceSums, devices: int) -> float:
    return sums.failures / sums.exposure * devices if sums.exposure > 0 else 0.0


def _costs(frame: Frame) -> dict[str, Floats]:
    """Cost of every failure in the window by group; one without a record cost nothing."""
    seen = frame.observation
    rows = (
        placed(seen.failures, seen)
        .with_columns(group=group_on(frame.conditions.by, pl.lit(0)).fill_null(""))
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
        "expected": f"{_expected(outlook.sums_of_all, outlook.devices(None)):,.0f}",
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
    failures = frame.observation.failures
    if failures.is_empty():
        return []
    share = 100 * failures["cost_yen"].is_not_null().sum() / failures.height
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
            points.append((year, _expected(outlook.sums_of_all, outlook.devices(None))))
            band.append((year, narrow.limits.lower, narrow.limits.upper))
    series = [Series(N_("実績"), seen), Series(N_("予測と80％の範囲"), points, Shape.LINE, band)]
    years = sorted({int(x) for x, _ in (*seen, *points)})
    ticks = [(float(year), str(year)) for year in years]
    return Curves(N_("1年度の故障（件）"), N_("年度（始まりの西暦年）"), series, ticks)


def _date(day: int) -> date:
    return date.fromordinal(date(1970, 1, 1).toordinal() + day)
