"""The three steps that change things: planning, applying, taking back. Each in one transaction."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from importers import job_queries, queries
from importers.collector import collector_resting
from importers.decisions import Decisions
from importers.errors import PlanIsStale, PlanRefused
from importers.filing import content_of
from importers.memory import Memory, remember
from importers.models import ImportJob, JobState, Outcome
from importers.operation_queries import apply_operations, moved_rows, spread_operations
from importers.plan import PlannedRow
from importers.planning import MadePlan, make_plan
from importers.progress import Progress
from importers.receipt import ApplyMode, Receipt
from importers.undo import Undone, undo
from service.accounts.actor import Actor
from service.audit.service import record
from service.core.clock import now
from service.core.outbox import publish

NAMED_ROWS = 20
STORED_AT_ONCE = 4_000


def plan_content(
    session: Session,
    job: ImportJob,
    content: bytes | None,
    decisions: Decisions,
    *,
    progress: Progress,
    by: Actor,
) -> None:
    """Stores the plan of a file, of the kept one without ``content``; an older plan goes.

    What was decided for such files before is taken up the first time only: what a person takes
    away afterwards stays away.
    """
    job_queries.take_time(session)
    is_first = job.plan_hash is None
    if not is_first:
        job_queries.forget_rows(session, job.id)
    memory = Memory(session)
    with collector_resting():
        made = make_plan(
            session,
            content_of(job) if content is None else content,
            decisions=decisions,
            progress=progress,
            **({"remembering": memory} if is_first else {}),
        )
        _fill(session, job, made, memory.decisions or decisions)
        if memory.mapping is not None:
            job.mapping_id = memory.mapping.id
        told = memory.told() if is_first else _kept(job.notes, "mapping_reused")
        stored = _Store(session, job)
        stored.put(made.rows)
    job.counts = stored.counts()
    job.plan_hash = stored.plan_hash
    job.notes = {**made.notes, **told, **stored.told(), "signature": made.signature}
    before = job_queries.imported_before(
        session, source=job.source, sha256=job.sha256, content_hash=stored.content_hash
    )
    if before is not None:
        job.notes = {**job.notes, "already_imported": _told_before(before)}
    session.flush()
    record(session, "import.plan", "import_job", job.id, by=by, after=told_of(job))


def _fill(session: Session, job: ImportJob, made: MadePlan, decisions: Decisions) -> None:
    job.source = made.source
    job.detected_encoding = made.encoding
    job.options = decisions.model_dump(mode="json", exclude_defaults=True)
    job.questions = made.questions
    job.state = JobState.PLANNED
    job.wanted = None
    job.problem = None
    session.add(job)
    session.flush()


def _kept(notes: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: notes[name]} if name in notes else {}


def _told_before(before: dict[str, Any]) -> dict[str, Any]:
    return {
        "job_id": str(before["id"]),
        "file_name": before["file_name"],
        "applied_at": before["applied_at"].isoformat(),
        "by": before["by"],
        "same_file": before["same_file"],
    }


class _Store:
    """Puts planned rows into the database, and digests them on the way."""

    def __init__(self, session: Session, job: ImportJob) -> None:
        self._session = session
        self._job_id = job.id
        self._counts: Counter[str] = Counter()
        self._plan = hashlib.sha256()
        self._content = hashlib.sha256()

    def put(self, rows: Iterable[PlannedRow]) -> None:
        walk = iter(rows)
        while part := list(islice(walk, STORED_AT_ONCE)):
            self._counts.update(row.outcome.value for row in part)
            for row in part:
                self._content.update("\x1f".join((*row.raw, *row.raw.values(), "\n")).encode())
            document = queries.insert_rows(
                self._session, [_stored(row) for row in part], job_id=self._job_id
            )
            self._plan.update(document.encode())

    def counts(self) -> dict[str, Any]:
        by_outcome = {outcome.value: self._counts[outcome.value] for outcome in Outcome}
        return by_outcome | {"rows": self._counts.total()}

    @property
    def plan_hash(self) -> str:
        return self._plan.hexdigest()

    @property
    def content_hash(self) -> str:
        return self._content.hexdigest()

    def told(self) -> dict[str, str]:
        return {"content_hash": self.content_hash}


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


def apply_plan(
    session: Session, job: ImportJob, *, mode: ApplyMode, progress: Progress, by: Actor
) -> Receipt:
    """Writes what the stored rows say, by the database itself.

    Raises:
        PlanIsStale: when a record of the plan has changed since; nothing is written.
        PlanRefused: when the database finds a contradiction that planning did not see.
    """
    job_queries.take_time(session)
    progress("checking", 0, 0)
    work = spread_operations(session, job.id)
    moved = moved_rows(session, work)
    if moved:
        raise PlanIsStale(rows=", ".join(map(str, moved[:NAMED_ROWS])))
    try:
        records = apply_operations(session, job.id, work, by.id, progress)
    except IntegrityError as error:
        raise PlanRefused(constraint=_constraint(error)) from error
    numbers = queries.case_numbers(session, job.id)
    queries.count_case_numbers_on(session, job.id)
    job.state = JobState.APPLIED
    job.applied_at = now()
    job.updated_by = by.id
    job.wanted = None
    job.problem = None
    job.counts = {**job.counts, "records": records}
    job.notes = {**job.notes, "mode": mode.value, "case_numbers": numbers}
    remember(session, job, by=by)
    session.flush()
    told = told_of(job) | {"records": records}
    record(session, "import.apply", "import_job", job.id, by=by, after=told)
    publish(session, "import.applied", {"job_id": str(job.id), "source": job.source})
    return Receipt(job.id, mode, {o.value: int(job.counts[o.value]) for o in Outcome}, records)


def _constraint(error: IntegrityError) -> str:
    diagnosis = getattr(error.orig, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "?")


def take_back(session: Session, job: ImportJob, *, progress: Progress, by: Actor) -> Undone:
    """Sets everything back that the import wrote; what was changed or used since stays."""
    job_queries.take_time(session)
    progress("undoing", 0, 0)
    job.state = JobState.UNDOING
    session.flush()
    numbers = job.notes.get("case_numbers", [])
    queries.restore_case_numbers(session, numbers, job.id, job.applied_at)
    done = undo(session, job.id)
    progress("undoing", 1, 1)
    job.state = JobState.UNDONE
    job.undone_at = now()
    job.updated_by = by.id
    job.wanted = None
    job.problem = None
    job.counts = {**job.counts, "undone": done.told()}
    record(session, "import.undo", "import_job", job.id, by=by, after=done.told())
    publish(session, "import.undone", {"job_id": str(job.id), "source": job.source})
    return done


def told_of(job: ImportJob) -> dict[str, Any]:
    return {
        "file_name": job.file_name,
        "sha256": job.sha256,
        "source": job.source,
        "state": job.state,
        "rows": job.counts,
        "plan_hash": job.plan_hash,
    }
