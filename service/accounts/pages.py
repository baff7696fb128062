from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts import service
from service.accounts.access import COOKIE, PUBLIC, MaybeActor, check_origin, requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.session import SessionDep
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
    return render(
        request, "accounts/sign_in.html", next=safe_next(next), refused=False, username=""
    )


@router.post("/sign-in", dependencies=[PUBLIC, Depends(check_origin)])
def sign_in(
    request: Request,
    session: SessionDep,
    username: Annotated[str, Form()],
    password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",
) -> Response:
    settings = get_settings()
    signed_in = service.sign_in(
        session,
        username,
        password,
        settings=settings,
        user_agent=request.headers.get("user-agent", ""),
    )
    if signed_in is None:
        return render(
            request,
            "accounts/sign_in.html",
            status_code=401,
            next=safe_next(next),
            refused=True,
            username=username,
        )
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
    session: SessionDep, by: Annotated[Actor, Depends(requires(Permission.ACCOUNT_SELF))]
) -> Response:
    service.sign_out(session, by=by)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE)
    return response
