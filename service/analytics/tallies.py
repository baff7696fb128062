"""Exposure, failures and down hours by group and device: what every rate is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import polars as pl

from service.analytics.grouping import AGE_BREAKS_YEARS, GroupBy, age_key, group_on
from service.analytics.methods.availability import clipped_downs
from service.analytics.methods.exposure import device_years, lexis
from service.analytics.methods.rates import DeviceSums, device_sums
from service.analytics.observation import Observation
from service.analytics.periods import EPOCH
from service.core.clock import JST

# On the day of its removal a device is as old as on its last day of service.
LAST_DAY = pl.min_horizontal("day", pl.col("removed_day") - 1)
MICROSECONDS_PER_HOUR = 3_600_000_000
NO_HOURS = pl.DataFrame(schema={"device": pl.UInt32, "group": pl.String, "down_h": pl.Float64})
PLACED = (
    "spell",
    "device",
    "born_day",
    "removed_day",
    "major",
    "middle",
    "minor",
    "maker",
    "model_no",
    "facility_code",
    "facility_type",
    "treatment_district",
)


@dataclass(frozen=True)
class Tally:
    """One group, or everything: the sums over its devices and what was counted beside them."""

    key: str
    sums: DeviceSums
    devices_failed: int
    open_cases: int
    down_h: float


def units_of(observation: Observation, by: GroupBy) -> pl.DataFrame:
    """One row per group and device: ``years`` of exposure, ``failures`` and ``open`` cases."""
    spans = observation.observed.lazy()
    if by is GroupBy.AGE:
        spans = lexis(spans, age_breaks_years=AGE_BREAKS_YEARS).with_columns(
            group=age_key(pl.col("age_from_years"))
        )
    else:
        spans = spans.with_columns(group=group_on(by, pl.lit(0)))
    exposure = spans.group_by("group", "device").agg(years=device_years(pl.col("days").sum()))
    counts = (
        _counts(observation, by)
        .group_by("group", "device")
        .agg(pl.col("failures").sum(), pl.col("open").sum())
    )
    return (
        exposure.join(counts, on=["group", "device"], how="left")
        .with_columns(pl.col("failures", "open").fill_null(0))
        .sort("group", "device")
        .collect()
    )


def _counts(observation: Observation, by: GroupBy) -> pl.LazyFrame:
    """``failures`` and ``open`` of every device by its group on the day."""
    if by is not GroupBy.AGE:
        sums = placed(observation.of_spells.lazy(), observation)
        return sums.with_columns(group=group_on(by, pl.lit(0)))
    counts = (
        grouped(observation.failures, observation, by)
        .group_by("group", "device")
        .agg(failures=pl.len(), open=pl.col("is_open").sum())
    )
    return counts.collect(engine="streaming").lazy()


def placed(cases: pl.LazyFrame, observation: Observation) -> pl.LazyFrame:
    """Cases of spells, or sums over them, with what of their spell they are grouped by."""
    spells = observation.spells.lazy().select(PLACED)
    of_cases = ("facility_code", "facility_type", "treatment_district")
    return cases.drop(of_cases, strict=False).join(spells, on="spell")


def grouped(cases: pl.LazyFrame, observation: Observation, by: GroupBy) -> pl.LazyFrame:
    """Cases of spells with their ``group`` on the day, which may be unknown by age."""
    if by is GroupBy.AGE:
        return placed(cases, observation).with_columns(group=group_on(by, LAST_DAY))
    group = group_on(by, pl.lit(0)).fill_null("").cast(pl.Categorical)
    return cases.join(observation.spells.lazy().select("spell", group=group), on="spell")


def downtime_of(observation: Observation, by: GroupBy, until: datetime) -> pl.DataFrame:
    """``down_h`` inside the window of each ``group`` and ``device``.

    What is still down counts until the end of the window or ``until``, whichever is first.
    """
    window = (
        _moment(observation.window_start),
        min(_moment(observation.window_end), until),
    )
    first = max(observation.window_start, observation.records_start)
    places = observation.observed.lazy().select(
        device="spell",
        installed=_moments(pl.col("entry_day")),
        removed=_moments(pl.col("exit_day")),
    )
    spells = observation.spells.lazy().select(PLACED)
    parts = []
    for stops in observation.stops():
        hours = (
            _standstill(stops, places, window, pl.max_horizontal("day", pl.lit(first)), by)
            .join(spells, on="spell")
            .group_by("device", group=group_on(by, pl.col("day")))
            .agg(down_h=pl.col("down_us").sum() / MICROSECONDS_PER_HOUR)
            .select("device", "group", "down_h")
        )
        parts.append(hours.filter(pl.col("group").is_not_null()).collect(engine="streaming"))
    return pl.concat([NO_HOURS, *parts]).sort("group", "device", "down_h")


def _standstill(
    stops: pl.LazyFrame,
    places: pl.LazyFrame,
    window: tuple[datetime, datetime],
    day: pl.Expr,
    by: GroupBy,
) -> pl.LazyFrame:
    """``down_us`` of each ``spell`` and, where its group changes with time, ``day``."""
    downs = stops.select(
        "spell",
        "covered_until",
        device="spell",
        day=day if by is GroupBy.AGE else pl.lit(0),
        down_from="stop_from",
        restored_at="stop_to",
    )
    times = clipped_downs(downs, places, window).select(
        "spell",
        "day",
        down_us=(pl.col("down_h") * MICROSECONDS_PER_HOUR).round().cast(pl.Int64),
    )
    return times if by is GroupBy.AGE else times.group_by("spell", "day").agg(pl.sum("down_us"))


def tallies(units: pl.DataFrame, downs: pl.DataFrame) -> list[Tally]:
    """One tally per group, in the order of the keys."""
    hours = downs.group_by("group").agg(pl.col("down_h").sum())
    frame = (
        units.group_by("group", maintain_order=True)
        .agg(**_aggregates())
        .join(hours, on="group", how="left", maintain_order="left")
        .with_columns(pl.col("down_h").fill_null(0.0))
    )
    return [_tally(row) for row in frame.iter_rows(named=True)]


def tally_of_all(units: pl.DataFrame, downs: pl.DataFrame) -> Tally:
    """Everything; a device that changed its group in the window is one device here."""
    per_device = units.group_by("device").agg(pl.col("years", "failures", "open").sum())
    row = per_device.sort("device").select(**_aggregates()).row(0, named=True)
    return _tally(row | {"group": "", "down_h": downs["down_h"].sum()})


def _aggregates() -> dict[str, pl.Expr]:
    return {
        **device_sums(pl.col("failures").cast(pl.Float64), pl.col("years")),
        "devices_failed": (pl.col("failures") > 0).sum(),
        "open_cases": pl.col("open").sum(),
    }


def _tally(row: Mapping[str, Any]) -> Tally:
    sums = DeviceSums(**{name: row[name] for name in DeviceSums.__dataclass_fields__})
    return Tally(
        row["group"] or "", sums, row["devices_failed"], row["open_cases"], float(row["down_h"])
    )


def _moment(day: int) -> datetime:
    midnight = datetime.combine(EPOCH + timedelta(days=day), time(), JST)
    return midnight.astimezone(UTC)


def _moments(day: pl.Expr) -> pl.Expr:
    """Midnight of the day in Japan, as the instants of the cases are kept."""
    local = day.cast(pl.Int32).cast(pl.Date).cast(pl.Datetime("us"))
    return local.dt.replace_time_zone("Asia/Tokyo").dt.convert_time_zone("UTC")
