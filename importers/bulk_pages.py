"""まとめて変更: one value for every position of a list, as an import with its plan and its undo."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from importers import service
from importers.decisions import Decisions
from importers.exporting.files import written_csv
from importers.job_page import job_page
from importers.models import ImportJob, Outcome
from importers.receipt import ApplyMode
from importers.sources import bulk_changes
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import JST, now
from service.core.errors import DomainError, Invalid, NotFound
from service.core.http.forms import Typed, attempt
from service.core.http.problems import explain, status_of
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n.marker import N_
from service.registry.domain import LIFECYCLE_LABELS, REDUNDANCY_LABELS, Criticality
from service.registry.pages import filled_in, total_of
from service.registry.queries import facets, positions
from service.registry.schemas.reads import PositionFilter

router = APIRouter(include_in_schema=False)
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
Conditions = Annotated[PositionFilter, Depends(filled_in)]
_AT_ONCE = 2_000
BASE = "/bulk"
FIELDS = {
    "criticality": N_("重要度"),
    "redundancy": N_("予備機"),
    "status": N_("状態"),
}
VALUES = {
    "criticality": [(rank.value, rank.value) for rank in Criticality],
    "redundancy": [(label, label) for label in REDUNDANCY_LABELS.values()],
    "status": [(label, label) for label in LIFECYCLE_LABELS.values()],
}


class UnknownChange(Invalid):
    code = "unknown-change"
    message = N_("変更する項目と値を選んでください。")


@router.get("/bulk/positions")
def bulk_page(
    request: Request, session: SessionDep, _by: Writer, conditions: Conditions
) -> Response:
    return _page(request, session, conditions, Typed())


def _page(
    request: Request,
    session: Session,
    conditions: PositionFilter,
    typed: Typed,
    status_code: int = 200,
) -> Response:
    counts = facets.facets(session, conditions.chosen())
    return render(
        request,
        "imports/bulk.html",
        status_code=status_code,
        total=total_of(counts, conditions),
        fields=FIELDS,
        values=VALUES,
        typed=typed,
    )


@router.post("/bulk/positions")
def plan_change(
    request: Request,
    session: SessionDep,
    by: Writer,
    conditions: Conditions,
    change: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """``change`` is 「field=value」. Nothing is written before the plan has been confirmed."""
    field, _, value = change.partition("=")
    planned = []

    def act() -> None:
        if field not in FIELDS or value not in dict(VALUES[field]):
            raise UnknownChange
        content = b"".join(written_csv(_lines(session, conditions, field, value)))
        name = f"まとめて変更_{FIELDS[field]}_{value}_{now().astimezone(JST):%Y%m%d-%H%M}.csv"
        decided = Decisions(source=bulk_changes.SOURCE.name)
        planned.append(service.plan_file(session, content, name, decisions=decided, by=by))

    failed = attempt(request, session, act, Typed("bulk", {"change": change}))
    if failed:
        return _page(request, session, conditions, *failed)
    return RedirectResponse(f"{BASE}/{planned[0].id}", 303)


def _lines(
    session: Session, conditions: PositionFilter, field: str, value: str
) -> Iterator[list[str]]:
    yield [bulk_changes.SOURCE.column(name).title for name in ("position_code", field)]
    after = ""
    while rows := positions.page(session, conditions.chosen(), after=after, limit=_AT_ONCE):
        for row in rows:
            yield [row["position_code"], value]
        after = rows[-1]["position_code"]


def _changes(session: Session, job_id: UUID) -> ImportJob:
    """Only changes of a list: other imports are for those who may import.

    Raises:
        NotFound: for an import of another kind.
    """
    job = service.job_of(session, job_id)
    if job.source != bulk_changes.SOURCE.name:
        raise NotFound
    return job


@router.get("/bulk/{job_id}")
def show(
    request: Request,
    session: SessionDep,
    _by: Writer,
    job_id: UUID,
    outcome: Annotated[Outcome | None, Query()] = None,
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    job = _changes(session, job_id)
    return job_page(request, session, job, outcome=outcome, cursor=cursor, base=BASE)


def _done(request: Request, session: Session, job_id: UUID, act: Callable[[], Any]) -> Response:
    """Back to the page of the change; what was refused is told on it."""
    _changes(session, job_id)
    try:
        with session.begin_nested():
            act()
    except DomainError as error:
        return job_page(
            request,
            session,
            _changes(session, job_id),
            status_code=status_of(error),
            problem=explain(request, error),
            base=BASE,
        )
    return RedirectResponse(f"{BASE}/{job_id}", 303)


@router.post("/bulk/{job_id}/apply")
def apply(
    request: Request,
    session: SessionDep,
    by: Writer,
    job_id: UUID,
    plan_hash: Annotated[str, Form()],
    mode: Annotated[ApplyMode, Form()] = ApplyMode.ALL_OR_NOTHING,
) -> Response:
    def act() -> None:
        service.request_apply(session, job_id, mode=mode, plan_hash=plan_hash, by=by)

    return _done(request, session, job_id, act)


@router.post("/bulk/{job_id}/undo")
def undo(request: Request, session: SessionDep, by: Writer, job_id: UUID) -> Response:
    return _done(request, session, job_id, lambda: service.request_undo(session, job_id, by=by))


@router.post("/bulk/{job_id}/cancel")
def cancel(request: Request, session: SessionDep, by: Writer, job_id: UUID) -> Response:
    return _done(request, session, job_id, lambda: service.cancel_job(session, job_id, by=by))


@router.post("/bulk/{job_id}/abandon")
def abandon(session: SessionDep, by: Writer, job_id: UUID) -> Response:
    service.abandon_job(session, _changes(session, job_id).id, by=by)
    return RedirectResponse("/positions", 303)
