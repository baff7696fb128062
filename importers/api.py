from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from importers import job_queries, memory, queries, service
from importers.error_file import XLSM, XLSX, error_file
from importers.models import ImportJob, JobState, Outcome
from importers.provenance import provenance_of
from importers.receipt import receipt_of
from importers.schemas import (
    Apply,
    Decide,
    FullReceiptRead,
    ImportList,
    ImportRead,
    ImportRowRead,
    MappingList,
    MappingRead,
    OriginList,
    OriginRead,
    ReceiptRead,
)
from importers.upload import ArrivingFile
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.conditional import IfMatch, etag
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
Clerk = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
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
                        "decisions": {"type": "string", "description": "JSON, see the answer"},
                        "continues": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The import whose error workbook this is",
                        },
                    },
                }
            }
        },
    }
}


@router.get("")
def list_imports(
    request: Request, session: SessionDep, _by: Manager, limit: Limit = DEFAULT_LIMIT
) -> ImportList:
    """The newest imports first."""
    jobs = queries.jobs(session, limit)
    progress = job_queries.progress_of(session, [job.id for job in jobs])
    locale = locale_of(request)
    return ImportList(items=[ImportRead.of(job, locale, progress.get(job.id)) for job in jobs])


@router.post("", status_code=201, openapi_extra=_FORM)
def plan(
    request: Request, response: Response, file: ArrivingFile, session: SessionDep, by: Manager
) -> ImportRead:
    """Takes in a file and answers with its plan; the registry is not touched.

    A large file is planned by the worker: the state is ``arrived`` until then.
    """
    return _read(request, response, session, service.receive_file(session, file, by=by))


@router.get("/mappings")
def list_mappings(session: SessionDep, _by: Manager, limit: Limit = DEFAULT_LIMIT) -> MappingList:
    """How ledgers were read before, by their headers; the next such file is read so by itself."""
    found = job_queries.mappings(session, limit)
    items = [MappingRead.model_validate(mapping, from_attributes=True) for mapping in found]
    return MappingList(items=items)


@router.delete("/mappings/{mapping_id}", status_code=204)
def forget_mapping(session: SessionDep, by: Manager, mapping_id: UUID) -> None:
    """The next file with these headers is asked about from the beginning."""
    memory.forget(session, mapping_id, by=by)


@router.get("/provenance")
def read_provenance(
    request: Request,
    session: SessionDep,
    _by: Clerk,
    kind: str,
    id: UUID,  # noqa: A002
) -> OriginList:
    """Which file, sheet and row gave a record the values that it still has."""
    locale = locale_of(request)
    origins = provenance_of(session, kind, id)
    return OriginList(items=[OriginRead.of(origin, locale) for origin in origins])


@router.get("/{job_id}")
def read_import(
    request: Request, response: Response, session: SessionDep, _by: Manager, job_id: UUID
) -> ImportRead:
    """The import as it stands, with its progress while the worker has it."""
    return _read(request, response, session, service.job_of(session, job_id))


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


@router.patch("/{job_id}/decisions")
def decide(
    request: Request,
    response: Response,
    session: SessionDep,
    by: Manager,
    job_id: UUID,
    version: IfMatch,
    wanted: Decide,
) -> ImportRead:
    """Answers questions or corrects what was recognised, and plans the file again."""
    job = service.job_of(session, job_id)
    answers = [(answer.path, answer.value) for answer in wanted.answers]
    decisions = service.revised(job, wanted.decisions, answers)
    job = service.decide(session, job_id, decisions, version=version, by=by)
    return _read(request, response, session, job)


@router.post("/{job_id}/apply")
def apply(
    response: Response, session: SessionDep, by: Manager, job_id: UUID, wanted: Apply
) -> ReceiptRead:
    """Writes the plan, all of it or its good rows, in one transaction.

    A long one is written by the worker: 202, and the state is ``applying`` until then.
    """
    job = service.request_apply(
        session, job_id, mode=wanted.mode, plan_hash=wanted.plan_hash, by=by
    )
    response.status_code = 202 if job.state == JobState.APPLYING else 200
    counts = dict(job.counts)
    records = counts.pop("records", {})
    return ReceiptRead(
        job_id=job.id, state=JobState(job.state), mode=wanted.mode, rows=counts, records=records
    )


@router.get("/{job_id}/receipt")
def read_receipt(
    request: Request, session: SessionDep, _by: Manager, job_id: UUID
) -> FullReceiptRead:
    """What an applied import did: when, by whom, by which rules, and what an undo had to keep."""
    job = service.job_of(session, job_id)
    return FullReceiptRead.of(receipt_of(session, job), job.state, locale_of(request))


@router.get(
    "/{job_id}/errors",
    response_class=Response,
    responses={200: {"content": {XLSX: {}, XLSM: {}, "text/csv": {}}}},
)
def read_error_file(request: Request, session: SessionDep, _by: Manager, job_id: UUID) -> Response:
    """The file that was sent, its bad cells coloured, with a reason beside each bad row.

    Mended and sent again it continues this import.
    """
    file = error_file(session, service.job_of(session, job_id), locale_of(request))
    named = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return Response(
        file.content, media_type=file.media_type, headers={"Content-Disposition": named}
    )


@router.post("/{job_id}/undo")
def undo(
    request: Request, response: Response, session: SessionDep, by: Manager, job_id: UUID
) -> ImportRead:
    """Sets everything back that the import wrote; what was changed or used since stays."""
    job = service.request_undo(session, job_id, by=by)
    answer = _read(request, response, session, job)
    response.status_code = 202 if job.state == JobState.UNDOING else 200
    return answer


@router.post("/{job_id}/cancel")
def cancel(
    request: Request, response: Response, session: SessionDep, by: Manager, job_id: UUID
) -> ImportRead:
    """Stops the worker's step; everything is then as it was before the step."""
    return _read(request, response, session, service.cancel_job(session, job_id, by=by))


@router.post("/{job_id}/abandon")
def abandon(
    request: Request, response: Response, session: SessionDep, by: Manager, job_id: UUID
) -> ImportRead:
    """Gives a plan up."""
    return _read(request, response, session, service.abandon_job(session, job_id, by=by))


def _read(request: Request, response: Response, session: SessionDep, job: ImportJob) -> ImportRead:
    session.flush()
    session.refresh(job)
    progress = job_queries.progress_of(session, [job.id]).get(job.id)
    response.headers["etag"] = etag(job.version)
    return ImportRead.of(job, locale_of(request), progress)


def row_cursor(cursor: str | None) -> int:
    if cursor is None:
        return 0
    (last,) = decode_cursor(cursor, 1)
    if not last.isdecimal():
        raise BadCursor
    return int(last)
