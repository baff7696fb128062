from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import polars as pl

from service.analytics.methods import availability
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import Estimate, compare

_IN: given.Names = ("installed", "install", "from", "start", "in_service")
_OUT: given.Names = ("removed", "removal", "until", "end", "retired")
_DOWN: given.Names = ("down_from", "failed_at", "down", "start", "from", "down_start", "stop_from")
_UP: given.Names = ("restored_at", "restored", "up", "end", "until", "down_until", "stop_to", "to")
_ALIASES = {
    "required_h": ("required", "required_hours", "calendar_h", "total_h"),
    "up_h": ("up_time_h", "uptime_h", "operating_h", "up"),
    "down_h": ("downtime_h", "down_time_h", "down"),
    "open_downs": ("open", "open_failures", "still_down", "open_at_end"),
    "availability": ("a", "availability_ratio"),
    "mtbf_operating_h": ("mtbf_h", "mtbf", "mtbf_operating"),
    "mttr_h": ("mttr", "mean_ttr_h", "mean_time_to_restoration_h"),
    "median_ttr_h": ("ttr_median_h", "median_ttr"),
    "failure_rate_per_device_year": ("rate_per_device_year", "failures_per_device_year", "rate"),
    "restorations": ("repairs", "n_restorations"),
    "failures": ("n_failures",),
}


def check_availability(case: Case) -> Iterator[Check]:
    window = given.value(case, ("window", "period"))
    if not isinstance(window, list):
        window = [given.value(case, ("start", "from")), given.value(case, ("end", "until"))]
    if None in window:
        raise CaseIncomplete("inputs: window [from, until]")
    start, end = (_moment(one) for one in window)
    devices, downs = _frames(case)
    span = (start or datetime.min, end or datetime.max)  # noqa: DTZ901  # local times of the case
    per_device = availability.per_device(devices, downs, span).collect()
    found = {row["device"]: row for row in per_device.iter_rows(named=True)}
    for row in case.rows("per_device"):
        for name in ("required_h", "up_h", "down_h", "failures"):
            if row.get(name) is not None:
                device = str(given.read(row, given.DEVICE))
                yield case.check(f"{device}: {name}", row[name], found[device][name])
    total = availability.availability(devices, downs, span)
    yield from compare(case, _figures(total, found), aliases=_ALIASES)


def _moment(found: Any) -> datetime | None:
    if found is None or isinstance(found, datetime):
        return found
    if isinstance(found, date):
        return datetime(found.year, found.month, found.day)  # noqa: DTZ001
    return datetime.fromisoformat(str(found))


def _frames(case: Case) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    devices = given.rows_of(case, ("devices",), given.DEVICE, _IN)
    downs = given.rows_of(case, ("downs", "failures", "outages", "events"), given.DEVICE, _DOWN)
    if not devices:
        raise CaseIncomplete("tables: devices (device, installed, removed); downs (device, ...)")
    moment = pl.Datetime("us")
    return (
        pl.LazyFrame(
            [
                {"device": str(given.read(row, given.DEVICE)),
                 "installed": _moment(given.read(row, _IN)),
                 "removed": _moment(given.read(row, _OUT))}
                for row in devices
            ],
            schema={"device": pl.String, "installed": moment, "removed": moment},
        ),
        pl.LazyFrame(
            [
                {"device": str(given.read(row, given.DEVICE)),
                 "down_from": _moment(given.read(row, _DOWN)),
                 "restored_at": _moment(given.read(row, _UP))}
                for row in downs
            ],
            schema={"device": pl.String, "down_from": moment, "restored_at": moment},
        ),
    )  # fmt: skip


def _figures(total: availability.Availability, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "required_h": total.required_h,
        "up_h": total.up_h,
        "down_h": total.down_h,
        "failures": total.failures,
        "restorations": total.restorations,
        "open_downs": total.open_downs,
        "availability": total.availability,
        "availability_pct": None if total.availability is None else 100 * total.availability,
        "mtbf_operating_h": Estimate(total.mtbf_operating_h, None, total.mtbf_limits_h),
        "mtbf": Estimate(total.mtbf_operating_h, None, total.mtbf_limits_h),
        "mttr_h": total.mttr_h,
        "median_ttr_h": total.median_ttr_h,
        "failure_rate_per_device_year": total.failures_per_device_year,
        "per_device": found,
    }
