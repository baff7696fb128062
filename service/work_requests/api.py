"""対応依頼 as JSON. Row-level security picks the rows: a company's are its own."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.faults import inbox
from service.work_requests import queries, service
from service.work_requests.domain import RecordKind, RequestState
from service.work_requests.schemas import RecordCreate, RequestCreate

router = APIRouter(prefix="/api/v1", tags=["work requests"], dependencies=[ONLY_KNOWN_PARAMETERS])
Reader = Annotated[Actor, Depends(requires(Permission.REPORTS_FILE))]
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
AT_MOST = 200


class RequestLine(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    case_id: UUID
    case_no: str
    facility_id: UUID
    facility_name: str
    company_id: UUID
    company_name: str
    equipment: str | None
    body: str
    due_on: date | None
    state: RequestState
    requested_by_name: str
    created_at: datetime
    touched_at: datetime | None


class RecordRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: RecordKind
    body: str
    started_at: datetime | None
    ended_at: datetime | None
    author_name: str
    created_at: datetime


class RequestRead(RequestLine):
    records: list[RecordRead]


class RecordSent(RecordCreate):
    """``id`` is minted where it is written (UUIDv7): sent twice it is one record."""

    id: UUID


def _read(session: SessionDep, request_id: UUID) -> RequestRead:
    row = queries.request(session, request_id)
    if row is None:
        raise NotFound
    found = queries.records(session, request_id)
    line = RequestLine.model_validate(row)
    return RequestRead(**dict(line), records=[RecordRead.model_validate(one) for one in found])


def _lines(rows: Iterable[object]) -> list[RequestLine]:
    return [RequestLine.model_validate(row) for row in rows]


@router.get("/work-requests")
def list_requests(
    session: SessionDep,
    _by: Reader,
    state: Annotated[RequestState | None, Query()] = None,
    company_id: Annotated[UUID | None, Query()] = None,
) -> list[RequestLine]:
    """What waits for an answer first, then what is at work by its day; 200 at most."""
    asked = state.value if state else None
    return _lines(queries.listed(session, state=asked, company_id=company_id, limit=AT_MOST))


@router.get("/work-requests/{request_id}")
def read_request(session: SessionDep, _by: Reader, request_id: UUID) -> RequestRead:
    return _read(session, request_id)


@router.post("/work-requests/{request_id}/records", status_code=201)
def add_record(session: SessionDep, by: Reader, request_id: UUID, new: RecordSent) -> RequestRead:
    """Acknowledges, tells of work, or says that it is done; the city returns or cancels."""
    told = RecordCreate.model_validate(new.model_dump(exclude={"id"}))
    service.answer_once(session, request_id, told, record_id=new.id, by=by)
    return _read(session, request_id)


@router.get("/cases/{case_id}/work-requests")
def requests_of_case(session: SessionDep, _by: Reader, case_id: UUID) -> list[RequestLine]:
    if inbox.case_row(session, case_id) is None:
        raise NotFound
    return _lines(queries.of_case(session, case_id))


@router.post("/cases/{case_id}/work-requests", status_code=201)
def ask(session: SessionDep, by: Handler, case_id: UUID, new: RequestCreate) -> RequestRead:
    """Asks the company that has the case."""
    return _read(session, service.ask(session, case_id, new, by=by).id)
