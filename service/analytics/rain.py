"""Days of heavy rain, by the gauges: what floods pits and clogs pumps whatever their age."""

from datetime import date

import polars as pl

from service.analytics.snapshot_store import Snapshot

# 「強い雨」 begins at 20 mm in an hour (Meteorological Agency), 30 mm a day are a lot, too.
HEAVY_DAY_MM = 30.0
HEAVY_HOUR_MM = 20.0
_IS_HEAVY = (
    (pl.col("rain_mm") >= HEAVY_DAY_MM).fill_null(value=False)
    | (pl.col("max_hour_mm") >= HEAVY_HOUR_MM).fill_null(value=False)
)  # fmt: skip


def rain_days(snapshot: Snapshot) -> list[date]:
    """Days with at least 30 mm, or 20 mm within one hour, at the wettest gauge."""
    rain = snapshot.table("rain").filter(_IS_HEAVY)
    return rain.select("observed_on").collect()["observed_on"].sort().to_list()


def recorded_rain(snapshot: Snapshot, first: date, until: date) -> pl.LazyFrame:
    """``occurred_on`` and ``is_heavy`` of the days from ``first``, before ``until``, on record."""
    is_inside = (pl.col("observed_on") >= first) & (pl.col("observed_on") < until)
    rain = snapshot.table("rain").filter(is_inside).sort("observed_on")
    return rain.select(occurred_on="observed_on", is_heavy=_IS_HEAVY)
