from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from statistics import mean, median
from typing import Any

import polars as pl

from service.analytics.methods import availability
from service.analytics.methods.lifetimes import Lifetimes
from service.analytics.methods.survival import SurvivalCurve, kaplan_meier
from service.analytics.procedures import given
from service.analytics.procedures.case import Case, CaseIncomplete, Check
from service.analytics.procedures.figures import compare
from service.analytics.procedures.naming import MEMBERS, Estimate
from service.analytics.procedures.words import plain

_IN: given.Names = ("installed", "install", "from", "start", "in_service", "install_date")
_OUT: given.Names = ("removed", "removal", "until", "end", "retired", "removal_date")
_DOWN: given.Names = (
    "down_from", "failed_at", "down", "start", "from", "down_start", "stop_from", "failed",
    "failure_at", "stopped_at", "started_at", "begin",
)  # fmt: skip
_UP: given.Names = (
    "restored_at", "restored", "up", "end", "until", "down_until", "stop_to", "to", "down_to",
    "repaired_at", "back_at", "finished_at", "down_end",
)  # fmt: skip
_KIND: given.Names = ("kind", "type", "planned", "class", "category", "cause")
_PLANNED = frozenset(
    {"planned", "preventive", "pm", "scheduled", "maintenance", "inspection", "true", "1",
     "plannedmaintenance", "preventivemaintenance"}
)  # fmt: skip
_ALIASES = {
    "required_h": ("required", "required_hours", "calendar_h", "total_h", "required_time_h"),
    "up_h": ("up_time_h", "uptime_h", "operating_h", "up", "uptime", "operating_time_h"),
    "down_h": ("downtime_h", "down_time_h", "down", "downtime", "down_hours"),
    "failure_down_h": ("down_failure_h", "failure_downtime_h", "unplanned_down_h"),
    "planned_h": ("planned_down_h", "planned_downtime_h"),
    "open_downs": ("open", "open_failures", "still_down", "open_at_end", "n_open"),
    "availability": ("a", "availability_ratio", "availability_m10"),
    "availability_m12": ("availability_failure_only", "availability_failures_only",
                         "technical_availability", "inherent_availability"),
    "mtbf_operating_h": ("mtbf_h", "mtbf", "mtbf_operating", "mtbf_up_h"),
    "mtbf_calendar_h": ("mtbf_required_h", "mtbf_calendar"),
    "mttr_h": ("mttr", "mean_ttr_h", "mean_time_to_restoration_h", "mttr_mean_h"),
    "median_ttr_h": ("ttr_median_h", "median_ttr", "mttr_median_h", "median_h"),
    "km_median_ttr_h": ("median_ttr_km_h", "ttr_km_median_h", "km_median_h", "median_km_h",
                        "km_median_repair_h", "median_repair_km_h"),
    "failure_rate_per_device_year": ("rate_per_device_year", "failures_per_device_year", "rate"),
    "restorations": ("repairs", "n_restorations", "restored", "n_repairs"),
    "repair_h": ("repair_hours_total", "total_repair_h", "restoration_h", "total_ttr_h"),
    "failures": ("n_failures",),
    "per_device": ("by_device", "devices", "device"),
}  # fmt: skip


def check_availability(case: Case) -> Iterator[Check]:
    if given.value(case, ("window", "period", "start", "from")) is None:
        yield from compare(case, _of_totals(case), aliases=_ALIASES)
        return
    span = _window(case)
    devices, downs = _frames(case)
    failures = downs.filter(~pl.col("is_planned"))
    found = _each(devices, downs, failures, span)
    for name, rows in given.tables_with(case, given.DEVICE):
        if name not in {"devices", "downs", "failures", "outages", "events"}:
            yield from _rows(case, rows, found)
    total = availability.availability(devices, failures, span)
    everything = availability.availability(devices, downs, span)
    figures = _figures(total, everything) | {"per_device": found, MEMBERS: found} | found
    figures |= _repairs(devices, failures, span)
    hours = float(given.value(case, ("hours_per_year", "h_per_year"), availability.HOURS_PER_YEAR))
    if total.required_h > 0:
        figures["failure_rate_per_device_year"] = total.failures / total.required_h * hours
    yield from compare(case, figures, aliases=_ALIASES)


def _window(case: Case) -> tuple[datetime, datetime]:
    window = given.value(case, ("window", "period"))
    if not isinstance(window, list):
        window = [given.value(case, ("start", "from", "window_start")),
                  given.value(case, ("end", "until", "to", "window_end"))]  # fmt: skip
    start, end = (_moment(one) for one in window)
    if start is None or end is None:
        raise CaseIncomplete("inputs: window [from, until]")
    return start, end


def _rows(case: Case, rows: list[given.Row], found: dict[str, dict[str, Any]]) -> Iterator[Check]:
    for row in rows:
        device = str(given.read(row, given.DEVICE))
        for name, have in found.get(device, {}).items():
            if name == "device":
                continue
            wanted = given.read(row, (name, *_ALIASES.get(name, ())))
            if wanted is not None and have is not None:
                yield case.check(f"{device}: {name}", wanted, have)


def _moment(found: Any) -> datetime | None:
    if found is None or isinstance(found, datetime):
        return found
    if isinstance(found, date):
        return datetime(found.year, found.month, found.day)  # noqa: DTZ001
    return datetime.fromisoformat(str(found)) if found else None


