"""The pages of imports: send a file, answer, look at the plan, write it, take it back."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from importers import job_queries, queries, service
from importers.answers import answers_of, columns_of, retirement_of
from importers.error_file import error_file
from importers.exporting.ledgers import LEDGERS
from importers.job_page import job_page
from importers.messages import STATE_LABELS
from importers.models import ImportJob, Outcome
from importers.receipt import ApplyMode
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

router = APIRouter(include_in_schema=False)
Manager = Annotated[Actor, Depends(requires(Permission.IMPORTS_MANAGE))]
SHOWN_JOBS = 50


async def _posted(request: Request) -> dict[str, str]:
    form = await request.form(max_fields=5_000)
    return {name: value for name, value in form.items() if isinstance(value, str)}


Posted = Annotated[dict[str, str], Depends(_posted)]


def _start_page(
    request: Request, session: SessionDep, *, status_code: int = 200, problem: str | None = None
) -> Response:
    jobs = queries.jobs(session, SHOWN_JOBS)
    return render(
        request,
        "imports/start.html",
        status_code=status_code,
        jobs=jobs,
        progress=job_queries.progress_of(session, [job.id for job in jobs]),
        exports=[(name, SOURCES[name].title) for name in LEDGERS],
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


@router.get("/imports/{job_id}")
def show(
    request: Request,
    session: SessionDep,
    _by: Manager,
    job_id: UUID,
    outcome: Annotated[Outcome | None, Query()] = None,
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    job = service.job_of(session, job_id)
    return job_page(request, session, job, outcome=outcome, cursor=cursor)


def _done(request: Request, session: SessionDep, job_id: UUID, act: Callable[[], Any]) -> Response:
    """Back to the page of the import; what was refused is told on it and nothing has changed."""
    try:
        with session.begin_nested():
            act()
    except DomainError as error:
        job = service.job_of(session, job_id)
        problem = explain(request, error)
        return job_page(request, session, job, status_code=status_of(error), problem=problem)
    return RedirectResponse(f"/imports/{job_id}", 303)


def _decide(
    session: SessionDep,
    job_id: UUID,
    by: Actor,
    *,
    patch: dict[str, Any] | None = None,
    answers: Any = (),
) -> ImportJob:
    job = service.job_of(session, job_id)
    return service.decide(session, job_id, service.revised(job, patch or {}, answers), by=by)


@router.post("/imports/{job_id}/answers")
def answer(
    request: Request, session: SessionDep, by: Manager, job_id: UUID, form: Posted
) -> Response:
    return _done(
        request,
        session,
        job_id,
        lambda: _decide(session, job_id, by, answers=list(answers_of(form))),
    )


@router.post("/imports/{job_id}/columns/{signature}")
def set_columns(
    request: Request, session: SessionDep, by: Manager, job_id: UUID, signature: str, form: Posted
) -> Response:
    return _done(
        request,
        session,
        job_id,
        lambda: _decide(session, job_id, by, patch=columns_of(signature, form)),
    )


@router.post("/imports/{job_id}/encoding")
def set_encoding(
    request: Request,
    session: SessionDep,
    by: Manager,
    job_id: UUID,
    encoding: Annotated[str, Form()],
) -> Response:
    return _done(
        request, session, job_id, lambda: _decide(session, job_id, by, patch={"encoding": encoding})
    )


@router.post("/imports/{job_id}/missing")
def retire_missing(
    request: Request, session: SessionDep, by: Manager, job_id: UUID, form: Posted
) -> Response:
    return _done(
        request, session, job_id, lambda: _decide(session, job_id, by, patch=retirement_of(form))
    )


@router.post("/imports/{job_id}/apply")
def apply(
    request: Request,
    session: SessionDep,
    by: Manager,
    job_id: UUID,
    plan_hash: Annotated[str, Form()],
    mode: Annotated[ApplyMode, Form()] = ApplyMode.ALL_OR_NOTHING,
) -> Response:
    return _done(
        request,
        session,
        job_id,
        lambda: service.request_apply(session, job_id, mode=mode, plan_hash=plan_hash, by=by),
    )


@router.post("/imports/{job_id}/undo")
def undo(request: Request, session: SessionDep, by: Manager, job_id: UUID) -> Response:
    return _done(request, session, job_id, lambda: service.request_undo(session, job_id, by=by))


@router.get("/imports/{job_id}/errors")
def errors(request: Request, session: SessionDep, _by: Manager, job_id: UUID) -> Response:
    """The user's own file with its bad rows marked."""
    file = error_file(session, service.job_of(session, job_id), locale_of(request))
    named = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return Response(
        file.content, media_type=file.media_type, headers={"Content-Disposition": named}
    )


@router.post("/imports/{job_id}/cancel")
def cancel(request: Request, session: SessionDep, by: Manager, job_id: UUID) -> Response:
    return _done(request, session, job_id, lambda: service.cancel_job(session, job_id, by=by))


@router.post("/imports/{job_id}/abandon")
def abandon(session: SessionDep, by: Manager, job_id: UUID) -> Response:
    service.abandon_job(session, job_id, by=by)
    return RedirectResponse("/imports", 303)
