"""Groups of devices followed by age: windows and failures in years since their birth."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from service.analytics.grouping import group_label, group_on
from service.analytics.methods.exposure import DAYS_PER_YEAR
from service.analytics.methods.histories import Histories
from service.analytics.reports.frame import Frame
from service.analytics.tallies import placed


@dataclass(frozen=True)
class Group:
    """``spans`` and ``events`` of its devices; those of unknown age are left out (``unborn``)."""

    key: str
    label: str
    devices: int
    unborn: int
    spans: pl.DataFrame
    events: pl.DataFrame

    @cached_property
    def histories(self) -> Histories:
        return _histories(self.spans, self.events)


def groups_by_age(frame: Frame) -> list[Group]:
    """The largest group first."""
    by = frame.conditions.by
    born = pl.col("born_day")
    spans = (
        frame.observation.observed.lazy()
        .with_columns(group=group_on(by, pl.lit(0)).fill_null(""))
        .select(
            "group",
            "device",
            start=(pl.col("entry_day") - born) / DAYS_PER_YEAR,
            end=(pl.col("exit_day") - born) / DAYS_PER_YEAR,
        )
        .sort("device", "start")
        .collect()
    )
    failures = (
        placed(frame.observation.failures.select("spell", "day"), frame.observation)
        .filter(born.is_not_null())
        .select(
            "device",
            group=group_on(by, pl.lit(0)).fill_null("").cast(pl.Categorical),
            time=(pl.col("day") - born) / DAYS_PER_YEAR,
        )
        .collect()
    )
    found = list(_groups(frame, spans, failures))
    return sorted(found, key=lambda one: (-one.devices, one.key))


def _groups(frame: Frame, spans: pl.DataFrame, failures: pl.DataFrame) -> Iterator[Group]:
    events = failures.partition_by("group", as_dict=True)
    nothing = failures.clear()
    for (key,), part in spans.partition_by("group", as_dict=True).items():
        known = part.filter(pl.col("start").is_not_null() & (pl.col("start") >= 0))
        yield Group(
            key=str(key),
            label=group_label(frame.conditions.by, str(key), frame.facility_names),
            devices=part["device"].n_unique(),
            unborn=part["device"].n_unique() - known["device"].n_unique(),
            spans=known,
            events=events.get((key,), nothing),
        )


def _histories(spans: pl.DataFrame, events: pl.DataFrame) -> Histories:
    """Devices numbered from 0; an event of a device without a span gets −1 and is left out."""
    numbers = spans.select(pl.col("device").unique(maintain_order=True)).with_row_index("number")

    def numbered(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.join(numbers, on="device", how="left", maintain_order="left").with_columns(
            pl.col("number").cast(pl.Int64).fill_null(-1)
        )

    seen, found = numbered(spans), numbered(events.sort("device", "time"))
    return Histories.from_arrays(
        seen["number"].to_numpy(),
        (seen["start"].to_numpy(), seen["end"].to_numpy()),
        found["number"].to_numpy(),
        found["time"].to_numpy(),
    )
