"""Faults that come back taken together (再発): episodes, and the time in which one could begin."""

import polars as pl


def episodes(failures: pl.LazyFrame, spans: pl.LazyFrame, *, within_days: int) -> pl.LazyFrame:
    """Counts a failure only when the device had none in the ``within_days`` before it.

    What comes back within weeks is one trouble, not several, and says nothing of the next year.
    The days after each failure in which a further one would not count are no exposure either:
    failures that come one by one at a constant rate λ then give episodes ÷ live time = λ without
    bias, whatever share of them comes back (a paralysable dead time).

    Args:
        failures: ``spell`` and ``day``; several on one day are one.
        spans: ``spell``, ``entry_day``, ``exit_day``; the failures lie inside.
        within_days: 0 counts every day with a failure.

    Returns:
        Each ``spell`` with ``episodes`` and ``live_days``.

    Source: Müller (1973), Nucl. Instrum. Methods 112, 47–57 (dead times); Cox & Isham (1980),
    Point Processes, 4.3 (cluster processes).
    """
    last = pl.col("day").shift(1).over("spell", order_by="day")
    following = pl.col("day").shift(-1).over("spell", order_by="day")
    days = failures.select("spell", "day").unique()
    # A spell may have been seen in several parts.
    span = pl.col("exit_day") - pl.col("entry_day")
    seen = spans.group_by("spell").agg(pl.col("exit_day").max(), span=span.sum())
    counted = (
        days.join(seen, on="spell")
        .with_columns(
            is_first=(pl.col("day") - last > within_days).fill_null(value=True),
            dead=pl.min_horizontal(
                following.fill_null(pl.col("exit_day")) - pl.col("day"), pl.lit(within_days)
            ),
        )
        .group_by("spell")
        .agg(episodes=pl.col("is_first").sum(), dead=pl.col("dead").clip(lower_bound=0).sum())
    )
    return (
        seen.join(counted, on="spell", how="left")
        .with_columns(pl.col("episodes", "dead").fill_null(0))
        .select("spell", "episodes", live_days=(pl.col("span") - pl.col("dead")).clip(0))
    )
