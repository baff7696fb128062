"""Splitting a case, from the report on its page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import Invalid
from service.core.http.forms import Submitted, Typed, attempt
from service.core.http.session import SessionDep
from service.faults import desk, splitting

router = APIRouter(include_in_schema=False)
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]


def _version(form: Submitted) -> int:
    text = str(form.get("version", ""))
    if not text.isdecimal():
        raise Invalid
    return int(text)


@router.post("/cases/{case_id}/reports/{report_id}/split")
def split(
    request: Request,
    session: SessionDep,
    by: Handler,
    form: Submitted,
    case_id: UUID,
    report_id: UUID,
) -> Response:
    opened: list[UUID] = []
    reason = str(form.get("reason", ""))

    def act() -> None:
        expected = _version(form)
        new = splitting.split(session, case_id, report_id, by=by, reason=reason, expected=expected)
        opened.append(new.id)

    failed = attempt(request, session, act, Typed(f"split-{report_id}", {"reason": reason}))
    if failed:
        return desk.case_page_with(request, session, case_id, by, *failed)
    return RedirectResponse(f"/cases/{opened[0]}", 303)


@router.post("/cases/{case_id}/rejoin")
def rejoin(
    request: Request, session: SessionDep, by: Handler, form: Submitted, case_id: UUID
) -> Response:
    back: list[UUID] = []

    def act() -> None:
        back.append(splitting.rejoin(session, case_id, by=by, expected=_version(form)))

    failed = attempt(request, session, act, Typed("rejoin"))
    if failed:
        return desk.case_page_with(request, session, case_id, by, *failed)
    return RedirectResponse(f"/cases/{back[0]}", 303)
