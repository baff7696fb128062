"""対応依頼 on the phone: what the city asks of the company, and what the company answers."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.session import SessionDep
from service.work_requests import queries, service
from service.work_requests.domain import RecordKind
from service.work_requests.schemas import RecordCreate, Words

router = APIRouter(prefix="/work-requests", tags=["work requests"])
Reader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]
Reporter = Annotated[Actor, Depends(requires(Permission.REPORTS_FILE))]
SHOWN = 50


class WorkRecordRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    body: str
    started_at: datetime | None
    ended_at: datetime | None
    author_name: str
    created_at: datetime


class WorkRequestRead(BaseModel):
    """What was asked, where it stands, and every record in its order."""

    id: UUID
    case_id: UUID
    case_no: str
    facility_name: str
    equipment: str | None
    body: str
    due_on: date | None
    requested_by_name: str
    created_at: datetime
    state: str
    records: list[WorkRecordRead]


class WorkRequestList(BaseModel):
    items: list[WorkRequestRead]


class WorkRecordCreate(BaseModel):
    """``id`` is minted on the phone: the same record again gets the same answer."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    kind: Literal["acknowledged", "work", "done"]
    body: Words = ""
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None

    def for_service(self) -> RecordCreate:
        content = self.model_dump(exclude={"id"}) | {"kind": RecordKind(self.kind)}
        return RecordCreate.model_validate(content)


class WorkRecordKept(BaseModel):
    """``record_id`` is the phone's own id: only then may it forget the record."""

    record_id: UUID
    state: str


@router.get("")
def work_requests(session: SessionDep, _by: Reader) -> WorkRequestList:
    """The company's requests, what waits for an answer first; at most fifty."""
    rows = queries.listed(session, limit=SHOWN)
    records: dict[UUID, list[WorkRecordRead]] = {row.id: [] for row in rows}
    for one in queries.records_of(session, list(records)):
        records[one.request_id].append(WorkRecordRead.model_validate(one))
    items = [
        WorkRequestRead.model_validate(row._asdict() | {"records": records[row.id]}) for row in rows
    ]
    return WorkRequestList(items=items)


@router.post("/{request_id}/records", status_code=201, responses={200: {"model": WorkRecordKept}})
def add_record(
    response: Response, session: SessionDep, by: Reporter, request_id: UUID, told: WorkRecordCreate
) -> WorkRecordKept:
    """201 for a new record; 200 when it was there; 409 for other content under the same id."""
    answered = service.answer_once(
        session, request_id, told.for_service(), record_id=told.id, by=by
    )
    if not answered.is_new:
        response.status_code = 200
    return WorkRecordKept(record_id=told.id, state=answered.state.value)
