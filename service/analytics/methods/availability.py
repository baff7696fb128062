"""Down time, MTBF, MTTR and availability (稼働率) of repairable devices, in hours.

Overlapping down times of one device are one down time but stay separate failures. Down time that
began before the window counts its hours inside, not a failure. What is still down at the end counts
hours and no restoration; a restoration after the device was removed is not a repair.

Definitions: EN 15341:2007 T17 and T21, EN 13306, IEC 61703 (MTTR is time to restoration).
"""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from service.analytics.methods.rates import Limits, garwood

HOURS_PER_YEAR = 8766.0
_SECONDS_PER_HOUR = 3600.0
_FOR_EVER = pl.duration(days=10**6)


@dataclass(frozen=True)
class Availability:
    """Figures of a group of devices; None where nothing can be divided by."""

    required_h: float
    down_h: float
    failures: int
    restorations: int
    open_downs: int
    mttr_h: float | None
    median_ttr_h: float | None

    @property
    def up_h(self) -> float:
        return self.required_h - self.down_h

    @property
    def availability(self) -> float | None:
        return self.up_h / self.required_h if self.required_h > 0 else None

    @property
    def mtbf_operating_h(self) -> float | None:
        """Up time ÷ failures; None without a failure (see the limits' lower end instead)."""
        return self.up_h / self.failures if self.failures else None

    @property
    def failures_per_device_year(self) -> float | None:
        """Calendar rate: failures ÷ required time, a year being 8,766 h."""
        return self.failures / self.required_h * HOURS_PER_YEAR if self.required_h > 0 else None

    def mtbf_limits_h(self, confidence: float = 0.95) -> Limits:
        """Inverse Garwood limits; the upper end is infinite without a failure."""
        rate = garwood(self.failures, self.up_h, confidence=confidence)
        upper = 1 / rate.lower if rate.lower > 0 else float("inf")
        return Limits(1 / rate.upper, upper)


def _hours(span: pl.Expr) -> pl.Expr:
    return span.dt.total_microseconds() / 1e6 / _SECONDS_PER_HOUR


def required_hours(devices: pl.LazyFrame, window: tuple[datetime, datetime]) -> pl.LazyFrame:
    """Hours for which each device was in place inside the window.

    Args:
        devices: ``device``, ``installed``, ``removed`` (Datetime; null: before, not yet).
        window: Start and exclusive end, of the same zone as the columns.
    """
    start, end = window
    span = pl.min_horizontal("removed", pl.lit(end)) - pl.max_horizontal("installed", pl.lit(start))
    return devices.with_columns(required_h=_hours(span).clip(lower_bound=0.0))


def with_cover(
    downs: pl.LazyFrame,
    *,
    device: str = "device",
    down_from: str = "down_from",
    restored_at: str = "restored_at",
) -> pl.LazyFrame:
    """Down times sorted, with ``covered_until``: until when earlier ones of their device last.

    Null for the first one. No window changes it, so that it need not be worked out for each.
    """
    end = pl.col(restored_at).fill_null(pl.col(down_from) + _FOR_EVER)
    return downs.sort(device, down_from, restored_at).with_columns(
        covered_until=end.cum_max().shift(1).over(device)
    )


def clipped_downs(
    downs: pl.LazyFrame, devices: pl.LazyFrame, window: tuple[datetime, datetime]
) -> pl.LazyFrame:
    """Each down time cut to its device's time in the window.

    Args:
        downs: ``device``, ``down_from``, ``restored_at`` (null: still down), ``covered_until``
            as `with_cover` gives it.
        devices: As for `required_hours`.
        window: Start and exclusive end.

    Returns:
        The rows of ``downs`` whose device is known, with ``down_h``: hours not already counted
        by an earlier down time of the same device, so that sums by any group are additive;
        ``is_failure`` (began in the window while in place); ``is_restored`` (and was mended
        inside); ``is_open`` (down until the end); ``ttr_h``.
    """
    start, end = window
    last = pl.min_horizontal("removed", pl.lit(end))
    first = pl.max_horizontal("installed", pl.lit(start))
    return (
        downs.join(devices.select("device", "installed", "removed"), on="device")
        .with_columns(_first=first, _last=last)
        .with_columns(
            _from=pl.max_horizontal("down_from", "_first"),
            _until=pl.min_horizontal(pl.col("restored_at").fill_null(pl.lit(end)), "_last"),
        )
        .with_columns(
            down_h=_hours(pl.col("_until") - pl.max_horizontal("_from", "covered_until")).clip(0.0),
            is_failure=(pl.col("down_from") >= pl.col("_first"))
            & (pl.col("down_from") < pl.col("_last")),
        )
        .with_columns(
            is_restored=pl.col("is_failure")
            & (pl.col("restored_at") <= pl.col("_last")).fill_null(value=False),
            is_open=pl.col("restored_at").is_null() & (pl.col("down_from") < pl.col("_last")),
            ttr_h=_hours(pl.col("restored_at") - pl.col("down_from")),
        )
        .drop("_first", "_last", "_from", "_until", "covered_until", "installed", "removed")
    )


def availability(
    devices: pl.LazyFrame, downs: pl.LazyFrame, window: tuple[datetime, datetime]
) -> Availability:
    """All figures of a group of devices in a window; see `clipped_downs` for the columns."""
    required = required_hours(devices, window).select(pl.col("required_h").sum()).collect()
    ttr = pl.col("ttr_h").filter(pl.col("is_restored"))
    row = (
        clipped_downs(with_cover(downs), devices, window)
        .select(
            down_h=pl.col("down_h").sum(),
            failures=pl.col("is_failure").sum(),
            restorations=pl.col("is_restored").sum(),
            open_downs=pl.col("is_open").sum(),
            mttr_h=ttr.mean(),
            median_ttr_h=ttr.median(),
        )
        .collect()
        .row(0, named=True)
    )
    return Availability(required_h=required.item(), **row)


def per_device(
    devices: pl.LazyFrame, downs: pl.LazyFrame, window: tuple[datetime, datetime]
) -> pl.LazyFrame:
    """``device``, ``required_h``, ``up_h``, ``down_h``, ``failures``; devices without any too."""
    sums = (
        clipped_downs(with_cover(downs), devices, window)
        .group_by("device")
        .agg(pl.col("down_h").sum(), failures=pl.col("is_failure").sum())
    )
    return (
        required_hours(devices, window)
        .join(sums, on="device", how="left")
        .with_columns(pl.col("down_h").fill_null(0.0), pl.col("failures").fill_null(0))
        .with_columns(up_h=pl.col("required_h") - pl.col("down_h"))
        .select("device", "required_h", "up_h", "down_h", "failures")
    )
