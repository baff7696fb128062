"""The worker's lane for imports: one job at a time, beside the outbox and never in its way.

A step holds its job's row for as long as its transaction lasts. When the worker dies PostgreSQL
lets go of the row, and whoever comes next begins the step again.
"""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from importers import job_queries, service, steps
from importers.job_errors import BrokeOff, ImportCancelled, KeptBreakingOff
from importers.models import ImportJob, JobState
from importers.progress import Progress, ToldProgress
from importers.receipt import ApplyMode
from service.accounts.actor import Actor
from service.core.database import transaction
from service.core.errors import DomainError

log = logging.getLogger("gesuibo.imports")
MAX_ATTEMPTS = 5
Step = Callable[[Session, ImportJob, Progress, Actor], object]


def _plan(session: Session, job: ImportJob, progress: Progress, by: Actor) -> None:
    decisions = service.decisions_of(job)
    steps.plan_content(session, job, None, decisions, progress=progress, by=by)


def _apply(session: Session, job: ImportJob, progress: Progress, by: Actor) -> None:
    mode = ApplyMode((job.wanted or {})["mode"])
    steps.apply_plan(session, job, mode=mode, progress=progress, by=by)


def _undo(session: Session, job: ImportJob, progress: Progress, by: Actor) -> None:
    steps.take_back(session, job, progress=progress, by=by)


STEPS: dict[JobState, Step] = {
    JobState.ARRIVED: _plan,
    JobState.APPLYING: _apply,
    JobState.UNDOING: _undo,
}


def work_once(engine: Engine) -> bool:
    """Takes one step of one import; False when none waits or another worker is at it."""
    with transaction(engine) as session:
        job = job_queries.claim(session)
        if job is None:
            return False
        problem = _try(engine, session, job)
        if isinstance(problem, ImportCancelled):
            service.step_back(session, job, None)
        elif problem is not None:
            service.step_back(session, job, problem)
        else:
            job_queries.forget_progress(session, job.id)
    return True


def _try(engine: Engine, session: Session, job: ImportJob) -> DomainError | None:
    """Takes the step in a savepoint: what goes wrong leaves nothing but its reason."""
    state = JobState(job.state)
    attempts = _begin(engine, job.id, state)
    if attempts > MAX_ATTEMPTS:
        return KeptBreakingOff(attempts=MAX_ATTEMPTS)
    try:
        with session.begin_nested():
            STEPS[state](session, job, ToldProgress(engine, job.id), _asker(job.wanted or {}))
    except DomainError as problem:
        return problem
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        log.exception("import_broke_off", extra={"job_id": str(job.id)})
        return BrokeOff()
    except Exception:
        log.exception("import_broke_off", extra={"job_id": str(job.id)})
        return BrokeOff()
    return None


def _begin(engine: Engine, job_id: UUID, state: JobState) -> int:
    with transaction(engine) as session:
        return job_queries.begin(session, job_id, state.value)


def _asker(wanted: dict[str, Any]) -> Actor:
    """Whoever asked for the step; the worker takes it with rights of its own."""
    by = wanted.get("by") or {}
    known = by.get("id")
    return Actor(
        id=UUID(known) if known else None, name=by.get("name") or "import", role=None, via="job"
    )
