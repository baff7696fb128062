"""Days on which far more failed than chance brings: storms, lightning, floods, power cuts."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from service.analytics.fates import NOT_A_FAULT
from service.analytics.methods.distributions import Floats, Ints
from service.analytics.snapshot_store import Snapshot

# Of all days together: at this chance even one of them would be flagged by mistake.
ALPHA = 0.01
FEWEST_DAYS = 365
ROUNDS = 10
LEAST_DISPERSION = 1.001  # a Poisson law, all but
Flags = np.typing.NDArray[np.bool_]


@dataclass(frozen=True)
class StormDay:
    on: date
    failures: int


def storm_days(snapshot: Snapshot) -> list[StormDay]:
    """Of the whole city and all records, so that filters do not change which days they are.

    A day is flagged where P(so many or more) under a negative binomial law of its calendar month's
    mean and of the days' own dispersion is below α ÷ days. Both leave flagged days out, until
    nothing changes.
    """
    counts = (
        snapshot.judged()
        .filter(
            ~pl.col("fate").is_in([fate.value for fate in NOT_A_FAULT])
            & (pl.col("occurred_on") <= snapshot.day)
        )
        .group_by("occurred_on")
        .agg(failures=pl.len())
        .sort("occurred_on")
        .collect()
    )
    if counts.is_empty():
        return []
    counts = counts.upsample("occurred_on", every="1d").with_columns(
        pl.col("failures").fill_null(0)
    )
    if counts.height < FEWEST_DAYS:
        return []
    months = counts["occurred_on"].dt.month().to_numpy().astype(np.int64) - 1
    flagged = _flagged(counts["failures"].to_numpy().astype(np.float64), months)
    rows = counts.filter(pl.Series(flagged)).iter_rows()
    return [StormDay(on, failures) for on, failures in rows]


def _flagged(counts: Floats, months: Ints) -> Flags:
    out = np.zeros(len(counts), dtype=bool)
    phi = LEAST_DISPERSION  # at first: the storms themselves would hide behind their dispersion
    for _ in range(ROUNDS):
        sums = np.bincount(months[~out], counts[~out], 12)
        days = np.bincount(months[~out], minlength=12)
        overall = counts[~out].sum() / max(1, (~out).sum())
        mean = np.where(days > 0, sums / np.maximum(days, 1), overall)[months]
        mean = np.maximum(mean, 1e-9)
        fresh = _at_least(counts, mean, phi) < ALPHA / len(counts)
        spread = float(((counts - mean) ** 2 / mean)[~fresh].mean())
        if (fresh == out).all():
            break
        out, phi = fresh, max(LEAST_DISPERSION, spread)
    return out


def _at_least(counts: Floats, mean: Floats, phi: float) -> Floats:
    """P(X ≥ count) of the negative binomial with this mean and variance φ·mean."""
    from scipy.special import betainc  # noqa: PLC0415  # 0.1 s at first use

    size = mean / (phi - 1)
    tail = betainc(np.maximum(counts, 1), size, 1 - 1 / phi)
    return np.where(counts > 0, tail, 1.0)
