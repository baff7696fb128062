"""Which device a meter reading belongs to, and what it ran between two of them."""

from enum import StrEnum

import polars as pl

from service.analytics.methods.operating_time import HOURS_PER_DAY, failures_within, metered
from service.analytics.observation import Observation
from service.analytics.snapshot_store import Snapshot


class Meter(StrEnum):
    HOURS = "run_hours"
    STARTS = "starts"


MOST_PER_DAY = {Meter.HOURS: HOURS_PER_DAY, Meter.STARTS: None}


def meter_spans(snapshot: Snapshot, observation: Observation, meter: Meter) -> pl.DataFrame:
    """What the meters of all spells in scope counted inside the window, as `metered` gives it.

    ``device`` is the spell: a new device in the same place starts a new meter.
    """
    start = max(observation.window_start, observation.records_start)
    readings = (
        snapshot.table("readings")
        .filter(pl.col("meter") == meter.value)
        .with_columns(day=pl.col("read_on").cast(pl.Int32))
        .join(
            observation.spells.lazy().select(
                "spell", "position", "match_from", "removed_day", "device"
            ),
            on="position",
            suffix="_there",
        )
        .filter(
            (pl.col("day") >= pl.col("match_from"))
            & (pl.col("day") <= pl.col("removed_day")).fill_null(value=True)
            & (pl.col("device") == pl.col("device_there")).fill_null(value=True)
        )
        .sort("spell")
        .unique(["position", "day"], keep="first", maintain_order=True)
        .select("day", "value", device="spell")
    )
    return metered(
        readings,
        window_start=start,
        window_end=observation.window_end,
        most_per_day=MOST_PER_DAY[meter],
    ).collect()


def failures_by_spell(observation: Observation, spans: pl.DataFrame) -> pl.DataFrame:
    """``failures`` of each ``spell`` in days that its meter was followed."""
    failures = observation.failures.select("day", device="spell")
    inside = failures_within(failures, spans.lazy())
    return inside.group_by(spell="device").agg(failures=pl.len()).collect()
