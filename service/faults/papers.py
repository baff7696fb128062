"""The papers of a case as JSON: reports, responses, approvals."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, UploadFile

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments.api import StoreDep
from service.attachments.domain import AttachmentKind
from service.attachments.schemas import AttachmentRead
from service.attachments.service import describe, store_upload
from service.core.errors import NotFound
from service.core.http.session import SessionDep
from service.core.paging import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    BadCursor,
    Page,
    cut,
    decode_cursor,
    encode_cursor,
)
from service.faults import dossier, service
from service.faults.schemas import (
    ApprovalRead,
    ReportCreate,
    ReportFiled,
    ReportRead,
    ResponseCreate,
    ResponseRead,
)

papers = APIRouter()

Reader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
Reporter = Annotated[Actor, Depends(requires(Permission.REPORTS_FILE))]


def next_address(request: Request, cursor: str | None) -> str | None:
    """The address of the following page; the filters stay."""
    if cursor is None:
        return None
    following = request.url.include_query_params(cursor=cursor)
    return f"{following.path}?{following.query}"


@papers.get("/cases/{case_id}/responses")
def list_responses(session: SessionDep, _by: Reader, case_id: UUID) -> list[ResponseRead]:
    return [ResponseRead.model_validate(row) for row in dossier.responses_of(session, case_id)]


@papers.post("/cases/{case_id}/responses", status_code=201)
def add_response(
    session: SessionDep, by: Handler, case_id: UUID, new: ResponseCreate
) -> ResponseRead:
    return ResponseRead.model_validate(service.add_response(session, case_id, new, by=by))


@papers.post("/responses/{response_id}/photos", status_code=201)
def add_photos(
    session: SessionDep,
    store: StoreDep,
    by: Handler,
    response_id: UUID,
    photos: list[UploadFile],
    kind: Annotated[AttachmentKind, Query()] = AttachmentKind.AFTER,
) -> list[AttachmentRead]:
    return [
        describe(store_upload(session, store, photo, response_id=response_id, kind=kind, by=by))
        for photo in photos
    ]


@papers.get("/cases/{case_id}/approvals")
def list_approvals(session: SessionDep, _by: Reader, case_id: UUID) -> list[ApprovalRead]:
    return [ApprovalRead.model_validate(row) for row in dossier.approvals(session, case_id)]


@papers.get("/reports")
def list_reports(
    request: Request,
    session: SessionDep,
    _by: Reader,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
) -> Page[ReportRead]:
    """Reports by arrival, newest first."""
    rows, more = cut(dossier.reports_before(session, _seen(cursor), limit=limit + 1), limit)
    last: Any = rows[-1] if more else None
    following = encode_cursor(last.received_at.isoformat(), str(last.id)) if more else None
    return Page(
        items=[ReportRead.model_validate(row) for row in rows],
        next=next_address(request, following),
    )


def _seen(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    moment, report_id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(moment), UUID(report_id)
    except ValueError as error:
        raise BadCursor from error


@papers.get("/reports/{report_id}")
def get_report(session: SessionDep, _by: Reader, report_id: UUID) -> ReportRead:
    row = dossier.report_row(session, report_id)
    if row is None:
        raise NotFound
    return ReportRead.model_validate(row)


@papers.post("/reports", status_code=201)
def file_report(
    session: SessionDep, response: Response, by: Reporter, new: ReportCreate
) -> ReportFiled:
    """Files a report, also on behalf of somebody on the telephone. 200 when it was known."""
    filed = service.file_report(session, new, by=by)
    if not filed.is_new:
        response.status_code = 200
    return ReportFiled.model_validate(filed)
