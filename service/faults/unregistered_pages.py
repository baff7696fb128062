"""台帳未登録: the queue, and giving a case its place in the ledger."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import Invalid, NotFound
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.faults import inbox, unregistered, unregistered_queries
from service.faults.forms import own_fields
from service.faults.wording import LABELS
from service.registry.schemas.changes import PositionCreate

router = APIRouter(include_in_schema=False)
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
SHOWN = 200


@router.get("/unregistered")
def queue(request: Request, session: SessionDep, _by: Handler) -> Response:
    return render(
        request,
        "faults/unregistered.html",
        cases=unregistered_queries.queue(session, limit=SHOWN),
        labels=LABELS,
    )


@router.get("/cases/{case_id}/place")
def place_page(request: Request, session: SessionDep, _by: Handler, case_id: UUID) -> Response:
    return _page(request, session, case_id, Typed())


def _page(
    request: Request, session: SessionDep, case_id: UUID, typed: Typed, status_code: int = 200
) -> Response:
    case = inbox.case_row(session, case_id)
    if case is None:
        raise NotFound
    return render(
        request,
        "faults/place.html",
        status_code=status_code,
        case=case,
        candidates=[] if case.position_id else unregistered.candidates(session, case),
        outside=unregistered_queries.outside_reason(session, case_id),
        classes=unregistered_queries.classes(session),
        typed=typed,
        labels=LABELS,
    )


def _version(text: object) -> int:
    if not str(text).isdecimal():
        raise Invalid
    return int(str(text))


@router.post("/cases/{case_id}/place")
def place(
    request: Request, session: SessionDep, by: Handler, form: Submitted, case_id: UUID
) -> Response:
    """A known position, found by code, name, old number or serial number."""
    code, reason = str(form.get("to_position", "")), str(form.get("reason", "")) or None

    def act() -> None:
        expected = _version(form.get("version"))
        unregistered.place(session, case_id, code, by=by, reason=reason, expected=expected)

    failed = attempt(request, session, act, Typed("place", dict(form)))
    if failed:
        return _page(request, session, case_id, *failed)
    return RedirectResponse(f"/cases/{case_id}", 303)


@router.post("/cases/{case_id}/place/new")
def register(
    request: Request, session: SessionDep, by: Handler, form: Submitted, case_id: UUID
) -> Response:
    case = inbox.case_row(session, case_id)
    if case is None:
        raise NotFound
    values = own_fields(form.multi_items(), "new")

    def act() -> None:
        new = read_form(PositionCreate, values | {"facility_code": case.facility_code})
        expected = _version(form.get("version"))
        unregistered.register(session, case_id, new, by=by, expected=expected)

    failed = attempt(request, session, act, Typed("new", values))
    if failed:
        return _page(request, session, case_id, *failed)
    return RedirectResponse(f"/cases/{case_id}", 303)


@router.post("/cases/{case_id}/place/none")
def leave_out(
    request: Request, session: SessionDep, by: Handler, form: Submitted, case_id: UUID
) -> Response:
    reason = str(form.get("reason", ""))

    def act() -> None:
        unregistered.leave_out(session, case_id, reason=reason, by=by)

    failed = attempt(request, session, act, Typed("none", {"reason": reason}))
    if failed:
        return _page(request, session, case_id, *failed)
    return RedirectResponse("/unregistered", 303)
