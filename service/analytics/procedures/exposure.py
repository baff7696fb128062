from collections.abc import Iterator
from typing import Any

import polars as pl

from service.analytics.methods import exposure
from service.analytics.methods.operating_time import HOURS_PER_DAY, metered
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.days import day_number, installed_day, year_starts
from service.analytics.procedures.figures import compare
from service.analytics.procedures.words import plain

_BORN: given.Names = ("birth", "born", "built", "installed", "install", "install_date")
_IN: given.Names = (
    "entry", "installed", "install", "start", "install_date", "in_service", "installed_on",
    "installed_at", "commissioned", "from", "in_date", "birth",
)  # fmt: skip
_OUT: given.Names = (
    "exit", "removed", "removal", "end", "retired", "removal_date", "out", "removed_on",
    "removed_at", "scrapped", "until", "to", "out_date",
)  # fmt: skip
_FAILED: given.Names = ("fail", "failed", "event", "death", "failures", "count")
_READ: given.Names = ("value", "hours", "reading", "meter", "run_hours", "counter")
_PERIODS: given.Names = (
    "cal_from", "year", "period_from", "calendar", "from", "fiscal_year", "fy", "period",
)  # fmt: skip
_ALIASES = {
    "total_years": ("years", "device_years", "total_device_years", "exposure_years", "exposure"),
    "total_days": ("days", "device_days", "total_device_days", "exposure_days"),
    "events": ("failures", "deaths", "n_events"),
    "devices": ("n_devices", "devices_observed"),
    "excluded": ("excluded_devices", "contradictory", "invalid", "rejected"),
    "n_excluded": ("excluded_count", "n_contradictory", "n_invalid"),
    "days_by_device": ("per_device_days", "days_per_device", "device_days_by_device",
                       "per_device", "by_device"),
    "years_by_device": ("per_device_years", "years_per_device", "device_years_by_device"),
    "days_by_fiscal_year": ("by_fiscal_year", "device_days_by_fiscal_year", "fiscal_years",
                            "days_by_fy", "by_fy"),
    "years_by_fiscal_year": ("device_years_by_fiscal_year", "years_by_fy"),
    "days_by_year": ("by_year", "device_days_by_year", "by_calendar_year"),
    "years_by_year": ("device_years_by_year", "device_years_by_calendar_year"),
    "zero_exposure": ("no_exposure", "zero_length", "devices_without_exposure"),
    "unknown_install": ("unknown_installed", "unknown_install_date", "install_unknown"),
    "run_hours": ("operating_hours", "total_run_hours", "meter_hours"),
    "run_hours_by_device": ("operating_hours_by_device",),
}  # fmt: skip
_EVER = 10**6


def check_exposure(case: Case) -> Iterator[Check]:
    rows = given.rows_of(case, ("cohort", "devices", "spells", "data", "installations"), _IN)
    if not rows:
        raise CaseIncomplete(f"tables: cohort ({' / '.join(_IN)}; {' / '.join(_OUT)})")
    spells = _spells(rows)
    calendar, ages = _breaks(case), given.value(case, ("age_breaks",), [])
    start, end = _window(case, calendar)
    records = given.value(case, ("records_start", "record_start", "records_from"))
    seen = exposure.observed(
        spells,
        window_start=start,
        window_end=end,
        records_start=None if records is None else day_number(records),
    )
    if calendar or ages:
        yield from _cells(case, seen, calendar, ages)
    yield from _rows_of_devices(case, seen)
    years = _by_year(case, seen)
    yield from _rows_of_years(case, years)
    figures = _figures(seen, spells, rows) | years | _run_hours(case, start, end)
    yield from compare(case, figures, aliases=_ALIASES)


def _spells(rows: list[given.Row]) -> pl.LazyFrame:
    def day(found: Any) -> int | None:
        return None if found is None or found == "" else installed_day(found)

    return pl.LazyFrame(
        [
            {
                "device": str(given.read(row, given.DEVICE, number)),
                "born_day": day(given.read(row, _BORN)),
                "installed_day": day(given.read(row, _IN)),
                "removed_day": day(given.read(row, _OUT)),
                "fail": float(given.read(row, _FAILED, 0)),
            }
            for number, row in enumerate(rows, 1)
        ],
        schema={
            "device": pl.String, "born_day": pl.Int32, "installed_day": pl.Int32,
            "removed_day": pl.Int32, "fail": pl.Float64,
        },
    )  # fmt: skip


