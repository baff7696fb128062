"""The citizens' door. Switched off, none of its addresses exists."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import PUBLIC, requires, same_origin
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.citizens import queries, service
from service.citizens.domain import (
    PUBLIC_STATE_LABELS,
    TOPIC_LABELS,
    UnknownReceipt,
    public_state,
)
from service.citizens.pace import FILINGS, LOOKS
from service.citizens.schemas import CitizenClosing, CitizenReport
from service.core.errors import NotFound
from service.core.http.forms import Mistyped, Submitted, Typed, attempt, field_errors, read_form
from service.core.http.problems import explain, status_of
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.settings import Settings


async def door_is_open(request: Request) -> None:
    settings = request.app.state.settings
    assert isinstance(settings, Settings)  # noqa: S101  # set by app.asgi
    if not settings.citizen_door:
        raise NotFound


async def handler(
    request: Request, by: Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
) -> Actor:
    """Rights first: whether the door is open is told to those who may know."""
    await door_is_open(request)
    return by


router = APIRouter(include_in_schema=False)
VISITORS = [PUBLIC, Depends(door_is_open)]
Handler = Annotated[Actor, Depends(handler)]
SHOWN = 200


def _client(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _door(
    request: Request, typed: Typed, status_code: int = 200, *, near: Sequence[object] = ()
) -> Response:
    return render(
        request,
        "citizens/door.html",
        status_code=status_code,
        topics=TOPIC_LABELS,
        states=PUBLIC_STATE_LABELS,
        public_state=public_state,
        near=near,
        typed=typed,
    )


@router.get("/citizen", dependencies=VISITORS)
def door(request: Request) -> Response:
    return _door(request, Typed())


@router.post("/citizen", dependencies=[*VISITORS, Depends(same_origin)])
def file(request: Request, session: SessionDep, form: Submitted) -> Response:
    """First what is known close by is shown; sent again with ``checked`` it is taken in."""
    values = {name: value for name, value in form.items() if isinstance(value, str)}
    checked = values.pop("checked", "") == "true"
    typed = Typed("citizen", values)
    try:
        new = read_form(CitizenReport, values)
    except Mistyped as error:
        wrong = Typed("citizen", values, field_errors(error), explain(request, error))
        return _door(request, wrong, status_of(error))
    if not checked:
        LOOKS.step(_client(request))
        near = queries.near(
            session, longitude=new.longitude, latitude=new.latitude, place=new.place
        )
        if near:
            return _door(request, typed, near=near)
    FILINGS.step(_client(request))
    receipt_no = service.file(session, new)
    return RedirectResponse(f"/citizen/status?receipt={receipt_no}&new=true", 303)


@router.get("/citizen/status", dependencies=VISITORS)
def status(
    request: Request,
    session: SessionDep,
    receipt: Annotated[str, Query(max_length=40)] = "",
    new: Annotated[bool, Query()] = False,
) -> Response:
    found, problem, code = None, "", 200
    if receipt:
        LOOKS.step(_client(request))
        try:
            found = service.status(session, receipt)
        except UnknownReceipt as error:
            problem, code = explain(request, error), status_of(error)
    return render(
        request,
        "citizens/status.html",
        status_code=code,
        found=found,
        is_new=new and found is not None,
        typed=receipt,
        problem=problem,
        states=PUBLIC_STATE_LABELS,
    )


@router.get("/citizen/desk")
def desk(request: Request, session: SessionDep, _by: Handler) -> Response:
    return render(
        request,
        "citizens/desk.html",
        requests=queries.listed(session, limit=SHOWN),
        topics=TOPIC_LABELS,
        states=PUBLIC_STATE_LABELS,
        public_state=public_state,
    )


def _one(
    request: Request, session: SessionDep, request_id: UUID, typed: Typed, status_code: int = 200
) -> Response:
    row = queries.one(session, request_id)
    if row is None:
        raise NotFound
    return render(
        request,
        "citizens/one.html",
        status_code=status_code,
        row=row,
        topics=TOPIC_LABELS,
        states=PUBLIC_STATE_LABELS,
        public_state=public_state,
        typed=typed,
    )


@router.get("/citizen/desk/{request_id}")
def one(request: Request, session: SessionDep, _by: Handler, request_id: UUID) -> Response:
    return _one(request, session, request_id, Typed())


@router.post("/citizen/desk/{request_id}/case")
def link(
    request: Request, session: SessionDep, by: Handler, form: Submitted, request_id: UUID
) -> Response:
    case_no = str(form.get("case_no", ""))

    def act() -> None:
        service.link(session, request_id, case_no, by=by)

    failed = attempt(request, session, act, Typed("link", {"case_no": case_no}))
    if failed:
        return _one(request, session, request_id, *failed)
    return RedirectResponse(f"/citizen/desk/{request_id}", 303)


@router.post("/citizen/desk/{request_id}/close")
def close(
    request: Request, session: SessionDep, by: Handler, form: Submitted, request_id: UUID
) -> Response:
    values = {name: value for name, value in form.items() if isinstance(value, str)}

    def act() -> None:
        service.close(session, request_id, read_form(CitizenClosing, values), by=by)

    failed = attempt(request, session, act, Typed("close", values))
    if failed:
        return _one(request, session, request_id, *failed)
    return RedirectResponse("/citizen/desk", 303)
