"""Groups of devices followed by age: windows and failures in years since their birth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from service.analytics.grouping import group_label, group_on
from service.analytics.methods.exposure import DAYS_PER_YEAR
from service.analytics.methods.histories import Histories
from service.analytics.observation import AT_ONCE
from service.analytics.reports.frame import Frame

AGE_OF = (pl.col("day") - pl.col("born_day")) / DAYS_PER_YEAR


@dataclass(frozen=True)
class Group:
    """Devices whose birth nobody knows count as ``devices`` but have no history.

    ``days``: on how many days any of the others failed.
    """

    key: str
    label: str
    devices: int
    histories: Histories
    days: int


def groups_by_age(frame: Frame, *, only: Sequence[str] | None = None) -> Iterator[Group]:
    """The largest group first; the failures of a few groups are held at a time."""
    grouped = frame.observation.spells.select(
        "spell", "device", "born_day", group=group_on(frame.conditions.by, pl.lit(0)).fill_null("")
    )
    if only is not None:
        grouped = grouped.filter(pl.col("group").is_in(only))
    spans = _spans(frame, grouped)
    for part in _parts(frame, grouped, spans):
        members = grouped.filter(pl.col("group").is_in(part["group"].implode()))
        events = _events(frame, members).partition_by("group", as_dict=True)
        for key, devices in part.select("group", "devices").iter_rows():
            known = spans.filter((pl.col("group") == key) & (pl.col("start") >= 0))
            label = group_label(frame.conditions.by, key, frame.facility_names)
            found = events.get((key,), NOTHING)
            yield Group(key, label, devices, _histories(known, found), found["day"].n_unique())


NOTHING = pl.DataFrame(schema={"device": pl.UInt32, "time": pl.Float64, "day": pl.Int32})


def _spans(frame: Frame, grouped: pl.DataFrame) -> pl.DataFrame:
    born = pl.col("born_day")
    return (
        frame.observation.observed.select("spell", "entry_day", "exit_day")
        .join(grouped, on="spell")
        .select(
            "group",
            "device",
            start=(pl.col("entry_day") - born) / DAYS_PER_YEAR,
            end=(pl.col("exit_day") - born) / DAYS_PER_YEAR,
        )
        .sort("device", "start")
    )


def _parts(frame: Frame, grouped: pl.DataFrame, spans: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The groups in order, as many together as have `AT_ONCE` failures."""
    failures = (
        grouped.join(frame.observation.of_spells, on="spell")
        .group_by("group")
        .agg(pl.col("failures").sum())
    )
    groups = (
        spans.group_by("group")
        .agg(devices=pl.col("device").n_unique())
        .join(failures, on="group", how="left")
        .sort(-pl.col("devices").cast(pl.Int64), "group")
        .with_columns(part=pl.col("failures").fill_null(0).cum_sum() // AT_ONCE)
    )
    for _, part in groups.group_by("part", maintain_order=True):
        yield part


def _events(frame: Frame, members: pl.DataFrame) -> pl.DataFrame:
    is_member = pl.col("spell").is_in(members["spell"].implode())
    return (
        frame.observation.failures.filter(is_member)
        .select("spell", "day")
        .join(members.lazy(), on="spell")
        .filter(pl.col("born_day").is_not_null())
        .select("group", "device", "day", time=AGE_OF)
        .collect()
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
