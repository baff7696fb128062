"""当直表 on the screen."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts import queries as accounts
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import now, today
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.settings import get_settings
from service.notifications import duties, queries
from service.notifications.domain import WEEKDAY_LABELS
from service.notifications.schemas import DutyCreate

router = APIRouter(include_in_schema=False)
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]


@router.get("/duty")
def table(request: Request, session: SessionDep, _by: Handler) -> Response:
    return _table(request, session, Typed())


def _table(request: Request, session: SessionDep, typed: Typed, status_code: int = 200) -> Response:
    moment = now()
    rows = queries.duties(session, today() - timedelta(days=1))
    settings = get_settings()
    return render(
        request,
        "notifications/duty.html",
        status_code=status_code,
        typed=typed,
        rows=rows,
        on_call=[row for row in rows if duties.hours_of(row).covers(moment)],
        people=[(str(user.id), user.display_name) for user in accounts.handlers(session)],
        weekdays=WEEKDAY_LABELS,
        today=today(),
        escalation_minutes=settings.escalation_minutes,
        has_mail=settings.smtp_host is not None,
    )


@router.post("/duty")
def add(request: Request, session: SessionDep, by: Handler, form: Submitted) -> Response:
    values: dict[str, Any] = dict(form) | {"weekdays": form.getlist("weekdays")}

    def act() -> None:
        duties.add_duty(session, read_form(DutyCreate, values), by=by)

    failed = attempt(request, session, act, Typed("duty", values))
    if failed:
        return _table(request, session, *failed)
    return RedirectResponse("/duty", 303)


@router.post("/duty/{duty_id}/remove")
def remove(session: SessionDep, by: Handler, duty_id: UUID) -> Response:
    duties.remove_duty(session, duty_id, by=by)
    return RedirectResponse("/duty", 303)
