"""Asking a company, and what the company answers."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record as audit
from service.core import outbox
from service.core.clock import now
from service.core.errors import FieldError, NotFound
from service.core.identity import new_id
from service.faults.domain import EndsBeforeStart, SameIdOtherContent
from service.faults.handling import SETTLED, take
from service.work_requests import queries
from service.work_requests.domain import (
    CITY_RECORDS,
    NEEDS_WORDS,
    CaseSettled,
    NoCompany,
    OnlyTheCity,
    RecordKind,
    RequestState,
    WordsMissing,
    after,
)
from service.work_requests.models import WorkRequest
from service.work_requests.schemas import RecordCreate, RequestCreate


def ask(session: Session, case_id: UUID, new: RequestCreate, *, by: Actor) -> WorkRequest:
    """Asks the company that has the case.

    Raises:
        NoCompany: when no company has it.
        CaseSettled: when there is nothing left to do.
    """
    case = take(session, case_id, by=by)
    if case.state in SETTLED:
        raise CaseSettled
    if case.company_id is None:
        raise NoCompany
    request = WorkRequest(
        case_id=case.id,
        facility_id=case.facility_id,
        company_id=case.company_id,
        created_by=by.id,
        requested_by_name=by.name,
        **new.model_dump(),
    )
    session.add(request)
    session.flush()
    told = {"case_id": case.id, "body": request.body, "due_on": request.due_on}
    audit(session, "work_request.made", "work_request", request.id, by=by, after=told)
    _announce(session, request, "work_request.made", by=by)
    return request


@dataclass(frozen=True)
class Answered:
    state: RequestState
    is_new: bool = True


def answer(session: Session, request_id: UUID, new: RecordCreate, *, by: Actor) -> RequestState:
    """Adds a record to the request; staff may write down what a company tells by telephone.

    Raises:
        NotFound: also when the request is another company's.
        NotNow: when the request stands where this cannot be recorded.
    """
    return answer_once(session, request_id, new, record_id=new_id(), by=by).state


def answer_once(
    session: Session,
    request_id: UUID,
    new: RecordCreate,
    *,
    record_id: UUID,
    author: str | None = None,
    by: Actor,
) -> Answered:
    """As `answer`, under an id minted where it was written: sent twice it is one record.

    ``author`` wrote it when the actor only hands it in.

    Raises:
        SameIdOtherContent: when the id stands for another record.
    """
    by.require(Permission.REPORTS_FILE)
    if new.kind in CITY_RECORDS and not by.can(Permission.CASES_HANDLE):
        raise OnlyTheCity
    queries.take_turn(session, request_id)
    request = queries.request(session, request_id)
    if request is None:
        raise NotFound
    earlier = queries.record(session, record_id)
    if earlier is not None:
        _ensure_same(earlier, request_id, new)
        return Answered(RequestState(request.state), is_new=False)
    row = {"id": record_id} | ({"author_name": author} if author else {})
    return Answered(_add(session, request, new, row, by=by))


def _ensure_same(earlier: Row[Any], request_id: UUID, new: RecordCreate) -> None:
    told = (request_id, new.kind.value, new.body, new.started_at, new.ended_at)
    kept = (earlier.request_id, earlier.kind, earlier.body, earlier.started_at, earlier.ended_at)
    if told != kept:
        raise SameIdOtherContent


def _add(
    session: Session, request: Row[Any], new: RecordCreate, told: dict[str, Any], *, by: Actor
) -> RequestState:
    state = after(RequestState(request.state), new.kind)
    _ensure_told(new)
    queries.add_record(session, _row(request, new, by=by) | told)
    written = {"request_id": request.id, "kind": new.kind.value, "body": new.body}
    audit(session, f"work_request.{new.kind}", "work_request", request.id, by=by, after=written)
    topic = "work_request.changed" if new.kind is not RecordKind.WORK else "work_request.noted"
    _announce(session, request, topic, by=by, by_city=not by.is_contractor)
    return state


def _ensure_told(new: RecordCreate) -> None:
    if new.kind in NEEDS_WORDS and not new.body:
        raise WordsMissing(errors=[FieldError("/body", WordsMissing.message)])
    if new.started_at and new.ended_at and new.ended_at < new.started_at:
        raise EndsBeforeStart(errors=[FieldError("/ended_at", EndsBeforeStart.message)])


def _row(request: Row[Any], new: RecordCreate, *, by: Actor) -> dict[str, Any]:
    return new.model_dump() | {
        "created_at": now(),
        "created_by": by.id,
        "request_id": request.id,
        "company_id": request.company_id,
        "kind": new.kind.value,
        "author_name": by.name,
    }


def _announce(
    session: Session, request: WorkRequest | Row[Any], topic: str, *, by: Actor, **more: Any
) -> None:
    payload = {
        "request_id": request.id,
        "case_id": request.case_id,
        "company_id": request.company_id,
        "requested_by": request.created_by,
        "by": by.name,
        "by_id": by.id,
    }
    outbox.publish(
        session,
        topic,
        payload | more,
        facility_id=request.facility_id,
        company_id=request.company_id,
    )
