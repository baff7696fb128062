"""Reports from phones, their photos, and what became of them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from mobile_api import queries
from mobile_api.report_schemas import FaultReportCreate
from mobile_api.reporting import take
from mobile_api.schemas import (
    FaultReportDetail,
    FaultReportFiled,
    FaultReportRead,
)
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.session import SessionDep
from service.core.paging import BadCursor, Page, decode_cursor, encode_cursor

router = APIRouter(prefix="/fault-reports", tags=["fault reports"])
Reader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]
Reporter = Annotated[Actor, Depends(requires(Permission.REPORTS_FILE))]


@router.post("", status_code=201, responses={200: {"model": FaultReportFiled}})
def create(
    response: Response, session: SessionDep, by: Reporter, told: FaultReportCreate
) -> FaultReportFiled:
    """201 for a new report; 200 with the same answer when it was there; 409 for other content."""
    filed, request_state = take(session, told, by=by)
    if not filed.is_new:
        response.status_code = 200
    return FaultReportFiled(
        report_id=filed.report_id,
        report_no=filed.report_no,
        case_id=filed.case_id,
        case_no=filed.case_no,
        state=filed.state.value,
        after_contract=filed.after_contract,
        request_state=request_state and request_state.value,
    )


@router.get("")
def my_reports(
    request: Request,
    session: SessionDep,
    by: Reader,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
    cursor: str | None = None,
) -> Page[FaultReportRead]:
    """The company's reports (for staff: their own), newest first, with the state of their cases."""
    rows = queries.my_reports(
        session,
        company_id=by.company_id,
        user_id=by.id,
        before=_key(cursor) if cursor else None,
        limit=limit + 1,
    )
    items = [FaultReportRead.model_validate(dict(row)) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items=items, next=_next(request, items[-1]) if more else None)


@router.get("/{report_id}")
def read(session: SessionDep, _by: Reader, report_id: UUID) -> FaultReportDetail:
    """One report, which of its photos have come, and what the city has answered."""
    row = queries.report(session, report_id)
    if row is None:
        raise NotFound
    more: dict[str, Any] = {
        "photos": [dict(photo) for photo in queries.photos(session, report_id)],
        "responses": [dict(answer) for answer in queries.responses(session, report_id)],
    }
    return FaultReportDetail.model_validate(dict(row) | more)


def _key(cursor: str) -> tuple[datetime, UUID]:
    moment, last_id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(moment), UUID(last_id)
    except ValueError as error:
        raise BadCursor from error


def _next(request: Request, last: FaultReportRead) -> str:
    cursor = encode_cursor(last.received_at.isoformat(), str(last.id))
    address = request.url.include_query_params(cursor=cursor)
    return f"{address.path}?{address.query}"
