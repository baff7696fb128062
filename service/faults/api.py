from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.conditional import IfMatch, etag
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.core.paging import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Page,
)
from service.faults import inbox, service
from service.faults.domain import OPEN_STATES, CaseState, Urgency
from service.faults.papers import next_address, papers
from service.faults.schemas import (
    CaseChange,
    CaseRead,
    Merge,
    Reasoned,
    Resolve,
    Wait,
)
from service.faults.steps import Step

router = APIRouter(prefix="/api/v1", tags=["faults"], dependencies=[ONLY_KNOWN_PARAMETERS])

Reader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
Reporter = Annotated[Actor, Depends(requires(Permission.REPORTS_FILE))]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


def _case(session: SessionDep, response: Response, case_id: UUID) -> CaseRead:
    row = inbox.case_row(session, case_id)
    if row is None:
        raise NotFound
    response.headers["etag"] = etag(row.version)
    return CaseRead.model_validate(row)


@router.get("/cases")
def list_cases(
    request: Request,
    session: SessionDep,
    _by: Reader,
    state: Annotated[list[CaseState] | None, Query()] = None,
    open: Annotated[bool, Query(description="Only cases that are not settled")] = False,
    facility_id: Annotated[UUID | None, Query()] = None,
    urgency: Annotated[Urgency | None, Query()] = None,
    company_id: Annotated[UUID | None, Query()] = None,
    position_id: Annotated[UUID | None, Query()] = None,
    unregistered: Annotated[bool, Query()] = False,
    occurred_from: Annotated[date | None, Query()] = None,
    occurred_until: Annotated[date | None, Query(description="This day included")] = None,
    q: Annotated[str, Query(max_length=100)] = "",
    order: Annotated[inbox.Order, Query()] = inbox.Order.REPORTED,
    cursor: Annotated[str | None, Query()] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[CaseRead]:
    """Cases, newest first."""
    wanted = inbox.CaseFilter(
        states=state or (sorted(OPEN_STATES) if open else ()),
        facility_id=facility_id,
        urgency=urgency,
        company_id=company_id,
        position_id=position_id,
        unregistered=unregistered,
        occurred_from=occurred_from,
        occurred_until=occurred_until,
        words=q,
    )
    page = inbox.list_cases(session, wanted, order=order, cursor=cursor, limit=limit)
    return Page(
        items=[CaseRead.model_validate(row) for row in page.cases],
        next=next_address(request, page.cursor),
    )


@router.get("/cases/{case_id}")
def get_case(session: SessionDep, response: Response, _by: Reader, case_id: UUID) -> CaseRead:
    return _case(session, response, case_id)


@router.patch("/cases/{case_id}")
def change_case(
    session: SessionDep,
    response: Response,
    by: Handler,
    version: IfMatch,
    case_id: UUID,
    change: CaseChange,
) -> CaseRead:
    """Judges or corrects: fields that are not sent stay as they are."""
    service.change_case(session, case_id, change, by=by, expected=version)
    return _case(session, response, case_id)


def _take(
    session: SessionDep,
    response: Response,
    case_id: UUID,
    step: Step,
    given: Reasoned | None,
    *,
    by: Actor,
    version: int | None,
) -> CaseRead:
    service.take_step(session, case_id, step, given, by=by, expected=version)
    return _case(session, response, case_id)


@router.post("/cases/{case_id}/accept")
def accept(
    session: SessionDep, response: Response, by: Handler, version: IfMatch, case_id: UUID
) -> CaseRead:
    return _take(session, response, case_id, Step.ACCEPT, None, by=by, version=version)


@router.post("/cases/{case_id}/start")
def start(
    session: SessionDep, response: Response, by: Handler, version: IfMatch, case_id: UUID
) -> CaseRead:
    return _take(session, response, case_id, Step.START, None, by=by, version=version)


@router.post("/cases/{case_id}/wait")
def wait(
    session: SessionDep,
    response: Response,
    by: Handler,
    version: IfMatch,
    case_id: UUID,
    given: Wait,
) -> CaseRead:
    return _take(session, response, case_id, Step.WAIT, given, by=by, version=version)


@router.post("/cases/{case_id}/resolve")
def resolve(
    session: SessionDep,
    response: Response,
    by: Handler,
    version: IfMatch,
    case_id: UUID,
    given: Resolve | None = None,
) -> CaseRead:
    return _take(session, response, case_id, Step.RESOLVE, given, by=by, version=version)


@router.post("/cases/{case_id}/submit")
def submit(
    session: SessionDep, response: Response, by: Handler, version: IfMatch, case_id: UUID
) -> CaseRead:
    """Hands the case over for approval (決裁)."""
    return _take(session, response, case_id, Step.SUBMIT, None, by=by, version=version)


@router.post("/cases/{case_id}/return")
def send_back(
    session: SessionDep,
    response: Response,
    by: Handler,
    version: IfMatch,
    case_id: UUID,
    given: Reasoned,
) -> CaseRead:
    return _take(session, response, case_id, Step.RETURN, given, by=by, version=version)


@router.post("/cases/{case_id}/close")
def close(
    session: SessionDep,
    response: Response,
    by: Handler,
    version: IfMatch,
    case_id: UUID,
    given: Resolve | None = None,
) -> CaseRead:
    """Needs the downtime: both times, or `no_downtime`."""
    return _take(session, response, case_id, Step.CLOSE, given, by=by, version=version)


@router.post("/cases/{case_id}/dismiss")
def dismiss(
    session: SessionDep,
    response: Response,
    by: Handler,
    version: IfMatch,
    case_id: UUID,
    given: Reasoned,
) -> CaseRead:
    return _take(session, response, case_id, Step.DISMISS, given, by=by, version=version)


@router.post("/cases/{case_id}/reopen")
def reopen(
    session: SessionDep,
    response: Response,
    by: Handler,
    version: IfMatch,
    case_id: UUID,
    given: Reasoned,
) -> CaseRead:
    return _take(session, response, case_id, Step.REOPEN, given, by=by, version=version)


@router.post("/cases/{case_id}/merge")
def merge(
    session: SessionDep,
    response: Response,
    by: Handler,
    version: IfMatch,
    case_id: UUID,
    given: Merge,
) -> CaseRead:
    service.merge(session, case_id, given.into_id, by=by, reason=given.reason, expected=version)
    return _case(session, response, case_id)


@router.post("/cases/{case_id}/unmerge")
def unmerge(
    session: SessionDep,
    response: Response,
    by: Handler,
    version: IfMatch,
    case_id: UUID,
    given: Reasoned | None = None,
) -> CaseRead:
    reason = given.reason if given else None
    service.unmerge(session, case_id, by=by, reason=reason, expected=version)
    return _case(session, response, case_id)


router.include_router(papers)