def _breaks(case: Case) -> list[float]:
    found = given.value(case, ("calendar_breaks", "period_breaks", "breaks", "year_breaks"), [])
    return [_break(one) for one in found]


def _break(found: Any) -> float:
    """A day's number: of a date, or of a year as a decimal, not rounded."""
    if isinstance(found, int | float):
        return (found - 1970) * exposure.DAYS_PER_YEAR
    return float(day_number(found))


def _window(case: Case, calendar: list[float]) -> tuple[int, int]:
    """The window's end is the first day after it; a Lexis diagram's last break is its last."""
    found = given.value(case, ("window", "period"))
    if isinstance(found, list):
        return day_number(found[0]), day_number(found[1])
    first = given.value(case, ("window_start", "from", "start"))
    last = given.value(case, ("window_end", "until", "to", "end"))
    if first is None and last is None and calendar:
        return int(calendar[0]), int(calendar[-1]) + 1
    return (
        -_EVER if first is None else day_number(first),
        _EVER if last is None else day_number(last),
    )


def _cells(
    case: Case, seen: pl.LazyFrame, calendar: list[float], ages: list[float]
) -> Iterator[Check]:
    keys = [
        name for name, breaks in (("age_from_years", ages), ("period_from", calendar)) if breaks
    ]
    # The event closes its span, so it belongs to the span's last cell.
    is_last = pl.col("exit_day") == pl.col("removed_day")
    found = (
        exposure.lexis(seen, calendar_breaks=calendar, age_breaks_years=ages)
        .group_by(keys)
        .agg(
            years=exposure.device_years(pl.col("days").sum()),
            events=pl.col("fail").filter(is_last).sum(),
        )
        .collect()
    )
    by_cell = {tuple(row[key] for key in keys): row for row in found.iter_rows(named=True)}
    columns: tuple[tuple[str, given.Names], ...] = (
        ("age_from_years", ("age_from", "age", "age_band", "age_lo", "age_low")),
        ("period_from", _PERIODS),
    )
    for row in case.rows("cells"):
        key = []
        for name, names in columns:
            if name in keys:
                at = given.read(row, names)
                key.append(float(at) if name == "age_from_years" else _start(at, calendar))
        have = by_cell.get(tuple(key), {})
        for name, names in (("years", ("years", "device_years")), ("events", ("events", "fail"))):
            wanted = given.read(row, names)
            if wanted is not None:
                yield case.check(f"{key}: {name}", wanted, float(have.get(name, 0.0)))
        wanted = given.read(row, ("days", "device_days"))
        if wanted is not None:
            days = float(have.get("years", 0.0)) * exposure.DAYS_PER_YEAR
            yield case.check(f"{key}: days", wanted, days)


def _start(at: Any, calendar: list[float]) -> float:
    return min(calendar, key=lambda one: abs(one - _break(at)))


def _rows_of_devices(case: Case, seen: pl.LazyFrame) -> Iterator[Check]:
    days = _days(seen)
    for name, rows in given.tables_with(case, given.DEVICE, ("days", "years", "device_days")):
        if name == "cells":
            continue
        for row in rows:
            device = str(given.read(row, given.DEVICE))
            have = float(days.get(device, 0))
            for names, factor in (
                (("days", "device_days", "exposure_days"), 1.0),
                (("years", "device_years", "exposure_years"), exposure.DAYS_PER_YEAR),
            ):
                wanted = given.read(row, names)
                if wanted is not None:
                    yield case.check(f"{device}: {names[0]}", wanted, have / factor)


