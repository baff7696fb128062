from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import polars as pl

from service.analytics.methods import exposure
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import compare

_BORN: given.Names = ("birth", "born", "built", "installed", "install", "install_date")
_IN: given.Names = ("entry", "installed", "install", "start", "install_date", "in_service")
_OUT: given.Names = ("exit", "removed", "removal", "end", "retired", "removal_date", "out")
_FAILED: given.Names = ("fail", "failed", "event", "death", "failures", "count")
_ALIASES = {
    "total_years": ("years", "device_years", "total_device_years", "exposure_years"),
    "total_days": ("days", "device_days", "total_device_days", "exposure_days"),
    "events": ("failures", "deaths", "n_events"),
    "devices": ("n_devices", "devices_observed"),
    "excluded": ("excluded_devices", "contradictory", "invalid"),
    "n_excluded": ("excluded_count", "n_contradictory"),
    "days_by_device": ("per_device_days", "days_per_device", "device_days_by_device"),
    "years_by_device": ("per_device_years", "years_per_device"),
}
_DAY_1970 = date(1970, 1, 1)
_EVER = 10**6


def check_exposure(case: Case) -> Iterator[Check]:
    rows = given.rows_of(case, ("cohort", "devices", "spells", "data", "installations"), _IN, _OUT)
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
        records_start=None if records is None else _day(records),
    )
    if calendar or ages:
        yield from _cells(case, seen, calendar, ages)
    yield from _rows_of_devices(case, seen)
    yield from compare(case, _figures(seen, spells, rows), aliases=_ALIASES)


def _day(given_day: Any) -> int:
    """Day number of a date, of its text, or of a year as a decimal."""
    if isinstance(given_day, str):
        given_day = datetime.fromisoformat(given_day).date()
    if isinstance(given_day, datetime):
        given_day = given_day.date()
    if isinstance(given_day, date):
        return (given_day - _DAY_1970).days
    return int((float(given_day) - 1970) * exposure.DAYS_PER_YEAR)


def _spells(rows: list[given.Row]) -> pl.LazyFrame:
    def day(found: Any) -> int | None:
        return None if found is None or found == "" else _day(found)

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
    return [
        float(_day(one)) if isinstance(one, str) else (one - 1970) * exposure.DAYS_PER_YEAR
        for one in found
    ]


def _window(case: Case, calendar: list[float]) -> tuple[int, int]:
    """The window's end is the first day after it; a Lexis diagram's last break is its last."""
    found = given.value(case, ("window", "period"))
    if isinstance(found, list):
        return _day(found[0]), _day(found[1])
    first = given.value(case, ("window_start", "from", "start"))
    last = given.value(case, ("window_end", "until", "to", "end"))
    if first is None and last is None and calendar:
        return int(calendar[0]), int(calendar[-1]) + 1
    return (
        -_EVER if first is None else _day(first),
        _EVER if last is None else _day(last),
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
        ("age_from_years", ("age_from", "age", "age_band")),
        ("period_from", ("cal_from", "year", "period_from", "calendar", "from", "fiscal_year")),
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
    day = float(_day(at)) if not isinstance(at, int | float) else (
        (at - 1970) * exposure.DAYS_PER_YEAR
    )  # fmt: skip
    return min(calendar, key=lambda one: abs(one - day))


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
        "days_by_device": {device: days.get(device, 0) for device in named},
        "years_by_device": {
            device: days.get(device, 0) / exposure.DAYS_PER_YEAR for device in named
        },
    }
