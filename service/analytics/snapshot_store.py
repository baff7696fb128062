"""Snapshots on disk: typed Parquet, an id, and what the id stands for."""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
import polars.selectors as cs

from service.analytics.fates import FATES, judged
from service.analytics.snapshot import Extract
from service.core.clock import JST
from service.core.errors import NotFound
from service.core.i18n.marker import N_

TABLES = (
    "devices",
    "positions",
    "installations",
    "cases",
    "contracts",
    "readings",
    "rain",
    "stops",
)
ADDED_LATER: dict[str, dict[str, type[pl.DataType]]] = {
    "devices": {
        "overhauled_on": pl.Date,
        "acquired_cost_yen": pl.Int64,
        "life_override_years": pl.Int32,
        "subsidised": pl.Boolean,
        "disposal_limit_years": pl.Int32,
        "class_verified": pl.Boolean,
        "discontinued_on": pl.Date,
    },
    "cases": {"urgency": pl.String},
    "readings": {
        "read_on": pl.Date,
        "meter": pl.String,
        "value": pl.Float64,
        "device": pl.UInt32,
        "position": pl.UInt32,
    },
    "stops": {
        "from_day": pl.Date,
        "to_day": pl.Date,
        "device": pl.UInt32,
        "position": pl.UInt32,
    },
    "rain": {"observed_on": pl.Date, "rain_mm": pl.Float64, "max_hour_mm": pl.Float64},
    "contracts": {
        "contract_no": pl.String,
        "starts_on": pl.Date,
        "ends_on": pl.Date,
        "company_name": pl.String,
    },
    "positions": {
        "redundancy": pl.String,
        "impact_score": pl.Int32,
        "position_status": pl.String,
        "health": pl.Int32,
        "health_judged_on": pl.Date,
    },
}
JUDGED = "judged"
ROWS_TOGETHER = 500_000  # so that the cases of some spells are read alone
KEPT = 50
_ID = re.compile(r"\d{8}T\d{9}Z-[0-9a-f]{8}")  # by milliseconds, so that names sort by age


class SnapshotUnknown(NotFound):
    code = "snapshot-unknown"
    message = N_("集計データ「%(id)s」は保存されていません。")


@dataclass(frozen=True)
class Snapshot:
    """The data of one instant. The same id always holds the same rows."""

    id: str
    taken_at: datetime
    mark: str
    took_s: float
    counts: dict[str, int]
    content_sha256: str
    folder: Path
    is_behind: bool = False

    def table(self, name: str) -> pl.LazyFrame:
        """Columns that an older snapshot was taken without are unknown in every row.

        A table that it was taken without is empty.
        """
        path = self.folder / f"{name}.parquet"
        stored = pl.scan_parquet(path) if path.is_file() else pl.LazyFrame()
        has = stored.collect_schema()
        later = ADDED_LATER.get(name, {})
        if not has:
            return pl.LazyFrame(schema=later)
        return stored.with_columns(
            pl.lit(None, dtype=kind).alias(column)
            for column, kind in later.items()
            if column not in has
        )

    def judged(self) -> pl.LazyFrame:
        """The cases as `fates.judged` gives them; an older snapshot was taken without."""
        path = self.folder / f"{JUDGED}.parquet"
        if not path.is_file():
            return judged(self)
        cases = pl.scan_parquet(path)
        if cases.collect_schema()["fate"] == FATES:
            return cases
        return cases.with_columns(pl.col("fate").cast(pl.String).cast(FATES))  # older, knew fewer

    def holds_the_same_as(self, other: "Snapshot") -> bool:
        return (self.content_sha256, self.day) == (other.content_sha256, other.day)

    @property
    def day(self) -> date:
        """The day in Japan on which it was taken."""
        return self.taken_at.astimezone(JST).date()


def _name(taken_at: datetime, content_sha256: str) -> str:
    milliseconds = taken_at.microsecond // 1000
    return f"{taken_at:%Y%m%dT%H%M%S}{milliseconds:03}Z-{content_sha256[:8]}"


@dataclass(frozen=True)
class _Written:
    """Tables of a snapshot that is not named yet."""

    folder: Path

    def table(self, name: str) -> pl.LazyFrame:
        return pl.scan_parquet(self.folder / f"{name}.parquet")

    def judge(self) -> None:
        """Every report needs it, and no condition changes it."""
        cases = judged(self).with_columns(cs.string().cast(pl.Categorical)).collect()
        cases.write_parquet(
            self.folder / f"{JUDGED}.parquet", compression="zstd", row_group_size=ROWS_TOGETHER
        )


class SnapshotStore:
    def __init__(self, root: Path) -> None:
        self.root = root

    def latest(self) -> Snapshot | None:
        ids = self._ids()
        return self.find(ids[-1]) if ids else None

    def find(self, snapshot_id: str) -> Snapshot:
        folder = self.root / snapshot_id
        if not _ID.fullmatch(snapshot_id) or not (folder / "meta.json").is_file():
            raise SnapshotUnknown(id=snapshot_id)
        meta = json.loads((folder / "meta.json").read_text())
        taken_at = datetime.fromisoformat(meta.pop("taken_at"))
        return Snapshot(folder=folder, taken_at=taken_at, **meta)

    def add(self, extract: Extract) -> Snapshot:
        """Writes beside and renames, so that nobody ever reads half a snapshot.

        Rows that are those of the newest snapshot of the same day only renew its mark.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        partial = Path(mkdtemp(prefix=".partial-", dir=self.root))
        digest = hashlib.sha256()
        for name in TABLES:
            path = partial / f"{name}.parquet"
            extract.tables[name].write_parquet(path, compression="zstd", statistics=True)
            digest.update(name.encode() + path.read_bytes())
        _Written(partial).judge()
        taken_at = extract.taken_at.astimezone(UTC)
        snapshot = Snapshot(
            id=_name(taken_at, digest.hexdigest()),
            taken_at=taken_at,
            mark=extract.mark,
            took_s=extract.took_s,
            counts={name: extract.tables[name].height for name in TABLES},
            content_sha256=digest.hexdigest(),
            folder=self.root,
        )
        latest = self.latest()
        if latest and latest.holds_the_same_as(snapshot):
            shutil.rmtree(partial)
            snapshot = replace(latest, mark=extract.mark)
            self._write_meta(snapshot, latest.folder)
            return snapshot
        self._write_meta(snapshot, partial)
        partial.chmod(0o755)
        os.replace(partial, self.root / snapshot.id)  # noqa: PTH105  # atomic on one file system
        self._prune()
        return self.find(snapshot.id)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One process at a time; the others wait and then find the new snapshot."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write_meta(self, snapshot: Snapshot, folder: Path) -> None:
        meta = asdict(snapshot)
        del meta["folder"], meta["is_behind"]
        fresh = folder / ".meta.json"
        fresh.write_text(json.dumps(meta, default=datetime.isoformat, indent=1))
        fresh.replace(folder / "meta.json")

    def _ids(self) -> list[str]:
        if not self.root.is_dir():
            return []
        return sorted(path.name for path in self.root.iterdir() if _ID.fullmatch(path.name))

    def _prune(self) -> None:
        """Keeps the newest and the last of every month, which permanent links lead to."""
        ids = self._ids()
        last_of_month = {name[:6]: name for name in ids}
        for name in set(ids[:-KEPT]) - set(last_of_month.values()):
            shutil.rmtree(self.root / name, ignore_errors=True)
