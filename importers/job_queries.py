"""SQL of import jobs on their way: the one lane, progress, saved mappings, what was done before."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, delete, select

from importers.models import (
    ImportJob,
    ImportMapping,
    ImportProgress,
    ImportRow,
    JobState,
)

WAITING = (JobState.ARRIVED, JobState.APPLYING, JobState.UNDOING)
# Progress refers to the job: a lock on the key would keep its own transaction waiting.
UNKEYED: Any = {"key_share": True}
UNKEYED_FREE: Any = {"key_share": True, "skip_locked": True}
_LANE = text("select pg_try_advisory_xact_lock(hashtext('gesuibo.imports'))")
_TAKE_TIME = text("set local statement_timeout = '30min'")


def take_time(session: Session) -> None:
    """A large ledger's statements may take longer than those of a page."""
    session.execute(_TAKE_TIME)


def claim(session: Session) -> ImportJob | None:
    """Locks the job that has waited longest, unless another import is under way."""
    if not session.execute(_LANE).scalar_one():
        return None
    statement = (
        select(ImportJob)
        .where(col(ImportJob.state).in_([state.value for state in WAITING]))
        .order_by(col(ImportJob.updated_at), col(ImportJob.id))
        .limit(1)
        .with_for_update(**UNKEYED_FREE)
    )
    return session.exec(statement).first()


def job_if_free(session: Session, job_id: UUID) -> ImportJob | None:
    """The job, locked; None while the worker holds it."""
    return session.get(ImportJob, job_id, with_for_update=UNKEYED_FREE)


# -- progress --------------------------------------------------------------------------------------

_BEGIN = text(
    "insert into import_progress (job_id, phase, done, total, attempts)"
    " values (:job_id, :phase, 0, 0, 1)"
    " on conflict (job_id) do update set phase = excluded.phase, done = 0, total = 0,"
    " attempts = import_progress.attempts + 1, updated_at = now() returning attempts"
)
_TELL = text(
    "update import_progress set phase = :phase, done = :done, total = :total, updated_at = now()"
    " where job_id = :job_id returning cancel_requested"
)
_CANCEL = text(
    "insert into import_progress (job_id, phase, done, total, cancel_requested)"
    " values (:job_id, '', 0, 0, true)"
    " on conflict (job_id) do update set cancel_requested = true"
)


def begin(session: Session, job_id: UUID, phase: str) -> int:
    """How often the step has been begun, this time included."""
    return int(session.execute(_BEGIN, {"job_id": job_id, "phase": phase}).scalar_one())


def tell(session: Session, job_id: UUID, phase: str, done: int, total: int) -> bool:
    """Whether somebody has asked to stop."""
    params = {"job_id": job_id, "phase": phase, "done": done, "total": total}
    return bool(session.execute(_TELL, params).scalar())


def ask_to_stop(session: Session, job_id: UUID) -> None:
    session.execute(_CANCEL, {"job_id": job_id})


def forget_progress(session: Session, job_id: UUID) -> None:
    session.exec(delete(ImportProgress).where(col(ImportProgress.job_id) == job_id))


def progress_of(session: Session, job_ids: Iterable[UUID]) -> dict[UUID, ImportProgress]:
    statement = select(ImportProgress).where(col(ImportProgress.job_id).in_(list(job_ids)))
    return {progress.job_id: progress for progress in session.exec(statement)}


# -- plans -----------------------------------------------------------------------------------------


def forget_rows(session: Session, job_id: UUID) -> None:
    session.exec(delete(ImportRow).where(col(ImportRow.job_id) == job_id))


_BEFORE = text(
    "select j.id, j.file_name, j.applied_at, j.sha256 = :sha256 as same_file"
    " from import_job j"
    " where j.state = 'applied' and j.source = :source"
    " and (j.sha256 = :sha256 or j.notes ->> 'content_hash' = :content_hash)"
    " order by same_file desc, j.applied_at desc limit 1"
)


def imported_before(
    session: Session, *, source: str, sha256: str, content_hash: str
) -> dict[str, Any] | None:
    """The last time that this very file was applied, or one with the same cells."""
    params = {"source": source, "sha256": sha256, "content_hash": content_hash}
    row = session.execute(_BEFORE, params).mappings().first()
    return None if row is None else {**row, "by": who_applied(session, row["id"])}


# -- saved mappings --------------------------------------------------------------------------------


def mapping_of(session: Session, signature: str, *, lock: bool = False) -> ImportMapping | None:
    statement = select(ImportMapping).where(ImportMapping.signature == signature)
    return session.exec(statement.with_for_update() if lock else statement).first()


def mappings(session: Session, limit: int) -> list[ImportMapping]:
    order = col(ImportMapping.used_at).desc().nulls_last()
    return list(session.exec(select(ImportMapping).order_by(order).limit(limit)))


def free_mapping(session: Session, mapping_id: UUID) -> None:
    """Jobs that were read by it forget it, so that it can go."""
    session.execute(
        text("update import_job set mapping_id = null where mapping_id = :id"), {"id": mapping_id}
    )


# -- receipts --------------------------------------------------------------------------------------

_TOLD = text(
    "select m ->> 'level' as level, m ->> 'code' as code, count(*) as count"
    " from import_row r cross join lateral jsonb_array_elements(r.messages) m"
    " where r.job_id = :job_id group by 1, 2 order by 3 desc, 1, 2"
)
_KEPT = text(
    "select sheet, row_no, kept from import_row where job_id = :job_id and kept is not null"
    " order by id limit 1000"
)
_WHO = text(
    "select actor_name from audit_entry where target_type = 'import_job' and target_id = :job_id"
    " and action = 'import.apply' order by id desc limit 1"
)


def messages_told(session: Session, job_id: UUID) -> list[dict[str, Any]]:
    """How often each rule changed a cell and each reason was given."""
    return [dict(row) for row in session.execute(_TOLD, {"job_id": job_id}).mappings()]


def kept_rows(session: Session, job_id: UUID) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(_KEPT, {"job_id": job_id}).mappings()]


def who_applied(session: Session, job_id: UUID) -> str | None:
    name: str | None = session.execute(_WHO, {"job_id": str(job_id)}).scalar()
    return name
