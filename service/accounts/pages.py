from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts import enrolment, queries, service
from service.accounts.access import COOKIE, PUBLIC, MaybeActor, requires, same_origin
from service.accounts.actor import Actor
from service.accounts.domain import ROLE_LABELS, AccountExpired, BadDay, Role, WrongPassword
from service.accounts.permissions import Permission
from service.core.clock import today
from service.core.database import transaction
from service.core.errors import DomainError
from service.core.http.problems import explain, status_of
from service.core.http.session import SessionDep, engine_of
from service.core.http.templating import render
from service.core.settings import get_settings

router = APIRouter(include_in_schema=False)


def safe_next(target: str) -> str:
    """Only a path of this site; never an address that leads away."""
    parts = urlsplit(target)
    local = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if local and not parts.netloc and "\\" not in target else "/"


@router.get("/sign-in", dependencies=[PUBLIC])
def sign_in_page(
    request: Request, actor: MaybeActor, next: Annotated[str, Query()] = "/"
) -> Response:
    if actor is not None:
        return RedirectResponse(safe_next(next), 303)
    return render(request, "accounts/sign_in.html", next=safe_next(next), problem=None, username="")


def _refused(request: Request, username: str, next: str, error: DomainError) -> Response:
    return render(
        request,
        "accounts/sign_in.html",
        status_code=401,
        next=safe_next(next),
        problem=explain(request, error),
        username=username,
    )


@router.post("/sign-in", dependencies=[PUBLIC, Depends(same_origin)])
def sign_in(
    request: Request,
    session: SessionDep,
    username: Annotated[str, Form()],
    password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",
) -> Response:
    settings = get_settings()
    try:
        signed_in = service.sign_in(
            session,
            username,
            password,
            settings=settings,
            user_agent=request.headers.get("user-agent", ""),
        )
    except AccountExpired as error:
        return _refused(request, username, next, error)
    if signed_in is None:
        return _refused(request, username, next, WrongPassword())
    response = RedirectResponse(safe_next(next), 303)
    response.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=settings.session_hours * 3600,
        httponly=True,
        secure=settings.secure_cookies,
        samesite="lax",
    )
    return response


@router.post("/sign-out")
def sign_out(
    request: Request, by: Annotated[Actor, Depends(requires(Permission.ACCOUNT_SELF))]
) -> Response:
    with transaction(engine_of(request)) as session:  # an auditor's own one is read only
        service.sign_out(session, by=by)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE)
    return response


Administrator = Annotated[Actor, Depends(requires(Permission.USERS_MANAGE))]


def _users_page(
    request: Request,
    session: SessionDep,
    *,
    status_code: int = 200,
    typed: dict[str, str] | None = None,
    problem: str | None = None,
) -> Response:
    companies = queries.companies(session)
    return render(
        request,
        "accounts/users.html",
        status_code=status_code,
        users=queries.users(session),
        companies={company.id: company for company in companies},
        roles=[(role.value, ROLE_LABELS[role]) for role in Role],
        role_labels=ROLE_LABELS,
        today=today(),
        typed=typed or {},
        problem=problem,
    )


def _day(typed: str) -> date | None:
    """Browsers send a date field as ISO or empty."""
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise BadDay from error


@router.get("/admin/users")
def users_page(request: Request, session: SessionDep, _by: Administrator) -> Response:
    return _users_page(request, session)


@router.post("/admin/users")
def create_user(
    request: Request,
    session: SessionDep,
    by: Administrator,
    username: Annotated[str, Form()],
    display_name: Annotated[str, Form()],
    role: Annotated[Role, Form()],
    password: Annotated[str, Form()],
    company_code: Annotated[str, Form()] = "",
    expires_on: Annotated[str, Form()] = "",
) -> Response:
    try:
        service.create_user(
            session,
            username=username.strip(),
            display_name=display_name,
            role=role,
            password=password,
            company=service.company_for(session, company_code),
            expires_on=_day(expires_on),
            by=by,
        )
    except DomainError as error:
        typed = {"username": username, "display_name": display_name, "role": role.value}
        typed |= {"expires_on": expires_on}
        return _users_page(
            request,
            session,
            status_code=status_of(error),
            typed=typed | {"company_code": company_code},
            problem=explain(request, error),
        )
    return RedirectResponse("/admin/users", 303)


@router.post("/admin/users/{username}/disable")
def disable_user(session: SessionDep, username: str, by: Administrator) -> Response:
    service.disable_user(session, username, by=by)
    return RedirectResponse("/admin/users", 303)


@router.post("/admin/users/{username}/expiry")
def set_expiry(
    request: Request,
    session: SessionDep,
    username: str,
    by: Administrator,
    expires_on: Annotated[str, Form()] = "",
) -> Response:
    try:
        service.set_expiry(session, username, _day(expires_on), by=by)
    except DomainError as error:
        return _users_page(
            request, session, status_code=status_of(error), problem=explain(request, error)
        )
    return RedirectResponse("/admin/users", 303)


@router.post("/admin/users/{username}/foreman")
def set_foreman(
    session: SessionDep, username: str, by: Administrator, is_foreman: Annotated[bool, Form()]
) -> Response:
    enrolment.set_foreman(session, username, is_foreman=is_foreman, by=by)
    return RedirectResponse("/admin/users", 303)


@router.get("/account")
def account_page(
    request: Request, by: Annotated[Actor, Depends(requires(Permission.ACCOUNT_SELF))]
) -> Response:
    label = ROLE_LABELS[by.role] if by.role else ""
    return render(request, "accounts/account.html", role_label=label)
