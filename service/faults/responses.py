"""Recording what was done. Records are only added; a correction is a new one."""

from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.audit.service import record
from service.core.errors import FieldError, NotFound
from service.faults import queries
from service.faults.domain import CaseState, EndsBeforeStart, ResponseKind
from service.faults.handling import announce, apply, take
from service.faults.models import FaultCase, ResponseRecord
from service.faults.schemas import ResponseCreate
from service.faults.steps import AT_WORK, AlreadyCorrected, CaseIsMerged


def add_response(
    session: Session, case_id: UUID, new: ResponseCreate, *, by: Actor
) -> ResponseRecord:
    """Adds the next record of the case. 応急処置 also marks the case as temporarily fixed."""
    case = take(session, case_id, by=by)
    if case.state == CaseState.MERGED:
        raise CaseIsMerged
    if new.started_at and new.ended_at and new.ended_at < new.started_at:
        raise EndsBeforeStart(errors=[FieldError("/ended_at", EndsBeforeStart.message)])
    _ensure_correctable(session, case, new.supersedes_id)
    response = ResponseRecord(
        **new.model_dump(exclude={"actor_name"}),
        case_id=case.id,
        seq=queries.next_seq(session, case.id),
        actor_name=new.actor_name or by.name,
        created_by=by.id,
    )
    session.add(response)
    session.flush()
    _tell(session, case, response, by=by)
    if new.kind is ResponseKind.TEMPORARY_FIX and CaseState(case.state) in AT_WORK:
        apply(session, case, {"temporary_fix": True}, action="case.updated", by=by)
    return response


def _ensure_correctable(session: Session, case: FaultCase, supersedes_id: UUID | None) -> None:
    if supersedes_id is None:
        return
    old = queries.response(session, supersedes_id)
    if old is None or old.case_id != case.id:
        raise NotFound
    if supersedes_id in queries.corrected_ids(session, case.id):
        raise AlreadyCorrected


def _tell(session: Session, case: FaultCase, response: ResponseRecord, *, by: Actor) -> None:
    written = response.model_dump(
        mode="json", exclude={"id", "case_id", "created_at", "created_by", "source_import_id"}
    )
    record(
        session,
        "response.corrected" if response.supersedes_id else "response.added",
        "response_record",
        response.id,
        by=by,
        after={name: value for name, value in written.items() if value is not None}
        | {"case_id": case.id},
    )
    announce(
        session,
        case,
        "response.added",
        by=by,
        response_id=response.id,
        seq=response.seq,
        kind=response.kind,
    )
