"""Devices under observation and the failures that belong to them, with the fate of every case."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import polars as pl

from service.analytics.conditions import STORMS_OUT, Conditions, Filters
from service.analytics.methods.exposure import observed
from service.analytics.periods import day_number
from service.analytics.snapshot_store import Snapshot
from service.analytics.spells import spells_of
from service.analytics.storm_days import storm_days
from service.core.i18n.marker import N_
from service.faults.domain import OPEN_STATES, CaseState

UNREPAIRED = sorted(OPEN_STATES - {CaseState.RESOLVED, CaseState.IN_APPROVAL, CaseState.RETURNED})


class Fate(StrEnum):
    """Why a case is counted or not; the first that applies, in this order."""

    OUTSIDE_WINDOW = "outside_window"
    MERGED = "merged"
    DISMISSED = "dismissed"
    NOT_A_FAILURE = "not_a_failure"
    UNREGISTERED = "unregistered"
    BEFORE_INSTALLATION = "before_installation"
    AFTER_REMOVAL = "after_removal"
    NO_DEVICE = "no_device"
    COUNTED = "counted"


FATE_LABELS = {
    Fate.OUTSIDE_WINDOW: N_("期間外"),
    Fate.MERGED: N_("重複のため統合済み"),
    Fate.DISMISSED: N_("対象外"),
    Fate.NOT_A_FAILURE: N_("故障に計上しない案件"),
    Fate.UNREGISTERED: N_("台帳にない機器"),
    Fate.BEFORE_INSTALLATION: N_("設置日より前"),
    Fate.AFTER_REMOVAL: N_("撤去日より後"),
    Fate.NO_DEVICE: N_("設置箇所に機器の登録がない"),
    Fate.COUNTED: N_("計上した故障"),
}
WITHOUT_DEVICE = (
    Fate.UNREGISTERED,
    Fate.BEFORE_INSTALLATION,
    Fate.AFTER_REMOVAL,
    Fate.NO_DEVICE,
)


@dataclass(frozen=True)
class Observation:
    """What a report computes on, already cut to its window and filters.

    ``spells``: all spells in scope. ``observed``: those with exposure, cut to the window.
    ``cases``: all cases in scope with their ``fate``, ``spell`` and, where attached, the columns
    of the spell.
    """

    window_start: int
    window_end: int
    records_start: int
    spells: pl.DataFrame
    observed: pl.DataFrame
    cases: pl.DataFrame

    @cached_property
    def failures(self) -> pl.DataFrame:
        return self.cases.filter(pl.col("fate") == Fate.COUNTED)


def _fates(observation_start: int, window_end: int) -> pl.Expr:
    """The fate of attached cases, in the order of `Fate`."""
    in_window = (pl.col("day") >= observation_start) & (pl.col("day") < window_end)
    reasons = (
        (~in_window, Fate.OUTSIDE_WINDOW),
        (pl.col("state") == CaseState.MERGED.value, Fate.MERGED),
        (pl.col("state") == CaseState.DISMISSED.value, Fate.DISMISSED),
        (~pl.col("counts_as_failure"), Fate.NOT_A_FAILURE),
        (pl.col("spell").is_not_null() & pl.col("is_exposed"), Fate.COUNTED),
        (pl.col("spell").is_not_null(), Fate.BEFORE_INSTALLATION),
        (pl.col("position").is_null() & pl.col("device").is_null(), Fate.UNREGISTERED),
        (pl.col("first_day").is_null(), Fate.NO_DEVICE),
        (pl.col("day") <= pl.col("first_day"), Fate.BEFORE_INSTALLATION),
    )
    fate = pl.lit(Fate.AFTER_REMOVAL.value)
    for condition, reason in reversed(reasons):
        fate = pl.when(condition).then(pl.lit(reason.value)).otherwise(fate)
    return fate


def _cases_in_scope(attached: pl.LazyFrame, spells: pl.LazyFrame, filters: Filters) -> pl.LazyFrame:
    """Cases of spells in scope, and cases without a spell that may belong there."""
    inside = spells.filter(filters.of_spells()).select("spell").with_columns(in_scope=True)
    is_without = pl.col("spell").is_null() & filters.of_places()
    return (
        attached.join(inside, on="spell", how="left")
        .filter(pl.col("in_scope").fill_null(value=False) | is_without)
        .drop("in_scope")
    )


def records_start_of(snapshot: Snapshot) -> int:
    """First day of the month of the oldest case; without any case the day of the snapshot."""
    first = snapshot.table("cases").select(pl.col("occurred_on").min()).collect().item()
    return day_number(snapshot.day if first is None else first.replace(day=1))


def observe(snapshot: Snapshot, conditions: Conditions) -> Observation:
    """Cuts the snapshot to the conditions. The future is never exposure."""
    start = day_number(conditions.period.starts_on)
    end = min(day_number(conditions.period.ends_on), day_number(snapshot.day) + 1)
    given = conditions.records_from
    records_start = records_start_of(snapshot) if given is None else day_number(given)
    everywhere = spells_of(snapshot).collect().lazy()
    spells = everywhere.filter(conditions.filters.of_spells()).collect()
    exposed = observed(
        spells.lazy(), window_start=start, window_end=end, records_start=records_start
    ).collect()
    attached = snapshot.attached()
    is_dry = conditions.filters.storms == STORMS_OUT
    days = [one.on for one in storm_days(snapshot)] if is_dry else []
    scoped = _cases_in_scope(attached, everywhere, conditions.filters).filter(
        conditions.filters.of_cases(days)
    )
    cases = _with_fates(scoped, everywhere, exposed.lazy(), (max(start, records_start), end))
    return Observation(start, end, records_start, spells, exposed, cases.collect())


def _with_fates(
    cases: pl.LazyFrame, spells: pl.LazyFrame, exposed: pl.LazyFrame, window: tuple[int, int]
) -> pl.LazyFrame:
    first_days = spells.group_by("position").agg(first_day=pl.col("match_from").min())
    begun = spells.select("spell", begun_day="installed_day")
    is_begun = (pl.col("day") >= pl.col("begun_day")).fill_null(value=True)
    return (
        cases.join(first_days, on="position", how="left")
        .join(begun, on="spell", how="left")
        .join(exposed.select("spell", exposed=pl.lit(value=True)), on="spell", how="left")
        .with_columns(is_exposed=pl.col("exposed").fill_null(value=False) & is_begun)
        .with_columns(
            fate=_fates(*window),
            is_open=pl.any_horizontal(pl.col("state") == state.value for state in UNREPAIRED),
        )
        .drop("first_day", "begun_day", "exposed", "is_exposed")
    )
