"""Plan a file, look at the plan, apply it, take it back: one set of use cases for all doors.

Small files are done at once; larger ones wait for the worker (`importers.tasks`), which calls the
same steps. A step is one transaction: it happens whole or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from importers import job_queries, queries
from importers.decisions import Decisions, answered
from importers.errors import (
    AnswerUnusable,
    ImportJobNotFound,
    JobNotApplied,
    JobNotPlanned,
    PlanDiffers,
    PlanHasBadRows,
)
from importers.exporting.marker import continued_job
from importers.filing import Upload, keep, sha256_of
from importers.job_errors import (
    JobAtWork,
    NothingToCancel,
    NotToBeDecided,
    QuestionsOpen,
)
from importers.memory import merged
from importers.models import ImportJob, JobState, Outcome
from importers.progress import Progress, untold
from importers.receipt import ApplyMode, Receipt
from importers.steps import apply_plan, plan_content, take_back
from importers.undo import Undone
from service.accounts.actor import Actor
from service.audit.service import record
from service.core.errors import DomainError
from service.core.http.conditional import ensure_version
from service.core.outbox import publish

BAD = (Outcome.REJECTED, Outcome.CONFLICT, Outcome.NEEDS_DECISION)
PLANNED_AT_ONCE_BYTES = 128 * 1024
WRITTEN_AT_ONCE_ROWS = 2_000
# Where a step that was stopped leaves its job.
BEFORE = {
    JobState.ARRIVED: JobState.ABANDONED,
    JobState.APPLYING: JobState.PLANNED,
    JobState.UNDOING: JobState.APPLIED,
}


# -- planning --------------------------------------------------------------------------------------


def plan_file(
    session: Session,
    content: bytes,
    file_name: str,
    *,
    decisions: Decisions | None = None,
    continues_id: UUID | None = None,
    progress: Progress = untold,
    by: Actor,
) -> ImportJob:
    """Reads the file and stores what it would do. Nothing in the registry changes.

    Raises:
        importers.errors: the file cannot be read at all; nothing is kept of it.
    """
    job = _job_for(file_name, sha256_of(content), len(content), by)
    continues_id = continues_id or _continued(session, content)
    decided = _inherited(session, job, continues_id, decisions)
    plan_content(session, job, content, decided, progress=progress, by=by)
    job.file_key = keep(content, job.sha256, job.size_bytes)
    return job


def receive_file(session: Session, file: Upload, *, by: Actor) -> ImportJob:
    """Keeps the file; a large one is planned by the worker, a small one at once.

    Raises:
        importers.errors: a small file that cannot be read; nothing is kept of it.
    """
    arrival = file.arrival
    if arrival.size_bytes <= PLANNED_AT_ONCE_BYTES:
        return plan_file(
            session,
            arrival.file.read(),
            file.name,
            decisions=file.decisions,
            continues_id=file.continues_id,
            by=by,
        )
    job = _job_for(file.name, arrival.sha256, arrival.size_bytes, by)
    decided = _inherited(session, job, file.continues_id, file.decisions)
    job.options = decided.model_dump(mode="json", exclude_defaults=True)
    job.file_key = keep(arrival.file, arrival.sha256, arrival.size_bytes)
    session.add(job)
    _hand_over(session, job, JobState.ARRIVED, by)
    return job


def decide(
    session: Session,
    job_id: UUID,
    decisions: Decisions,
    *,
    version: int | None = None,
    by: Actor,
) -> ImportJob:
    """Plans the file again as now decided; a large one by the worker.

    Raises:
        Stale: the job is no longer in the ``version`` that was looked at.
    """
    job = job_of(session, job_id, lock=True)
    ensure_version(job.version, version)
    _ensure_at_rest(job)
    if job.state not in {JobState.PLANNED, JobState.FAILED}:
        raise NotToBeDecided
    before = job.options
    job.options = decisions.model_dump(mode="json", exclude_defaults=True)
    record(
        session,
        "import.decide",
        "import_job",
        job.id,
        by=by,
        before={"options": before},
        after={"options": job.options},
    )
    if job.size_bytes <= PLANNED_AT_ONCE_BYTES:
        plan_content(session, job, None, decisions, progress=untold, by=by)
    else:
        _hand_over(session, job, JobState.ARRIVED, by)
    return job


def decisions_of(job: ImportJob) -> Decisions:
    return Decisions.model_validate(job.options)


def revised(
    job: ImportJob, patch: Mapping[str, Any], answers: Iterable[tuple[Sequence[str], Any]] = ()
) -> Decisions:
    """The job's decisions with those of ``patch``, member by member, then with answers.

    Raises:
        AnswerUnusable: what decisions cannot hold.
    """
    try:
        return answered(Decisions.model_validate(merged(job.options, dict(patch))), answers)
    except (ValidationError, AttributeError, TypeError, ValueError) as error:
        raise AnswerUnusable from error


def inherits(session: Session, job_id: UUID) -> Decisions:
    """What was decided for the import whose error workbook comes back."""
    return decisions_of(job_of(session, job_id))


# -- applying and taking back ----------------------------------------------------------------------


def apply_job(
    session: Session,
    job_id: UUID,
    *,
    mode: ApplyMode = ApplyMode.ALL_OR_NOTHING,
    plan_hash: str | None = None,
    progress: Progress = untold,
    by: Actor,
) -> Receipt:
    """Writes the plan in the caller's transaction: all of it, or all of its good rows.

    Raises:
        JobNotPlanned: when it was applied or given up before.
        PlanDiffers: when ``plan_hash`` is given and is not that of the stored plan.
        PlanHasBadRows, QuestionsOpen: when all was asked for and something is in the way.
        PlanIsStale: when a record of the plan has changed since; nothing is written.
    """
    job = _job_to_apply(session, job_id, mode, plan_hash)
    return apply_plan(session, job, mode=mode, progress=progress, by=by)


def request_apply(
    session: Session,
    job_id: UUID,
    *,
    mode: ApplyMode = ApplyMode.ALL_OR_NOTHING,
    plan_hash: str | None = None,
    by: Actor,
) -> ImportJob:
    """As `apply_job`, but a long one is left to the worker: the state is then ``applying``."""
    job = _job_to_apply(session, job_id, mode, plan_hash)
    if rows_to_write(job) <= WRITTEN_AT_ONCE_ROWS:
        apply_plan(session, job, mode=mode, progress=untold, by=by)
    else:
        _hand_over(session, job, JobState.APPLYING, by, mode=mode.value)
    return job


def undo_job(session: Session, job_id: UUID, *, progress: Progress = untold, by: Actor) -> Undone:
    """Sets everything back that the import wrote; what was changed or used since stays.

    Raises:
        JobNotApplied: when there is nothing to take back.
    """
    return take_back(session, _job_to_undo(session, job_id), progress=progress, by=by)


def request_undo(session: Session, job_id: UUID, *, by: Actor) -> ImportJob:
    """As `undo_job`, but a long one is left to the worker: the state is then ``undoing``."""
    job = _job_to_undo(session, job_id)
    if rows_to_write(job) <= WRITTEN_AT_ONCE_ROWS:
        take_back(session, job, progress=untold, by=by)
    else:
        _hand_over(session, job, JobState.UNDOING, by)
    return job


# -- stopping --------------------------------------------------------------------------------------


def cancel_job(session: Session, job_id: UUID, *, by: Actor) -> ImportJob:
    """Stops a step that waits or runs; a running one notices within moments.

    Raises:
        NothingToCancel: the job waits for a person, not for the worker.
    """
    job = job_of(session, job_id)
    if not waits_for_worker(job):
        raise NothingToCancel
    record(session, "import.cancel", "import_job", job.id, by=by)
    if job_queries.job_if_free(session, job_id) is None:
        job_queries.ask_to_stop(session, job_id)
    elif waits_for_worker(job):
        step_back(session, job, None)
    return job


def step_back(session: Session, job: ImportJob, problem: DomainError | None) -> None:
    """Leaves the job as it was before the step, and says why."""
    before = BEFORE[JobState(job.state)]
    if problem is not None and job.state == JobState.ARRIVED:
        before = JobState.FAILED
    job.state = before
    job.wanted = None
    job.problem = None if problem is None else _told(problem)
    job_queries.forget_progress(session, job.id)
    session.flush()


def abandon_job(session: Session, job_id: UUID, *, by: Actor) -> ImportJob:
    """Gives a plan up without applying it."""
    job = job_of(session, job_id, lock=True)
    _ensure_at_rest(job)
    if job.state not in {JobState.PLANNED, JobState.FAILED}:
        raise JobNotPlanned
    job.state = JobState.ABANDONED
    job.updated_by = by.id
    record(session, "import.abandon", "import_job", job.id, by=by)
    return job


# -- looking ---------------------------------------------------------------------------------------


def job_of(session: Session, job_id: UUID, *, lock: bool = False) -> ImportJob:
    job = queries.job(session, job_id, lock=lock)
    if job is None:
        raise ImportJobNotFound
    return job


def bad_rows(job: ImportJob) -> int:
    return sum(int(job.counts.get(outcome.value, 0)) for outcome in BAD)


def waits_for_worker(job: ImportJob) -> bool:
    return JobState(job.state) in BEFORE


def stands_in_the_way(job: ImportJob) -> bool:
    """Whether only the good rows can be applied for now."""
    return bool(bad_rows(job) or job.questions)


def rows_to_write(job: ImportJob) -> int:
    return int(job.counts.get("create", 0)) + int(job.counts.get("update", 0))


def _job_for(file_name: str, sha256: str, size_bytes: int, by: Actor) -> ImportJob:
    return ImportJob(
        source="",
        file_name=PurePath(file_name.replace("\\", "/")).name[:255] or "file",
        sha256=sha256,
        size_bytes=size_bytes,
        created_by=by.id,
    )


def _continued(session: Session, content: bytes) -> UUID | None:
    """The import whose error workbook this is, when this registry knows it."""
    job_id = continued_job(content)
    return job_id if job_id and queries.job(session, job_id) else None


def _inherited(
    session: Session, job: ImportJob, continues_id: UUID | None, decisions: Decisions | None
) -> Decisions:
    told = decisions or Decisions()
    if continues_id is None:
        return told
    job.continues_id = continues_id
    before = inherits(session, continues_id).reusable()
    above = told.model_dump(mode="json", exclude_defaults=True)
    return Decisions.model_validate(merged(before, above))


def _job_to_apply(
    session: Session, job_id: UUID, mode: ApplyMode, plan_hash: str | None
) -> ImportJob:
    job = job_of(session, job_id, lock=True)
    _ensure_at_rest(job)
    if job.state != JobState.PLANNED:
        raise JobNotPlanned
    if plan_hash is not None and plan_hash != job.plan_hash:
        raise PlanDiffers
    if mode is ApplyMode.ALL_OR_NOTHING and bad_rows(job):
        raise PlanHasBadRows(count=bad_rows(job))
    if mode is ApplyMode.ALL_OR_NOTHING and job.questions:
        raise QuestionsOpen(count=len(job.questions))
    return job


def _job_to_undo(session: Session, job_id: UUID) -> ImportJob:
    job = job_of(session, job_id, lock=True)
    _ensure_at_rest(job)
    if job.state != JobState.APPLIED:
        raise JobNotApplied
    return job


def _ensure_at_rest(job: ImportJob) -> None:
    if waits_for_worker(job):
        raise JobAtWork


def _hand_over(session: Session, job: ImportJob, state: JobState, by: Actor, **wanted: str) -> None:
    job.state = state
    job.problem = None
    job.updated_by = by.id
    job.wanted = {**wanted, "by": {"id": str(by.id) if by.id else None, "name": by.name}}
    session.flush()
    job_queries.forget_progress(session, job.id)
    publish(session, "import.waiting", {"job_id": str(job.id)})


def _told(problem: DomainError) -> dict[str, Any]:
    params = {name: str(value) for name, value in problem.params.items()}
    return {"code": problem.code, "message": problem.message, "params": params}
