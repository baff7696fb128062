"""Days on which places were out of use (休止・廃止), also where nobody wrote down since when.

A place that was out of use from its first record on has no first day that anybody knows. It is left
out wholly: neither its years nor its failures tell how often a device in use fails. Where all its
devices are known to have gone, it was out of use since the last one went, and their years count.
"""

import polars as pl

from service.analytics.snapshot_store import Snapshot
from service.analytics.spells import LONG_AGO


def halts_of(snapshot: Snapshot, spells: pl.DataFrame) -> pl.DataFrame:
    """``position``, ``from_day``, ``to_day`` as day numbers, of places with ``spells``.

    ``is_undated``: the first day is unknown; devices that are there have no year that counts.
    """
    days = (pl.col(name).cast(pl.Int32) for name in ("from_day", "to_day"))
    emptied = spells.group_by("position").agg(
        emptied_day=pl.when(pl.col("removed_day").is_not_null().all()).then(
            pl.col("removed_day").max()
        )
    )
    return (
        snapshot.table("stops")
        .select("position", *days)
        .join(emptied.lazy(), on="position")
        .with_columns(is_undated=pl.col("from_day").is_null() & pl.col("emptied_day").is_null())
        .with_columns(
            from_day=pl.coalesce("from_day", "emptied_day", pl.lit(LONG_AGO)).cast(pl.Int32)
        )
        .drop("emptied_day")
        .sort("position", "from_day", "to_day", nulls_last=True)
        .collect()
    )
