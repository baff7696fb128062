"""Operating time (運転時間) and starts (始動回数) of devices from what their meters read.

The operating time of ISO 14224:2016 annex C and EN 15341: where a device stands still for months,
as storm-water pumps do, calendar time says little of how much it was used.
"""

import polars as pl

HOURS_PER_DAY = 24.0
TOLERANCE = 1.02  # a day's reading may be taken in the evening after one in the morning


def metered(
    readings: pl.LazyFrame, *, window_start: int, window_end: int, most_per_day: float | None
) -> pl.LazyFrame:
    """Meter differences between consecutive readings of each device, cut to a window.

    A pair of readings stands for the days after the first up to that of the second, ``(from, to]``:
    what failed on the day of an exchange belongs to the device that went. A pair that reaches over
    an end of the window gives the part of its amount that its days inside are of all its days.

    Args:
        readings: ``device``, ``day`` (Int32), ``value`` (Float64); days may repeat, then the
            highest value stands.
        window_start: First day of the window.
        window_end: First day after it.
        most_per_day: What a meter can count in a day (24 for hours); None: no bound.

    Returns:
        ``device``, ``from_day``, ``to_day``, ``amount`` and ``is_reset``: the value fell, or rose
        by more than was possible, so that the meter was exchanged or misread. Its ``amount`` is
        null, and its days are no exposure.
    """
    highest = readings.group_by("device", "day").agg(pl.col("value").max()).sort("device", "day")
    from_day, grown = pl.col("day").shift(1), pl.col("value") - pl.col("value").shift(1)
    pairs = highest.select(
        "device", from_day=from_day.over("device"), to_day="day", grown=grown.over("device")
    ).filter(pl.col("from_day").is_not_null())
    days = pl.col("to_day") - pl.col("from_day")
    is_reset = pl.col("grown") < 0
    if most_per_day is not None:
        is_reset |= pl.col("grown") > days * most_per_day * TOLERANCE
    first = pl.max_horizontal("from_day", pl.lit(window_start - 1))
    last = pl.min_horizontal("to_day", pl.lit(window_end - 1))
    return (
        pairs.filter(first < last)
        .with_columns(is_reset=is_reset)
        .select(
            "device",
            "is_reset",
            from_day=first.cast(pl.Int32),
            to_day=last.cast(pl.Int32),
            amount=pl.when(~pl.col("is_reset")).then(pl.col("grown") * (last - first) / days),
        )
        .sort("device", "from_day")
    )


def failures_within(failures: pl.LazyFrame, spans: pl.LazyFrame) -> pl.LazyFrame:
    """Failures on days that a span of the same device holds: ``from < day ≤ to``.

    Args:
        failures: ``device`` and ``day``.
        spans: As from `metered`; spans of a device do not overlap.
    """
    return (
        failures.sort("day")
        .join_asof(
            spans.select("device", "from_day", "to_day").sort("from_day"),
            left_on="day",
            right_on="from_day",
            by="device",
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(pl.col("day") <= pl.col("to_day"))
    )
