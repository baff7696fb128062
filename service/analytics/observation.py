"""Devices under observation and the failures that belong to them.

One row of service (spell) is one device in one position without a break. A case belongs to the
device that was in its position on the day it occurred: ``installed < day ≤ removed``, so that a
failure on the day of an exchange belongs to the device that went; a failure on the very first day
belongs to the device that came.
"""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from service.analytics.conditions import STORMS_OUT, Conditions, Filters
from service.analytics.methods.exposure import observed
from service.analytics.periods import day_number
from service.analytics.snapshot_store import Snapshot
from service.analytics.storm_days import storm_days
from service.core.i18n.marker import N_
from service.faults.domain import OPEN_STATES, CaseState

UNREPAIRED = sorted(OPEN_STATES - {CaseState.RESOLVED, CaseState.IN_APPROVAL, CaseState.RETURNED})
LONG_AGO = -(10**6)  # before any calendar day that a ledger can hold


class StartCertainty(StrEnum):
    """How well the first day of a spell is known."""

    EXACT = "exact"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


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

    @property
    def failures(self) -> pl.DataFrame:
        return self.cases.filter(pl.col("fate") == Fate.COUNTED)


def _day(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int32)


def _middle(start: str, end: str) -> pl.Expr:
    return _day(start) + (_day(end) - _day(start) + 1) // 2


def spells_of(snapshot: Snapshot) -> pl.LazyFrame:
    """Every spell with its device's class, maker and birth and its position's facility.

    Where the ledger knows only the month or the year, the middle of it is taken. A device without
    any date of its own was born when it was first installed, if that day is known.
    """
    is_partial = pl.col("starts_estimated") & (pl.col("from_day") == pl.col("installed_from"))
    middle = _middle("installed_from", "installed_to")
    removed = pl.min_horizontal(_day("to_day"), _day("retired_on"))
    certainty = (
        pl.when(pl.col("from_day").is_null())
        .then(pl.lit(StartCertainty.UNKNOWN.value))
        .when(pl.col("starts_estimated"))
        .then(pl.lit(StartCertainty.PARTIAL.value))
        .otherwise(pl.lit(StartCertainty.EXACT.value))
    )
    known_start = _day("from_day").filter(~pl.col("starts_estimated")).min().over("device")
    return (
        snapshot.table("installations")
        .join(snapshot.table("devices"), on="device")
        .join(snapshot.table("positions"), on="position")
        .with_columns(
            match_from=_day("from_day").fill_null(LONG_AGO),
            removed_day=removed,
            start_certainty=certainty,
            born_day=middle.fill_null(known_start),
        )
        .with_columns(
            installed_day=pl.when(is_partial)
            .then(pl.min_horizontal(middle, "removed_day"))
            .otherwise(_day("from_day"))
        )
    )


def _match(
    cases: pl.LazyFrame, spells: pl.LazyFrame, by: tuple[str, str], *, same_day: bool
) -> pl.LazyFrame:
    """Adds the spell whose start is the last before (or on) the day, if it still ran then."""
    starts = spells.select(by[1], "match_from", "removed_day", found="spell").sort("match_from")
    return (
        cases.sort("day")
        .join_asof(
            starts,
            left_on="day",
            right_on="match_from",
            by_left=by[0],
            by_right=by[1],
            strategy="backward",
            allow_exact_matches=same_day,
            check_sortedness=False,
        )
        .with_columns(
            spell=pl.col("spell").fill_null(
                pl.when((pl.col("day") <= pl.col("removed_day")).fill_null(value=True)).then(
                    "found"
                )
            )
        )
        .drop("match_from", "removed_day", "found")
    )


def attach(cases: pl.LazyFrame, spells: pl.LazyFrame) -> pl.LazyFrame:
    """Adds ``day`` and ``spell`` to each case: by its position or, without one, by its device."""
    attached = cases.with_columns(
        day=_day("occurred_on"),
        spell=pl.lit(None, dtype=pl.UInt32),
        lone_device=pl.when(pl.col("position").is_null()).then("device"),
    )
    for by in (("position", "position"), ("lone_device", "device")):
        for same_day in (False, True):
            attached = _match(attached, spells, by, same_day=same_day)
    return attached.drop("lone_device")


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
    everywhere = spells_of(snapshot)
    spells = everywhere.filter(conditions.filters.of_spells()).collect()
    exposed = observed(
        spells.lazy(), window_start=start, window_end=end, records_start=records_start
    ).collect()
    attached = attach(snapshot.table("cases"), everywhere)
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
            is_open=pl.col("state").is_in(UNREPAIRED),
        )
        .drop("first_day", "begun_day", "exposed", "is_exposed")
    )
