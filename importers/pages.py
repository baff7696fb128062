from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from importers import queries, service
from importers.api import row_cursor
from importers.fields import field_label
from importers.kinds import KINDS
from importers.messages import OUTCOME_LABELS, STATE_LABELS
from importers.models import ImportJob, Outcome
from importers.reading.sentences import LEFT_OUT
from importers.receipt import ApplyMode
from importers.schemas import ImportRowRead
from importers.sources.catalogue import SOURCES
from importers.upload import ArrivingFile
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import DomainError
from service.core.http.problems import explain, status_of
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n import locale_of
from service.core.paging import cut, encode_cursor

router = APIRouter(include_in_schema=False)
Manager = Annotated[Actor, Depends(requires(Permission.IMPORTS_MANAGE))]
SHOWN_JOBS = 50
SHOWN_ROWS = 100


def in_file_order(raw: dict[str, str], job: ImportJob) -> list[tuple[str, str]]:
    """The cells of a row as the file has them; a stored JSON object keeps no order."""
    order = [name for table in job.notes["tables"] for name in table["header"]]
    return [(name, raw[name]) for name in dict.fromkeys(order) if name in raw]


def shown_changes(changed: dict[str, list[Any]]) -> list[tuple[str, list[Any]]]:
    """A partial date is four columns and one thing: its writing stands for all."""
    hidden = {
        name.removesuffix("_raw") + part
        for name in changed
        if name.endswith("_raw")
        for part in ("_from", "_to", "_precision")
    }
    return [(name, pair) for name, pair in changed.items() if name not in hidden]


def _start_page(
    request: Request, session: SessionDep, *, status_code: int = 200, problem: str | None = None
) -> Response:
    return render(
        request,
        "imports/start.html",
        status_code=status_code,
        jobs=queries.jobs(session, SHOWN_JOBS),
        sources=[(source.name, source.title) for source in SOURCES.values()],
        source_titles={source.name: source.title for source in SOURCES.values()},
        state_labels=STATE_LABELS,
        bad_rows=service.bad_rows,
        problem=problem,
    )


@router.get("/imports")
def start(request: Request, session: SessionDep, _by: Manager) -> Response:
    return _start_page(request, session)


@router.post("/imports")
def upload(request: Request, file: ArrivingFile, session: SessionDep, by: Manager) -> Response:
    """A file that cannot be read is told beside the form, and nothing is stored."""
    try:
        with session.begin_nested():
            job = service.receive_file(session, file, by=by)
    except DomainError as error:
        problem = explain(request, error)
        return _start_page(request, session, status_code=status_of(error), problem=problem)
    return RedirectResponse(f"/imports/{job.id}", 303)


def _job_page(
    request: Request,
    session: SessionDep,
    job: ImportJob,
    *,
    outcome: Outcome | None = None,
    cursor: str | None = None,
    status_code: int = 200,
    problem: str | None = None,
) -> Response:
    found = queries.rows(
        session, job.id, after=row_cursor(cursor), limit=SHOWN_ROWS + 1, outcome=outcome
    )
    shown, is_more = cut(found, SHOWN_ROWS)
    locale = locale_of(request)
    return render(
        request,
        "imports/job.html",
        status_code=status_code,
        job=job,
        rows=[ImportRowRead.of(row, locale) for row in shown],
        next_cursor=encode_cursor(str(shown[-1]["id"])) if is_more else None,
        outcome=outcome,
        outcomes=[
            (key, label, job.counts.get(key.value, 0)) for key, label in OUTCOME_LABELS.items()
        ],
        outcome_labels=OUTCOME_LABELS,
        state_labels=STATE_LABELS,
        source_titles={source.name: source.title for source in SOURCES.values()},
        kind_labels={kind.name: kind.label for kind in KINDS.values()},
        left_out=LEFT_OUT,
        field_label=field_label,
        in_file_order=in_file_order,
        shown_changes=shown_changes,
        bad=service.bad_rows(job),
        to_write=service.rows_to_write(job),
        problem=problem,
    )


@router.get("/imports/{job_id}")
def job_page(
    request: Request,
    session: SessionDep,
    _by: Manager,
    job_id: UUID,
    outcome: Annotated[Outcome | None, Query()] = None,
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    job = service.job_of(session, job_id)
    return _job_page(request, session, job, outcome=outcome, cursor=cursor)


@router.post("/imports/{job_id}/apply")
def apply(
    request: Request,
    session: SessionDep,
    by: Manager,
    job_id: UUID,
    plan_hash: Annotated[str, Form()],
    mode: Annotated[ApplyMode, Form()] = ApplyMode.ALL_OR_NOTHING,
) -> Response:
    try:
        with session.begin_nested():
            service.request_apply(session, job_id, mode=mode, plan_hash=plan_hash, by=by)
    except DomainError as error:
        job = service.job_of(session, job_id)
        problem = explain(request, error)
        return _job_page(request, session, job, status_code=status_of(error), problem=problem)
    return RedirectResponse(f"/imports/{job_id}", 303)


@router.post("/imports/{job_id}/abandon")
def abandon(session: SessionDep, by: Manager, job_id: UUID) -> Response:
    service.abandon_job(session, job_id, by=by)
    return RedirectResponse("/imports", 303)
