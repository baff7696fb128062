"""Plan a file, look at the plan, apply it: the same use cases for terminal, page and API."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlmodel import Session

from importers import queries
from importers.collector import collector_resting
from importers.decisions import Decisions
from importers.errors import (
    ImportJobNotFound,
    JobNotApplied,
    JobNotPlanned,
    PlanDiffers,
    PlanHasBadRows,
    PlanIsStale,
)
from importers.models import ImportJob, JobState, Outcome
from importers.plan import PlannedRow
from importers.planning import MadePlan, make_plan
from importers.progress import untold
from importers.staleness import moved_rows, work_of
from importers.undo import Undone, undo
from service.accounts.actor import Actor
from service.audit.service import record
from service.core.clock import now
from service.core.outbox import publish

NAMED_ROWS = 20
STORED_AT_ONCE = 4_000
BAD = (Outcome.REJECTED, Outcome.CONFLICT, Outcome.NEEDS_DECISION)


class ApplyMode(StrEnum):
    ALL_OR_NOTHING = "all"
    GOOD_ROWS_ONLY = "good_rows"


@dataclass(frozen=True)
class Receipt:
    """What an applied import has done: rows by outcome, records by kind."""

    job_id: UUID
    mode: ApplyMode
    rows: dict[str, int]
    records: dict[str, dict[str, int]]

    @property
    def changed_records(self) -> int:
        return sum(sum(done.values()) for done in self.records.values())


def plan_file(
    session: Session,
    content: bytes,
    file_name: str,
    *,
    decisions: Decisions | None = None,
    by: Actor,
) -> ImportJob:
    """Reads the file and stores what it would do. Nothing in the registry changes.

    Raises:
        EmptyFile, UnknownEncoding, NotATable, HeaderNotFound, NoRows: the file cannot be read.
        SourceNotRecognised, SourceUnknown, ColumnsMissing: nobody knows what the columns are.
    """
    with collector_resting():
        return _plan_file(session, content, file_name, decisions or Decisions(), by)


def _plan_file(
    session: Session, content: bytes, file_name: str, decisions: Decisions, by: Actor
) -> ImportJob:
    made = make_plan(session, content, decisions=decisions, progress=untold)
    job = ImportJob(
        source=made.source,
        file_name=PurePath(file_name.replace("\\", "/")).name[:255] or "file",
        sha256=made.sha256,
        size_bytes=len(content),
        detected_encoding=made.encoding,
        options=decisions.model_dump(mode="json", exclude_defaults=True),
        notes=made.notes | _imported_before(session, made),
        questions=made.questions,
        created_by=by.id,
    )
    session.add(job)
    session.flush()
    job.counts = _store(session, job, made.rows)
    job.plan_hash = queries.plan_hash(session, job.id)
    session.flush()
    record(session, "import.plan", "import_job", job.id, by=by, after=_told(job))
    return job


def apply_job(
    session: Session,
    job_id: UUID,
    *,
    mode: ApplyMode = ApplyMode.ALL_OR_NOTHING,
    plan_hash: str | None = None,
    by: Actor,
) -> Receipt:
    """Writes the plan in the caller's transaction: all of it, or all of its good rows.

    Raises:
        JobNotPlanned: when it was applied or given up before.
        PlanDiffers: when ``plan_hash`` is given and is not that of the stored plan.
        PlanHasBadRows: when all was asked for and a row cannot be applied.
        PlanIsStale: when a record of the plan has changed since; nothing is written.
    """
    job = _job_to_apply(session, job_id, mode)
    if plan_hash is not None and plan_hash != job.plan_hash:
        raise PlanDiffers
    work = work_of(session, job.id)
    moved = moved_rows(session, work)
    if moved:
        raise PlanIsStale(rows=", ".join(map(str, moved[:NAMED_ROWS])))
    records = queries.apply_operations(session, job.id, work.keys(), by.id)
    numbers = queries.case_numbers(session, job.id)
    queries.count_case_numbers_on(session, job.id)
    job.state = JobState.APPLIED
    job.applied_at = now()
    job.updated_by = by.id
    job.counts = {**job.counts, "records": records}
    job.notes = {**job.notes, "mode": mode.value, "case_numbers": numbers}
    session.flush()
    receipt = Receipt(job.id, mode, _outcomes(job), records)
    record(
        session,
        "import.apply",
        "import_job",
        job.id,
        by=by,
        after=_told(job) | {"records": records},
    )
    publish(session, "import.applied", {"job_id": str(job.id), "source": job.source})
    return receipt


def undo_job(session: Session, job_id: UUID, *, by: Actor) -> Undone:
    """Sets everything back that the import wrote; what was changed or used since stays.

    Raises:
        JobNotApplied: when there is nothing to take back.
    """
    job = job_of(session, job_id, lock=True)
    if job.state != JobState.APPLIED:
        raise JobNotApplied
    job.state = JobState.UNDOING
    session.flush()
    numbers = job.notes.get("case_numbers", [])
    queries.restore_case_numbers(session, numbers, job.id, job.applied_at)
    done = undo(session, job.id)
    job.state = JobState.UNDONE
    job.undone_at = now()
    job.updated_by = by.id
    job.counts = {**job.counts, "undone": done.told()}
    record(session, "import.undo", "import_job", job.id, by=by, after=done.told())
    publish(session, "import.undone", {"job_id": str(job.id), "source": job.source})
    return done


def abandon_job(session: Session, job_id: UUID, *, by: Actor) -> ImportJob:
    """Gives a plan up without applying it."""
    job = job_of(session, job_id, lock=True)
    if job.state != JobState.PLANNED:
        raise JobNotPlanned
    job.state = JobState.ABANDONED
    job.updated_by = by.id
    record(session, "import.abandon", "import_job", job.id, by=by)
    return job


def job_of(session: Session, job_id: UUID, *, lock: bool = False) -> ImportJob:
    job = queries.job(session, job_id, lock=lock)
    if job is None:
        raise ImportJobNotFound
    return job


def bad_rows(job: ImportJob) -> int:
    return sum(int(job.counts.get(outcome.value, 0)) for outcome in BAD)


def rows_to_write(job: ImportJob) -> int:
    return int(job.counts.get("create", 0)) + int(job.counts.get("update", 0))


def _job_to_apply(session: Session, job_id: UUID, mode: ApplyMode) -> ImportJob:
    job = job_of(session, job_id, lock=True)
    if job.state != JobState.PLANNED:
        raise JobNotPlanned
    if mode is ApplyMode.ALL_OR_NOTHING and bad_rows(job):
        raise PlanHasBadRows(count=bad_rows(job))
    return job


def _outcomes(job: ImportJob) -> dict[str, int]:
    return {outcome.value: int(job.counts[outcome.value]) for outcome in Outcome}


def _imported_before(session: Session, made: MadePlan) -> dict[str, Any]:
    before = queries.applied_before(session, made.sha256, made.source)
    if before is None or before.applied_at is None:
        return {}
    told = {"job_id": str(before.id), "applied_at": before.applied_at.isoformat()}
    return {"already_imported": told}


def _store(session: Session, job: ImportJob, rows: Iterable[PlannedRow]) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    walk = iter(rows)
    while part := list(islice(walk, STORED_AT_ONCE)):
        counts.update(row.outcome.value for row in part)
        queries.insert_rows(session, [_stored(row) for row in part], job_id=job.id)
    return {o.value: counts[o.value] for o in Outcome} | {"rows": counts.total()}


def _stored(row: PlannedRow) -> dict[str, Any]:
    return {
        "table_no": row.table_no,
        "sheet": row.sheet,
        "row_no": row.row_no,
        "part_no": row.part_no,
        "raw": row.raw,
        "normalised": {"operations": row.operations} if row.operations else None,
        "outcome": row.outcome.value,
        "target_type": row.main,
        "target_id": row.target_id,
        "target_version": row.target_version,
        "changes": row.changes or None,
        "records": [operation["id"] for operation in row.operations],
        "messages": row.messages,
    }


def _told(job: ImportJob) -> dict[str, Any]:
    return {
        "file_name": job.file_name,
        "sha256": job.sha256,
        "source": job.source,
        "state": job.state,
        "rows": job.counts,
        "plan_hash": job.plan_hash,
    }
