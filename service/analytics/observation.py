"""Devices under observation and the failures that belong to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from service.analytics.conditions import STORMS_OUT, Conditions
from service.analytics.fates import FATES, Fate, covered
from service.analytics.halts import halts_of
from service.analytics.methods.exposure import observed, outside_stops
from service.analytics.periods import day_number
from service.analytics.rain import rain_days
from service.analytics.snapshot_store import Snapshot
from service.analytics.spells import spells_of
from service.analytics.storm_days import storm_days

AT_ONCE = 1_000_000  # cases that are held in memory together


@dataclass(frozen=True)
class Observation:
    """What a report computes on, already cut to its window and filters.

    ``spells``: all spells in scope. ``observed``: those with exposure, cut to the window.
    ``cases``: all cases in scope as `fates.judged` gives them, ``fate`` that of this window. They
    may be too many to hold: read the columns that are needed, summed where they are read.
    ``halts``: when their places were out of use. ``knows_cover``: ``covered_until`` of the cases
    holds, because none of their spell is left out.
    """

    window_start: int
    window_end: int
    records_start: int
    spells: pl.DataFrame
    observed: pl.DataFrame
    cases: pl.LazyFrame
    halts: pl.DataFrame
    is_by_rain: bool = False
    knows_cover: bool = False

    @property
    def failures(self) -> pl.LazyFrame:
        return self.cases.filter(pl.col("fate") == Fate.COUNTED.value)

    @cached_property
    def of_spells(self) -> pl.DataFrame:
        """Of each ``spell`` that failed: ``failures``, ``open``, ``cost_yen``, ``last_failure``."""
        sums = self.failures.group_by("spell").agg(
            failures=pl.len(),
            open=pl.col("is_open").sum(),
            cost_yen=pl.col("cost_yen").fill_null(0).sum(),
            last_failure=pl.col("occurred_on").max(),
        )
        return sums.collect(engine="streaming").sort("spell")

    @cached_property
    def of_days(self) -> pl.DataFrame:
        """``failures`` of each ``day`` (and ``occurred_on``) that had any."""
        counts = self.failures.group_by("day", "occurred_on").agg(failures=pl.len())
        return counts.collect(engine="streaming").sort("day")

    def stops(self) -> Iterator[pl.LazyFrame]:
        """Failures with a known stop, also such as began before the window, with their cover.

        In several parts of whole spells if they must be sorted, so that each can be held.
        """
        stopped = self.cases.filter("is_stop")
        if self.knows_cover:
            yield stopped
            return
        counts = stopped.group_by("spell").len().collect(engine="streaming").sort("spell")
        parts = counts.group_by(part=pl.col("len").cum_sum() // AT_ONCE, maintain_order=True)
        bounds = parts.agg(first=pl.col("spell").min(), last=pl.col("spell").max())
        for _, first, last in bounds.iter_rows():
            yield covered(stopped.filter(pl.col("spell").is_between(first, last)))


def records_start_of(snapshot: Snapshot) -> int:
    """First day of the month of the oldest case; without any case the day of the snapshot."""
    first = snapshot.judged().select(pl.col("occurred_on").min()).collect().item()
    return day_number(snapshot.day if first is None else first.replace(day=1))


def observe(snapshot: Snapshot, conditions: Conditions) -> Observation:
    """Cuts the snapshot to the conditions. The future is never exposure."""
    start = day_number(conditions.period.starts_on)
    end = min(day_number(conditions.period.ends_on), day_number(snapshot.day) + 1)
    given = conditions.records_from
    records_start = records_start_of(snapshot) if given is None else day_number(given)
    spells = spells_of(snapshot).filter(conditions.filters.of_spells()).collect()
    stops = halts_of(snapshot, spells)
    spans = observed(spells.lazy(), window_start=start, window_end=end, records_start=records_start)
    exposed = (outside_stops(spans, stops.lazy()) if stops.height else spans).collect()
    is_dry = conditions.filters.storms == STORMS_OUT
    days = [one.on for one in storm_days(snapshot)] if is_dry else []
    wet = rain_days(snapshot) if conditions.filters.rain else []
    judged = snapshot.judged()
    cases = (
        judged.filter(conditions.filters.of_cases(days, wet))
        .filter(_one_of(spells) | (pl.col("spell").is_null() & conditions.filters.of_places()))
        .with_columns(fate=_unless_stopped(snapshot, spells, stops))
        .with_columns(fate=_fate_in((max(start, records_start), end), exposed))
    )
    return Observation(
        *(start, end, records_start, spells, exposed, cases, stops),
        is_by_rain=conditions.filters.rain is not None,
        knows_cover=(
            not conditions.filters.leave_cases_out and "covered_until" in judged.collect_schema()
        ),
    )


def _unless_stopped(snapshot: Snapshot, spells: pl.DataFrame, stops: pl.DataFrame) -> pl.Expr:
    """What was found on a device out of use is no failure in service (start < day ≤ end)."""
    halted = spells.lazy().select("spell", "position").join(stops.lazy(), on="position")
    is_halted = (pl.col("day") > pl.col("from_day")) & (
        (pl.col("day") <= pl.col("to_day")).fill_null(value=True)
    )
    found = (
        snapshot.judged().select("case", "spell", "day").join(halted, on="spell").filter(is_halted)
    )
    cases = found.select("case").unique().collect() if stops.height else pl.DataFrame()
    if cases.is_empty():
        return pl.col("fate")
    is_stopped = pl.col("case").is_in(cases["case"].implode())
    stopped = pl.lit(Fate.STOPPED.value, dtype=FATES)
    is_counted = pl.col("fate") == Fate.COUNTED.value
    return pl.when(is_counted & is_stopped).then(stopped).otherwise(pl.col("fate"))


def _one_of(spells: pl.DataFrame) -> pl.Expr:
    return pl.col("spell").is_in(spells["spell"].implode()).fill_null(value=False)


def _fate_in(window: tuple[int, int], exposed: pl.DataFrame) -> pl.Expr:
    """The fate inside a window; a failure of a spell without exposure is not counted."""
    fate = pl.col("fate")
    is_inside = (pl.col("day") >= window[0]) & (pl.col("day") < window[1])
    is_unseen = (fate == Fate.COUNTED.value) & ~_one_of(exposed)
    return (
        pl.when(~is_inside)
        .then(pl.lit(Fate.OUTSIDE_WINDOW.value, dtype=FATES))
        .when(is_unseen)
        .then(pl.lit(Fate.BEFORE_INSTALLATION.value, dtype=FATES))
        .otherwise(fate)
    )
