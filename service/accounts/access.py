"""Which request may enter: the actor behind a cookie or token, and the permission of a route.

Every route names either `requires(...)` or `PUBLIC`; a test walks all of them.
"""

from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlmodel import Session

from service.accounts import queries
from service.accounts.actor import Actor
from service.accounts.domain import token_hash
from service.accounts.permissions import Permission
from service.core.errors import Forbidden, NotSignedIn
from service.core.http.context import request_id_of
from service.core.http.session import SessionDep, engine_of
from service.core.i18n.marker import N_
from service.core.reading import Read

COOKIE = "gesuibo"
PHONE_COOKIE = "gesuibo_phone"
# An enrolled phone is known where people work on site; the office asks for a password.
FIELD_PATHS = ("/T/", "/t/", "/f", "/mobile/", "/attachments/")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignOrigin(Forbidden):
    """A page of another site tried to act with this browser's cookie."""

    code = "foreign-origin"
    message = N_("別のサイトからの操作は受け付けません。画面を開き直してください。")


def _credentials(request: Request) -> list[tuple[str, bool]]:
    """Tokens to try in turn, and whether the browser added each by itself (a cookie)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return [(token.strip(), False)]
    names = [COOKIE]
    if request.scope["path"].startswith(FIELD_PATHS):
        names.append(PHONE_COOKIE)
    return [(request.cookies[name], True) for name in names if request.cookies.get(name)]


def check_origin(request: Request) -> None:
    """Refuses a change that another site's page has sent with our cookie.

    Browsers name the sender in Sec-Fetch-Site or Origin and no page can forge either, so a
    request that carries neither is no browser of ours and must use a token.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise ForeignOrigin
        return
    origin = request.headers.get("origin")
    if origin is None or urlsplit(origin).netloc != request.headers.get("host"):
        raise ForeignOrigin


async def same_origin(request: Request) -> None:
    """For routes that come before any credential, such as signing in."""
    check_origin(request)


def find_actor(request: Request, session: Session) -> Actor | None:
    for token, from_cookie in _credentials(request):
        if from_cookie:
            check_origin(request)
        via = _via(request, from_cookie=from_cookie)
        actor = queries.take_on(
            session, token_hash(token), via=via, request_id=request_id_of(request)
        )
        if actor is not None:
            return actor
    return None


def _via(request: Request, *, from_cookie: bool) -> str:
    if request.scope["path"].startswith("/mobile/"):
        return "phone"
    return "web" if from_cookie else "api"


def admit(request: Request, permission: Permission) -> None:
    """Whether to read a large body at all, asked in a short transaction of its own.

    The route's own `requires(...)` decides again once the body is there.
    """
    with Session(engine_of(request)) as session, session.begin():
        actor = find_actor(request, session)
    if actor is None:
        raise NotSignedIn
    actor.require(permission)


def current_actor(request: Request, session: SessionDep) -> Actor | None:
    """None for somebody who is not signed in; the session then sees no protected row."""
    actor = find_actor(request, session)
    request.state.current = actor
    return actor


class Requires:
    """A dependency that lets in actors with one permission and hands them to the route."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, actor: Annotated[Actor | None, Depends(current_actor)]) -> Actor:
        # async: nothing here waits, and a thread for it would cost more than the check
        if actor is None:
            raise NotSignedIn
        actor.require(self.permission)
        return actor


class Reader:
    """Reads for one request; row-level security sees whoever the request's token belongs to."""

    def __init__(self, request: Request, permission: Permission) -> None:
        self._request = request
        self._permission = permission

    async def ask(self, *reads: Read) -> tuple[Actor, list[list[dict[str, Any]]]]:
        """Who asks, and the rows of each read.

        The rows are read before the permission is looked at, and thrown away without it.
        """
        request = self._request
        for token, from_cookie in _credentials(request):
            taking_on = queries.taking_on(token_hash(token))
            holders, *answers = await request.app.state.reads.ask([taking_on, *reads])
            if not holders:
                continue
            via = _via(request, from_cookie=from_cookie)
            actor = queries.actor_of(holders[0], via=via, request_id=request_id_of(request))
            request.state.current = actor
            actor.require(self._permission)
            return actor, answers
        raise NotSignedIn


class Reads(Requires):
    """A dependency for safe requests that ask everything in one round trip.

    The permission is checked by the `Reader` that the route is handed, with its first answer.
    """

    async def __call__(self, request: Request) -> Reader:  # type: ignore[override]
        return Reader(request, self.permission)


@lru_cache
def reads(permission: Permission) -> Reads:
    return Reads(permission)


@lru_cache
def requires(permission: Permission) -> Requires:
    return Requires(permission)


async def public() -> None:
    """Marks a route that anybody may call, signed in or not."""


PUBLIC = Depends(public)
MaybeActor = Annotated[Actor | None, Depends(current_actor)]
