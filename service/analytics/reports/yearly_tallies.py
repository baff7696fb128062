"""Exposure and failures cut at fiscal years, so that any window of whole pieces can be summed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import polars as pl

from service.analytics.grouping import group_on
from service.analytics.methods.exposure import band_of, device_years, lexis
from service.analytics.methods.rates import DeviceSums, device_sums
from service.analytics.periods import EPOCH, day_number
from service.analytics.reports.frame import Frame
from service.analytics.tallies import placed
from service.core.i18n.dates import fiscal_year, fiscal_year_days

EXPECTED_NEEDED = 5.0
YEARS_NEEDED = 3


def first_days(years: Iterable[int]) -> list[int]:
    return [day_number(fiscal_year_days(year)[0]) for year in years]


@dataclass(frozen=True)
class YearlyTallies:
    """``cells``: group, device, ``day_from``, ``years`` of exposure and ``failures``.

    ``breaks`` are the day numbers at which cells begin and end; ``whole_years`` those of fiscal
    years that lie wholly inside. ``spans`` are the observed spells with their group.
    """

    cells: pl.DataFrame
    spans: pl.DataFrame
    breaks: tuple[int, ...]
    whole_years: tuple[tuple[int, int], ...]

    def _between(self, start: int, end: int) -> pl.DataFrame:
        is_inside = (pl.col("day_from") >= start) & (pl.col("day_from") < end)
        return self.cells.filter(is_inside)

    def sums(self, start: int, end: int) -> dict[str, DeviceSums]:
        """By group, in the order of the keys."""
        sums = (
            self._between(start, end)
            .group_by("group", "device", maintain_order=True)
            .agg(pl.col("years", "failures").sum())
            .group_by("group", maintain_order=True)
            .agg(**device_sums(pl.col("failures").cast(pl.Float64), pl.col("years")))
            .sort("group")
        )
        return {str(row.pop("group")): DeviceSums(**row) for row in sums.to_dicts()}

    def sums_of_all(self, start: int, end: int) -> DeviceSums:
        sums = (
            self._between(start, end)
            .group_by("device", maintain_order=True)
            .agg(pl.col("years", "failures").sum())
            .select(**device_sums(pl.col("failures").cast(pl.Float64), pl.col("years")))
        )
        return DeviceSums(**sums.row(0, named=True))

    def in_service(self, day: int) -> dict[str, int]:
        """Devices by group that were observed on a day."""
        present = self.spans.filter((pl.col("entry_day") <= day) & (pl.col("exit_day") > day))
        counts = present.group_by("group").agg(pl.col("device").n_unique())
        return dict(counts.iter_rows())

    def failures(self, start: int, end: int) -> dict[str, int]:
        counts = self._between(start, end).group_by("group").agg(pl.col("failures").sum())
        return {str(key): int(count) for key, count in counts.iter_rows()}

    def dispersion_of_years(self, *, together: bool = False) -> float:
        """φ of the counts from year to year: storms and the like make years unlike.

        Σ(n − E)²/E over groups and whole years with E ≥ 5 expected, E = N·T_y/T of the group,
        ÷ (cells − groups); 1 where it is less or where fewer than 3 whole years are seen.

        Args:
            together: Everything as one group: what makes a year unlike often hits all of them.
        """
        if len(self.whole_years) < YEARS_NEEDED:
            return 1.0
        starts = [start for start, _ in self.whole_years]
        inside = self._between(starts[0], self.whole_years[-1][1])
        year = band_of(pl.col("day_from"), (*starts, self.whole_years[-1][1]))
        group = pl.lit("") if together else pl.col("group")
        by_year = (
            inside.group_by(group=group, year=year, maintain_order=True)
            .agg(pl.col("years", "failures").sum())
            .with_columns(
                expected=pl.col("failures").sum().over("group")
                * pl.col("years")
                / pl.col("years").sum().over("group")
            )
            .filter(pl.col("expected").min().over("group") >= EXPECTED_NEEDED)
        )
        free = by_year.height - by_year["group"].n_unique()
        if free <= 0:
            return 1.0
        squares = (by_year["failures"] - by_year["expected"]) ** 2 / by_year["expected"]
        return max(1.0, float(squares.sum()) / free)


def yearly_tallies(frame: Frame, also: Iterable[int] = ()) -> YearlyTallies:
    """Cut at every fiscal year in the window of the frame and at the days of ``also``."""
    seen = frame.observation
    start, end = max(seen.window_start, seen.records_start), seen.window_end
    by = frame.conditions.by
    inner = {day for day in (*first_days(_years_within(start, end)), *also) if start < day < end}
    breaks = tuple(sorted({start, end, *inner})) if end > start else (start, start + 1)
    spans = seen.observed.with_columns(group=group_on(by, pl.lit(0)).fill_null(""))
    exposure = (
        lexis(spans.lazy(), calendar_breaks=breaks)
        .group_by("group", "device", day_from=pl.col("period_from").cast(pl.Int64))
        .agg(years=device_years(pl.col("days").sum()))
    )
    of_spells = (
        seen.failures.group_by("spell", day_from=band_of(pl.col("day"), breaks).cast(pl.Int64))
        .agg(failures=pl.len())
        .collect(engine="streaming")
    )
    counts = (
        placed(of_spells.lazy(), seen)
        .with_columns(group=group_on(by, pl.lit(0)).fill_null(""))
        .group_by("group", "device", "day_from")
        .agg(pl.col("failures").sum())
    )
    cells = (
        exposure.join(counts, on=["group", "device", "day_from"], how="left")
        .with_columns(pl.col("failures").fill_null(0))
        .sort("group", "device", "day_from")
        .collect()
    )
    whole = [
        (low, high)
        for low, high in pairwise(first_days(_years_within(start, end, one_more=True)))
        if low >= start and high <= end
    ]
    return YearlyTallies(cells, spans, breaks, tuple(whole))


def _years_within(start: int, end: int, *, one_more: bool = False) -> range:
    first, last = (fiscal_year(EPOCH + timedelta(days=day)) for day in (start, max(start, end)))
    return range(first, last + 1 + one_more)
