"""Groups of devices followed by age: windows and failures in years since their birth."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from service.analytics.grouping import group_label, group_on
from service.analytics.methods.exposure import DAYS_PER_YEAR
from service.analytics.methods.histories import Histories
from service.analytics.reports.frame import Frame
from service.analytics.tallies import placed


@dataclass(frozen=True)
class Group:
    """``unborn`` devices are left out: nobody knows how old they are."""

    key: str
    label: str
    devices: int
    histories: Histories
    unborn: int


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
        .collect()
    )
    failures = (
        placed(frame.observation.failures, frame.observation)
        .with_columns(group=group_on(by, pl.lit(0)).fill_null(""))
        .select("group", "device", time=(pl.col("day") - born) / DAYS_PER_YEAR)
        .filter(pl.col("time").is_not_null())
        .collect()
    )
    found = list(_groups(frame, spans, failures))
    return sorted(found, key=lambda one: (-one.devices, one.key))


def _groups(frame: Frame, spans: pl.DataFrame, failures: pl.DataFrame) -> Iterator[Group]:
    for (key,), part in spans.group_by("group"):
        known = part.filter(pl.col("start").is_not_null() & (pl.col("start") >= 0))
        events = failures.filter(pl.col("group") == key)
        yield Group(
            key=str(key),
            label=group_label(frame.conditions.by, str(key), frame.facility_names),
            devices=part["device"].n_unique(),
            histories=Histories.of(
                known.select("device", "start", "end").iter_rows(),
                events.select("device", "time").iter_rows(),
            ),
            unborn=part["device"].n_unique() - known["device"].n_unique(),
        )