def _frames(case: Case) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Without a table of devices each that was down was in place all the time."""
    names = ("downs", "failures", "outages", "events", "stops", "downtimes")
    downs = given.rows_of(case, names, given.DEVICE, _DOWN)
    devices = [row for row in given.rows_of(case, ("devices",), given.DEVICE)
               if given.named(row, _DOWN[:3]) is None]  # fmt: skip
    if not devices and not downs:
        raise CaseIncomplete("tables: devices (device, installed, removed); downs (device, ...)")
    kept = devices or [
        {"device": name} for name in {given.read(row, given.DEVICE) for row in downs}
    ]
    moment = pl.Datetime("us")
    return (
        pl.LazyFrame(
            [
                {"device": str(given.read(row, given.DEVICE)),
                 "installed": _moment(given.read(row, _IN)),
                 "removed": _moment(given.read(row, _OUT))}
                for row in kept
            ],
            schema={"device": pl.String, "installed": moment, "removed": moment},
        ),
        pl.LazyFrame(
            [
                {"device": str(given.read(row, given.DEVICE)),
                 "down_from": _moment(given.read(row, _DOWN)),
                 "restored_at": _moment(given.read(row, _UP)),
                 "is_planned": plain(str(given.read(row, _KIND, ""))) in _PLANNED}
                for row in downs
            ],
            schema={"device": pl.String, "down_from": moment, "restored_at": moment,
                    "is_planned": pl.Boolean},
        ),
    )  # fmt: skip


def _each(
    devices: pl.LazyFrame,
    downs: pl.LazyFrame,
    failures: pl.LazyFrame,
    span: tuple[datetime, datetime],
) -> dict[str, dict[str, Any]]:
    """Of each device; planned stops count their hours, not as failures."""
    hours = availability.per_device(devices, downs, span)
    counts = availability.per_device(devices, failures, span).select("device", "failures")
    rows = hours.drop("failures").join(counts, on="device").collect().iter_rows(named=True)
    return {row["device"]: row | _ratios(row) for row in rows}


def _ratios(row: dict[str, Any]) -> dict[str, Any]:
    required, up = row["required_h"], row["up_h"]
    return {
        "availability": up / required if required else None,
        "mtbf_operating_h": up / row["failures"] if row["failures"] else None,
    }


def _figures(
    total: availability.Availability, everything: availability.Availability
) -> dict[str, Any]:
    """``total`` of the failures, ``everything`` with planned stops as well."""
    whole = replace(total, down_h=everything.down_h)
    mtbf = Estimate(whole.mtbf_operating_h, None, whole.mtbf_limits_h)
    share, used = whole.availability, whole.up_h + total.down_h
    return {
        "required_h": whole.required_h,
        "up_h": whole.up_h,
        "down_h": whole.down_h,
        "failure_down_h": total.down_h,
        "planned_h": everything.down_h - total.down_h,
        "failures": whole.failures,
        "restorations": whole.restorations,
        "open_downs": whole.open_downs,
        "availability": share,
        "unavailability": None if share is None else 1 - share,
        "availability_m12": whole.up_h / used if used else None,
        "mtbf_operating_h": mtbf,
        "estimate": mtbf,
        "mtbf_calendar_h": whole.required_h / whole.failures if whole.failures else None,
        "mttr_h": whole.mttr_h,
        "median_ttr_h": whole.median_ttr_h,
        "failure_rate_per_device_year": whole.failures_per_device_year,
    }


def _repairs(
    devices: pl.LazyFrame, failures: pl.LazyFrame, span: tuple[datetime, datetime]
) -> dict[str, Any]:
    """Times to restore; what is still down says that its time is longer (Kaplan–Meier)."""
    covered = availability.with_cover(failures)
    rows = availability.clipped_downs(covered, devices, span).filter("is_failure").collect()
    gone = dict(devices.select("device", "removed").collect().rows())
    times, restored = [], []
    for row in rows.iter_rows(named=True):
        times.append(row["ttr_h"] if row["is_restored"] else _so_far(row, gone, span[1]))
        restored.append(float(row["is_restored"]))
    curve = kaplan_meier(Lifetimes.of(times, restored)) if times else None
    return {
        "km_median_ttr_h": curve.quantile() if isinstance(curve, SurvivalCurve) else None,
        "repair_h": sum(time for time, done in zip(times, restored, strict=True) if done),
        "ttr_h": [time for time, done in zip(times, restored, strict=True) if done],
    }


def _so_far(row: dict[str, Any], gone: dict[str, datetime | None], end: datetime) -> float:
    last = min(gone.get(row["device"]) or end, end)
    return float((last - row["down_from"]).total_seconds() / 3600)


def _of_totals(case: Case) -> dict[str, Any]:
    """Hours as sums, or the down times one by one."""
    required = given.number(case, _ALIASES["required_h"] + ("required_h",))
    downs = given.value(case, ("down_h", "downtimes_h", *_ALIASES["down_h"], "repairs_h"))
    each = [float(one) for one in downs] if isinstance(downs, list) else []
    total = sum(each) if each else float(downs or 0)
    failures = int(given.value(case, ("failures", "n_failures"), len(each)))
    found = availability.Availability(
        required_h=required,
        down_h=total,
        failures=failures,
        restorations=len(each) or failures,
        open_downs=0,
        mttr_h=mean(each) if each else (total / failures if failures else None),
        median_ttr_h=median(each) if each else None,
    )
    return _figures(found, found)
