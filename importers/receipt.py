"""What an applied import has done, for those who keep it beside the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session

from importers import job_queries
from importers.errors import JobNotApplied
from importers.models import ImportJob, JobState


class ApplyMode(StrEnum):
    ALL_OR_NOTHING = "all"
    GOOD_ROWS_ONLY = "good_rows"


@dataclass(frozen=True)
class Receipt:
    """Rows by outcome, records by kind."""

    job_id: UUID
    mode: ApplyMode
    rows: dict[str, int]
    records: dict[str, dict[str, int]]

    @property
    def changed_records(self) -> int:
        return sum(sum(done.values()) for done in self.records.values())


@dataclass(frozen=True)
class FullReceipt:
    """``told`` counts messages by level and code; ``kept`` are rows that an undo had to leave."""

    receipt: Receipt
    file_name: str
    sha256: str
    source: str
    applied_at: datetime
    applied_by: str | None
    undone_at: datetime | None
    undone: Mapping[str, Any]
    told: list[dict[str, Any]]
    kept: list[dict[str, Any]]


def receipt_of(session: Session, job: ImportJob) -> FullReceipt:
    """What is to be known of an import that has been applied, undone or not.

    Raises:
        JobNotApplied: it has written nothing yet.
    """
    if job.applied_at is None or job.state not in {
        JobState.APPLIED,
        JobState.UNDOING,
        JobState.UNDONE,
    }:
        raise JobNotApplied
    counts = dict(job.counts)
    records = counts.pop("records", {})
    undone = counts.pop("undone", {})
    return FullReceipt(
        Receipt(job.id, ApplyMode(job.notes["mode"]), counts, records),
        job.file_name,
        job.sha256,
        job.source,
        job.applied_at,
        job_queries.who_applied(session, job.id),
        job.undone_at,
        undone,
        job_queries.messages_told(session, job.id),
        job_queries.kept_rows(session, job.id) if undone.get("kept") else [],
    )
