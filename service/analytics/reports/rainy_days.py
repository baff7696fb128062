"""How much more fails on days of heavy rain, said in words."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl

from service.analytics.methods.rates import DeviceSums, dispersion, rate_ratio
from service.analytics.periods import EPOCH
from service.analytics.rain import recorded_rain
from service.analytics.report import Finding
from service.analytics.reports.frame import Frame
from service.core.i18n.marker import N_

FEW_DAYS = 5
MORE = N_("増えています")
AS_USUAL = N_("差があるとはいえません")
TOLD_RAIN = N_(
    "強い雨の日（日雨量30mm以上または1時間20mm以上、%(days)s日）の故障は1日あたり%(rate)s件で、"
    "ほかの日の%(ratio)s倍（95％の範囲%(lower)s～%(upper)s）。%(verdict)s。"
    "全体の%(share)s％がこれらの日の故障です。"
)


def rain_told(frame: Frame) -> Iterator[Finding]:
    """Failures a day with and without heavy rain, on days whose rain is on record.

    Days of one kind are unlike, too: the limits are those of counts divided by their φ from day
    to day. Nothing below 5 days of either kind or without a failure.
    """
    seen = frame.observation
    start = max(seen.window_start, seen.records_start)
    first, until = (EPOCH + timedelta(days=day) for day in (start, seen.window_end))
    if frame.conditions.filters.rain or until <= first:
        return
    days = (
        recorded_rain(frame.snapshot, first, until)
        .join(seen.of_days.lazy(), on="occurred_on", how="left")
        .select("is_heavy", pl.col("failures").fill_null(0))
        .collect()
    )
    wet, dry = (
        days.filter(pl.col("is_heavy") == heavy)["failures"].to_numpy().astype(np.float64)
        for heavy in (True, False)
    )
    if min(len(wet), len(dry)) < FEW_DAYS or not wet.sum() or not dry.sum():
        return
    limits = rate_ratio(_scaled(wet.tolist()), _scaled(dry.tolist()))
    yield Finding(
        TOLD_RAIN,
        {
            "days": str(len(wet)),
            "rate": f"{wet.mean():.1f}",
            "ratio": f"{wet.mean() / dry.mean():.1f}",
            "lower": f"{limits.lower:.1f}",
            "upper": f"{limits.upper:.1f}",
            "verdict": MORE if limits.lower > 1 else AS_USUAL,
            "share": f"{100 * wet.sum() / (wet.sum() + dry.sum()):.0f}",
        },
    )


def _scaled(counts: list[float]) -> tuple[float, float]:
    """Failures and days, both ÷ φ."""
    sums = DeviceSums.of(counts, [1.0] * len(counts))
    phi = dispersion(sums) or 1.0
    return sums.failures / phi, sums.exposure / phi
