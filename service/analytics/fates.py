"""What becomes of every case: counted as a failure of a device, or why not."""

from enum import StrEnum

import polars as pl

from service.analytics.methods.availability import with_cover
from service.analytics.spells import Tables, attach, spells_of
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
    STOPPED = "stopped"
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
    Fate.STOPPED: N_("休止中の設置箇所"),
    Fate.NO_DEVICE: N_("設置箇所に機器の登録がない"),
    Fate.COUNTED: N_("計上した故障"),
}
WITHOUT_DEVICE = (
    Fate.UNREGISTERED,
    Fate.BEFORE_INSTALLATION,
    Fate.AFTER_REMOVAL,
    Fate.NO_DEVICE,
)
NOT_A_FAULT = (Fate.MERGED, Fate.DISMISSED, Fate.NOT_A_FAILURE)
FATES = pl.Enum([fate.value for fate in Fate])


def _fate() -> pl.Expr:
    """The fate of attached cases if the window held everything, in the order of `Fate`."""
    reasons = (
        (pl.col("state") == CaseState.MERGED.value, Fate.MERGED),
        (pl.col("state") == CaseState.DISMISSED.value, Fate.DISMISSED),
        (~pl.col("counts_as_failure"), Fate.NOT_A_FAILURE),
        (pl.col("spell").is_not_null() & pl.col("is_begun"), Fate.COUNTED),
        (pl.col("spell").is_not_null(), Fate.BEFORE_INSTALLATION),
        (pl.col("position").is_null() & pl.col("device").is_null(), Fate.UNREGISTERED),
        (pl.col("first_day").is_null(), Fate.NO_DEVICE),
        (pl.col("day") <= pl.col("first_day"), Fate.BEFORE_INSTALLATION),
    )
    fate = pl.lit(Fate.AFTER_REMOVAL.value)
    for condition, reason in reversed(reasons):
        fate = pl.when(condition).then(pl.lit(reason.value)).otherwise(fate)
    return fate.cast(FATES)


def _is_stop() -> pl.Expr:
    """A fault of a device whose hours of standstill are known or still run.

    One that was mended without anybody writing down when is left out: its hours are unknown.
    """
    is_known = pl.col("stop_from").is_not_null() & (
        pl.col("stop_to").is_not_null() | pl.col("is_open")
    )
    is_fault = ~pl.col("fate").is_in([fate.value for fate in NOT_A_FAULT])
    return is_known & is_fault & pl.col("spell").is_not_null()


def covered(stops: pl.LazyFrame) -> pl.LazyFrame:
    """Adds ``covered_until``: until when earlier standstills of the spell last, of these."""
    return with_cover(stops, device="spell", down_from="stop_from", restored_at="stop_to")


def _with_cover(cases: pl.LazyFrame) -> pl.LazyFrame:
    stops = covered(cases.filter("is_stop").select("case", "spell", "stop_from", "stop_to"))
    return cases.join(stops.select("case", "covered_until"), on="case", how="left")


def judged(tables: Tables) -> pl.LazyFrame:
    """All that no condition changes of the cases, worked out once, by spell and day.

    ``spell`` and ``day`` as `attach` gives them, ``fate`` in an endless window, ``is_open``: not
    repaired yet, ``is_stop``: its standstill can be counted, ``covered_until``: the end of the
    standstills before it. Without its position and device, which are those of the spell.
    """
    spells = spells_of(tables)
    first_days = spells.group_by("position").agg(first_day=pl.col("match_from").min())
    begun = spells.select("spell", begun_day="installed_day")
    cases = (
        attach(tables.table("cases"), spells)
        .join(first_days, on="position", how="left")
        .join(begun, on="spell", how="left")
        .with_columns(
            is_begun=(pl.col("day") >= pl.col("begun_day")).fill_null(value=True),
            is_open=pl.any_horizontal(pl.col("state") == state.value for state in UNREPAIRED),
        )
        .with_columns(fate=_fate())
        .with_columns(is_stop=_is_stop())
        .drop("first_day", "begun_day", "is_begun", "position", "device", "counts_as_failure")
        .drop("version", strict=False)
    )
    return _with_cover(cases).sort("spell", "day", "case")
