from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from importers import queries, service
from importers.decisions import Decisions
from importers.models import Outcome
from importers.schemas import Apply, ImportList, ImportRead, ImportRowRead, ReceiptRead
from importers.upload import ArrivingFile
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.core.i18n import locale_of
from service.core.paging import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    BadCursor,
    Page,
    cut,
    decode_cursor,
    encode_cursor,
)

router = APIRouter(prefix="/api/v1/imports", tags=["imports"], dependencies=[ONLY_KNOWN_PARAMETERS])
Manager = Annotated[Actor, Depends(requires(Permission.IMPORTS_MANAGE))]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "source": {"type": "string", "description": "Recognised when absent"},
                    },
                }
            }
        },
    }
}


@router.get("")
def list_imports(session: SessionDep, _by: Manager, limit: Limit = DEFAULT_LIMIT) -> ImportList:
    """The newest imports first."""
    return ImportList(items=[ImportRead.of(job) for job in queries.jobs(session, limit)])


@router.post("", status_code=201, openapi_extra=_FORM)
def plan(file: ArrivingFile, session: SessionDep, by: Manager) -> ImportRead:
    """Reads a file and answers with its plan; the registry is not touched."""
    job = service.plan_file(
        session, file.content, file.name, decisions=Decisions(source=file.source), by=by
    )
    return ImportRead.of(job)


@router.get("/{job_id}")
def read_import(session: SessionDep, _by: Manager, job_id: UUID) -> ImportRead:
    return ImportRead.of(service.job_of(session, job_id))


@router.get("/{job_id}/rows")
def list_rows(
    request: Request,
    session: SessionDep,
    _by: Manager,
    job_id: UUID,
    outcome: Annotated[Outcome | None, Query()] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[ImportRowRead]:
    """The rows in the order of the file, with every change and every reason."""
    service.job_of(session, job_id)
    found = queries.rows(
        session, job_id, after=row_cursor(cursor), limit=limit + 1, outcome=outcome
    )
    shown, is_more = cut(found, limit)
    following = None
    if is_more:
        key = encode_cursor(str(shown[-1]["id"]))
        following = str(request.url.include_query_params(cursor=key))
    locale = locale_of(request)
    return Page(items=[ImportRowRead.of(row, locale) for row in shown], next=following)


@router.post("/{job_id}/apply")
def apply(session: SessionDep, by: Manager, job_id: UUID, wanted: Apply) -> ReceiptRead:
    """Writes the plan, all of it or its good rows, in one transaction."""
    receipt = service.apply_job(
        session, job_id, mode=wanted.mode, plan_hash=wanted.plan_hash, by=by
    )
    return ReceiptRead(
        job_id=receipt.job_id, mode=receipt.mode, rows=receipt.rows, records=receipt.records
    )


@router.post("/{job_id}/abandon")
def abandon(session: SessionDep, by: Manager, job_id: UUID) -> ImportRead:
    return ImportRead.of(service.abandon_job(session, job_id, by=by))


def row_cursor(cursor: str | None) -> int:
    if cursor is None:
        return 0
    (last,) = decode_cursor(cursor, 1)
    if not last.isdecimal():
        raise BadCursor
    return int(last)