def _by_year(case: Case, seen: pl.LazyFrame) -> dict[str, Any]:
    """Days and device-years of each calendar year and of each fiscal year, by its first year."""
    found: dict[str, Any] = {}
    spans = seen.select("entry_day", "exit_day", "days").collect()
    if spans.is_empty():
        return found
    first, last = int(str(spans["entry_day"].min())), int(str(spans["exit_day"].max()))
    if last - first > 400 * 366:  # without a window nothing bounds it
        return found
    month = given.value(case, ("fiscal_year_start", "fiscal_start", "fiscal_year_start_month"), 4)
    for name, starts in (("year", year_starts(first, last, 1)),
                         ("fiscal_year", year_starts(first, last, month))):  # fmt: skip
        cells = exposure.lexis(
            spans.lazy(), calendar_breaks=[float(day) for day in starts.values()]
        )
        sums = dict(cells.group_by("period_from").agg(pl.col("days").sum()).collect().rows())
        days = {str(year): sums[float(day)] for year, day in starts.items() if float(day) in sums}
        found[f"days_by_{name}"] = days
        found[f"years_by_{name}"] = {
            year: value / exposure.DAYS_PER_YEAR for year, value in days.items()
        }
    return found


def _rows_of_years(case: Case, years: dict[str, Any]) -> Iterator[Check]:
    """Tables with a row per year."""
    wanted = ("days", "device_days", "years", "device_years")
    for name, rows in given.tables_with(case, _PERIODS, wanted):
        column = str(given.named(rows[0], _PERIODS))
        if name == "cells" or given.named(rows[0], given.DEVICE) or given.named(rows[0], _OUT[:2]):
            continue
        kind = "fiscal_year" if plain(column) in {"fiscal_year", "fiscalyear", "fy"} else "year"
        for row in rows:
            for names, unit in ((wanted[:2], "days"), (wanted[2:], "years")):
                value = given.read(row, names)
                have = years.get(f"{unit}_by_{kind}", {}).get(str(row[column])[:4], 0.0)
                if value is not None:
                    yield case.check(f"{row[column]}: {unit}", value, float(have))


def _run_hours(case: Case, start: int, end: int) -> dict[str, Any]:
    """From a table of meter readings."""
    tables = given.tables_with(case, given.DEVICE, ("date", "day", "read_on", "read_at"), _READ)
    for _, rows in tables:
        readings = pl.LazyFrame(
            {
                "device": [str(given.read(row, given.DEVICE)) for row in rows],
                "day": [day_number(given.read(row, ("date", "day", "read_on"))) for row in rows],
                "value": [float(given.read(row, _READ)) for row in rows],
            },
            schema={"device": pl.String, "day": pl.Int32, "value": pl.Float64},
        )
        # A reading stands for the evening of its day; that of the first day opens the window.
        spans = metered(
            readings, window_start=start + 1, window_end=end + 1, most_per_day=HOURS_PER_DAY
        )
        sums = dict(spans.group_by("device").agg(pl.col("amount").sum()).collect().rows())
        return {
            "run_hours": float(sum(sums.values())),
            "run_hours_by_device": sums,
            "resets": int(spans.select(pl.col("is_reset").sum()).collect().item()),
        }
    return {}


def _days(seen: pl.LazyFrame) -> dict[str, int]:
    table = seen.group_by("device").agg(pl.col("days").sum()).collect()
    return dict(table.rows())


def _figures(seen: pl.LazyFrame, spells: pl.LazyFrame, rows: list[given.Row]) -> dict[str, Any]:
    days = _days(seen)
    total = sum(days.values())
    wrong = exposure.contradictory(spells).select("device").collect()["device"].to_list()
    closed = pl.col("exit_day") == pl.col("removed_day")
    named = [str(given.read(row, given.DEVICE, number)) for number, row in enumerate(rows, 1)]
    return {
        "total_days": total,
        "total_years": total / exposure.DAYS_PER_YEAR,
        "events": float(seen.filter(closed).select(pl.col("fail").sum()).collect().item()),
        "devices": len(days),
        "excluded": wrong,
        "n_excluded": len(wrong),
        "zero_exposure": [name for name in named if not days.get(name) and name not in wrong],
        "unknown_install": [
            name for name, row in zip(named, rows, strict=True) if given.read(row, _IN) is None
        ],
        "days_by_device": {device: days.get(device, 0) for device in named},
        "years_by_device": {
            device: days.get(device, 0) / exposure.DAYS_PER_YEAR for device in named
        },
    }
