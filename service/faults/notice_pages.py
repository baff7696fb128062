from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.faults import desk, notices
from service.faults.incident_models import NoticeKind
from service.faults.notices import NoticeGiven

router = APIRouter(include_in_schema=False)


@router.post("/cases/{case_id}/notices/{kind}")
def judge(
    request: Request,
    session: SessionDep,
    by: Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))],
    form: Submitted,
    case_id: UUID,
    kind: NoticeKind,
) -> Response:
    """届出の要否: what somebody found is kept; nothing is sent."""
    values = {name: str(value) for name, value in form.items()}

    def act() -> None:
        notices.judge(session, case_id, kind, read_form(NoticeGiven, values), by=by)

    failed = attempt(request, session, act, Typed(f"notice-{kind}", values))
    if failed:
        return desk.case_page_with(request, session, case_id, by, *failed)
    return RedirectResponse(f"/cases/{case_id}#notices", 303)
