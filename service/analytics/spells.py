"""Which device was in its position when: spells of service, and the cases that belong to them.

One row of service (spell) is one device in one position without a break. A case belongs to the
device that was in its position on the day it occurred: ``installed < day ≤ removed``, so that a
failure on the day of an exchange belongs to the device that went; a failure on the very first day
belongs to the device that came.
"""

from enum import StrEnum
from typing import Protocol

import polars as pl

LONG_AGO = -(10**6)  # before any calendar day that a ledger can hold
NAMES_OF_CASES = ("case_id", "case_no")


class Tables(Protocol):
    """A snapshot, stored or about to be."""

    def table(self, name: str) -> pl.LazyFrame: ...


class StartCertainty(StrEnum):
    """How well the first day of a spell is known."""

    EXACT = "exact"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


def _day(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int32)


def _middle(start: str, end: str) -> pl.Expr:
    return _day(start) + (_day(end) - _day(start) + 1) // 2


def spells_of(snapshot: Tables) -> pl.LazyFrame:
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
    """Adds ``day`` and ``spell`` to each case: by its position or, without one, by its device.

    Its number among the cases (``case``) stands for its id and number.
    """
    attached = (
        cases.with_row_index("case")
        .drop(NAMES_OF_CASES, strict=False)
        .with_columns(
            day=_day("occurred_on"),
            spell=pl.lit(None, dtype=pl.UInt32),
            lone_device=pl.when(pl.col("position").is_null()).then("device"),
        )
    )
    for by in (("position", "position"), ("lone_device", "device")):
        for same_day in (False, True):
            attached = _match(attached, spells, by, same_day=same_day)
    return attached.drop("lone_device")
