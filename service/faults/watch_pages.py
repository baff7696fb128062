"""A wall screen that nobody touches, and the page for a phone at night."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import now
from service.core.errors import Invalid
from service.core.http.forms import Submitted, Typed, attempt
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n.request import locale_of
from service.faults import service, watch
from service.faults.schemas import Reasoned
from service.faults.steps import Step
from service.faults.wording import LABELS

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
ON_THE_WALL = 6


@router.get("/wall")
def wall(request: Request, session: SessionDep, _by: Reader) -> Response:
    """The whole page, or only its board for the page that refreshes itself."""
    locale = locale_of(request)
    return render(
        request,
        "faults/wall.html",
        fragment="board",
        board=watch.board(session, limit=ON_THE_WALL),
        now=now(),
        elapsed=lambda moment: watch.elapsed(moment, locale),
        labels=LABELS,
    )


def _night(request: Request, session: SessionDep, typed: Typed, status_code: int = 200) -> Response:
    locale = locale_of(request)
    return render(
        request,
        "faults/night.html",
        fragment="waiting",
        status_code=status_code,
        waiting=watch.unaccepted(session),
        at_work=watch.at_work(session),
        elapsed=lambda moment: watch.elapsed(moment, locale),
        phone_number=watch.phone_number,
        typed=typed,
        labels=LABELS,
    )


@router.get("/night")
def night(request: Request, session: SessionDep, _by: Handler) -> Response:
    return _night(request, session, Typed())


@router.post("/night/{case_id}/accept")
def accept(
    request: Request, session: SessionDep, by: Handler, form: Submitted, case_id: UUID
) -> Response:
    version = str(form.get("version", ""))

    def act() -> None:
        if not version.isdecimal():
            raise Invalid
        expected = int(version)
        service.take_step(session, case_id, Step.ACCEPT, Reasoned(), by=by, expected=expected)

    failed = attempt(request, session, act, Typed("accept"))
    if failed:
        return _night(request, session, *failed)
    return RedirectResponse("/night", 303)
