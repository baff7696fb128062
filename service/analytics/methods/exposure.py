"""Device-time under observation (曝露): the denominator of every rate.

Days are whole numbers counted from 1970-01-01 (polars' own ``Date`` as ``Int32``), of the calendar
of Japan. A span is half-open: its last day is not in it. A year is 365.25 days, so leap days count.
"""

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

DAYS_PER_YEAR = 365.25

INSTALLED_DAY = pl.col("installed_day")
REMOVED_DAY = pl.col("removed_day")
_NEVER = 10**6  # no calendar day that a ledger can hold
IS_CONTRADICTORY = (REMOVED_DAY < INSTALLED_DAY).fill_null(value=False)


def observed(
    spells: pl.LazyFrame, *, window_start: int, window_end: int, records_start: int | None = None
) -> pl.LazyFrame:
    """Cuts each spell of service to the part in which a failure would have been recorded.

    ``[max(installed, records start, window start), min(removed, window end))`` in days
    (ISO 14224:2016 annex C, calendar time).

    Args:
        spells: ``installed_day`` and ``removed_day`` (Int32, either may be null) and whatever
            else the caller groups by. One row is one device in one place without a break.
        window_start: First day of the window.
        window_end: First day after the window.
        records_start: First day from which failures were written down; None when the records
            are older than the window.

    Returns:
        The spells with ``entry_day``, ``exit_day`` (Int32) and ``days``; spells without any
        observed day are gone. A null ``installed_day`` means in service since before the records
        began, a null ``removed_day`` still in service. A spell removed before it was installed is
        left out (`contradictory` lists them).
    """
    first = window_start if records_start is None else max(window_start, records_start)
    return (
        spells.filter(~IS_CONTRADICTORY)
        .with_columns(
            entry_day=pl.max_horizontal(INSTALLED_DAY, pl.lit(first)).cast(pl.Int32),
            exit_day=pl.min_horizontal(REMOVED_DAY, pl.lit(window_end)).cast(pl.Int32),
        )
        .with_columns(days=pl.col("exit_day") - pl.col("entry_day"))
        .filter(pl.col("days") > 0)
    )


def outside_stops(spans: pl.LazyFrame, stops: pl.LazyFrame) -> pl.LazyFrame:
    """Observed spans without the days on which their position was out of use.

    Args:
        spans: As `observed` gives them, with ``position``.
        stops: ``position``, ``from_day``, ``to_day`` (Int32, half-open; null: still out of use).

    Returns:
        The parts in use, each a row with its own ``entry_day``, ``exit_day`` and ``days``.
    """
    last = pl.col("to_day").fill_null(pl.lit(_NEVER))
    halts = (
        stops.select("position", pl.col("from_day"), to_day=last)
        .filter(pl.col("to_day") > pl.col("from_day"))
        .group_by("position")
        .agg(pl.struct("from_day", "to_day").sort().alias("halts"))
    )
    joined = spans.join(halts, on="position", how="left", maintain_order="left")
    whole = joined.filter(pl.col("halts").is_null()).drop("halts")
    # In use from the end of each halt (or for ever before the first) to the start of the next.
    starts = pl.col("halts").list.eval(pl.element().struct.field("from_day"))
    ends = pl.col("halts").list.eval(pl.element().struct.field("to_day").cum_max())
    cut = (
        joined.filter(pl.col("halts").is_not_null())
        .with_columns(
            _from=pl.concat_list(pl.lit([-_NEVER], dtype=pl.List(pl.Int32)), ends),
            _until=pl.concat_list(starts, pl.lit([_NEVER], dtype=pl.List(pl.Int32))),
        )
        .drop("halts")
        .explode("_from", "_until")
        .with_columns(
            entry_day=pl.max_horizontal("entry_day", "_from"),
            exit_day=pl.min_horizontal("exit_day", "_until"),
        )
        .drop("_from", "_until")
        .with_columns(days=pl.col("exit_day") - pl.col("entry_day"))
        .filter(pl.col("days") > 0)
    )
    return pl.concat([whole, cut.select(whole.collect_schema().names())])


def contradictory(spells: pl.LazyFrame) -> pl.LazyFrame:
    """Spells that end before they begin; they have no exposure and are listed to be mended."""
    return spells.filter(IS_CONTRADICTORY)


def lexis(
    spans: pl.LazyFrame,
    *,
    calendar_breaks: Sequence[float] = (),
    age_breaks_years: Sequence[float] = (),
) -> pl.LazyFrame:
    """Splits observed spans into cells of calendar period × age band (Lexis diagram).

    Days of a cell: ``min(exit, period end, born + band end) − max(entry, period start,
    born + band start)`` where positive. Cells add up to the span wherever the breaks cover it.

    Args:
        spans: ``entry_day``, ``exit_day`` and, for ages, ``born_day`` (null: age unknown).
        calendar_breaks: Rising day numbers; may be fractions. Empty: no split by period.
        age_breaks_years: Rising ages; the last may be infinite. Empty: no split by age.

    Returns:
        One row per span and cell with ``days`` (Float64) and ``period_from``, ``age_from_years``
        (the lower break; absent without that split). Spans of unknown age have no age cell.

    Source: Carstensen & Plummer, R package Epi, `splitLexis`; Keiding (1990).
    """
    cells = spans.with_columns(
        pl.col("entry_day").cast(pl.Float64), pl.col("exit_day").cast(pl.Float64)
    )
    if calendar_breaks:
        cells = _cut(cells, "period_from", calendar_breaks, origin=pl.lit(0.0), scale=1.0)
    if age_breaks_years:
        cells = _cut(
            cells.filter(pl.col("born_day").is_not_null()),
            "age_from_years",
            age_breaks_years,
            origin=pl.col("born_day").cast(pl.Float64),
            scale=DAYS_PER_YEAR,
        )
    return cells.with_columns(days=pl.col("exit_day") - pl.col("entry_day"))


def _cut(
    spans: pl.LazyFrame, name: str, breaks: Sequence[float], *, origin: pl.Expr, scale: float
) -> pl.LazyFrame:
    bands = pl.LazyFrame(
        {name: list(breaks[:-1]), "_until": list(breaks[1:])},
        schema={name: pl.Float64, "_until": pl.Float64},
    )
    return (
        spans.join(bands, how="cross")
        .with_columns(
            entry_day=pl.max_horizontal("entry_day", origin + pl.col(name) * scale),
            exit_day=pl.min_horizontal("exit_day", origin + pl.col("_until") * scale),
        )
        .filter(pl.col("exit_day") > pl.col("entry_day"))
        .drop("_until")
    )


def band_of(value: pl.Expr, breaks: Sequence[float]) -> pl.Expr:
    """The lower break of the band ``[from, until)`` that holds the value; null outside all."""
    band = pl.lit(None, dtype=pl.Float64)
    for low, high in pairwise(breaks):
        band = pl.when((value >= low) & (value < high)).then(pl.lit(float(low))).otherwise(band)
    return band


def age_years(day: pl.Expr, born_day: pl.Expr) -> pl.Expr:
    """Age on a day in years of 365.25 days; null when the birth is unknown."""
    return (day - born_day) / DAYS_PER_YEAR


def device_years(days: pl.Expr) -> pl.Expr:
    """Device-days as device-years (機器・年).

    Days are whole or quarters, so that their sums, unlike those of years, do not depend on order.
    """
    return days / DAYS_PER_YEAR
