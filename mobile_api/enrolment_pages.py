"""Making a phone somebody's: the QR code to show, the page it opens, the list to revoke from."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from service.accounts import enrolment
from service.accounts.access import PHONE_COOKIE, PUBLIC, requires, same_origin
from service.accounts.actor import Actor
from service.accounts.domain import WrongPin
from service.accounts.permissions import Permission
from service.core.errors import DomainError
from service.core.http.problems import explain, status_of
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.settings import get_settings
from service.tags.symbol import svg

router = APIRouter(include_in_schema=False)
Anybody = Annotated[Actor, Depends(requires(Permission.ACCOUNT_SETTINGS))]


@router.get("/phones")
def phones(request: Request, session: SessionDep, by: Anybody) -> Response:
    return render(
        request,
        "field/phones.html",
        phones=enrolment.phones(session, by=by),
        colleagues=enrolment.colleagues(session, by=by),
    )


@router.post("/phones/invite")
def invite(
    request: Request, session: SessionDep, by: Anybody, username: Annotated[str, Form()]
) -> Response:
    """The QR code for one phone, on the screen of whoever may invite its person."""
    invitation = enrolment.invite(session, username.strip().lower(), by=by)
    address = f"{get_settings().public_url.rstrip('/')}/E/{invitation.code}"
    return render(
        request,
        "field/invite.html",
        person=invitation.user,
        expires_at=invitation.expires_at,
        address=address,
        symbol=Markup(svg(address, title="QR")),  # noqa: S704  # drawn by us from our own address
    )


@router.post("/phones/{phone_id}/revoke")
def revoke(session: SessionDep, by: Anybody, phone_id: UUID) -> Response:
    enrolment.revoke(session, phone_id, by=by)
    return RedirectResponse("/phones", 303)


@router.get("/E/{code}", dependencies=[PUBLIC])
def welcome(request: Request, session: SessionDep, code: str) -> Response:
    """Asks before it enrols: a preview of the address must not use the code up."""
    try:
        person = enrolment.invited(session, code)
    except DomainError as error:
        problem = explain(request, error)
        return render(
            request, "field/enrol.html", status_code=status_of(error), person=None, problem=problem
        )
    return render(request, "field/enrol.html", person=person, problem=None)


@router.post("/E/{code}", dependencies=[PUBLIC, Depends(same_origin)])
def enrol(
    request: Request,
    session: SessionDep,
    code: str,
    name: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    settings = get_settings()
    try:
        phone = enrolment.enrol(session, code, name=name or _system(request), settings=settings)
    except DomainError as error:
        problem = explain(request, error)
        return render(
            request, "field/enrol.html", status_code=status_of(error), person=None, problem=problem
        )
    response = RedirectResponse("/f", 303)
    response.set_cookie(
        PHONE_COOKIE,
        phone.token,
        max_age=settings.phone_days * 24 * 3600,
        httponly=True,
        secure=settings.secure_cookies,
        samesite="lax",
    )
    return response


def _system(request: Request) -> str:
    agent = request.headers.get("user-agent", "")
    known = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
    return next((name for name in known if name in agent), "")


@router.get("/f/worker")
def workers(request: Request, session: SessionDep, by: Anybody) -> Response:
    return _workers(request, session, by)


@router.post("/f/worker")
def hand_over(
    request: Request,
    session: SessionDep,
    by: Anybody,
    user_id: Annotated[UUID, Form()],
    pin: Annotated[str, Form(max_length=20)],
) -> Response:
    """The phone goes on under a colleague's name."""
    problem: DomainError
    try:
        took = enrolment.hand_over(session, user_id, pin.strip(), by=by)
    except DomainError as error:
        problem = error
    else:
        if not isinstance(took, WrongPin):
            return RedirectResponse("/f", 303)
        problem = took
    return _workers(
        request,
        session,
        by,
        problem=explain(request, problem),
        status_code=422 if isinstance(problem, WrongPin) else status_of(problem),
        chosen=user_id,
    )


@router.post("/f/worker/pin")
def choose_pin(
    request: Request, session: SessionDep, by: Anybody, pin: Annotated[str, Form(max_length=20)]
) -> Response:
    try:
        enrolment.set_pin(session, pin.strip(), by=by)
    except DomainError as error:
        problem = explain(request, error)
        return _workers(request, session, by, problem=problem, status_code=status_of(error))
    return _workers(request, session, by, is_set=True)


def _workers(request: Request, session: SessionDep, by: Actor, **shown: Any) -> Response:
    status_code = shown.pop("status_code", 200)
    context = {"problem": None, "chosen": None, "is_set": False} | shown
    colleagues = [one for one in enrolment.colleagues(session, by=by) if one.id != by.id]
    return render(
        request, "field/worker.html", status_code=status_code, colleagues=colleagues, **context
    )
