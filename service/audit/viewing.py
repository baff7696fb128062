"""What an auditor looked at is noted before it is answered; what cannot be noted is not shown."""

from typing import Any

from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.audit.service import record
from service.core.database import transaction

_LONGEST = 2_000


class ViewLog:
    """Stands around every route, so that no page, file or API can be forgotten."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})  # whoever signs a request in notes it here
        path = scope["path"]

        async def send_noted(message: Message) -> None:
            actor = state.get("current")
            is_start = message["type"] == "http.response.start"
            if is_start and isinstance(actor, Actor) and actor.role is Role.AUDITOR:
                await to_thread.run_sync(_note, scope, path, actor, message["status"])
            await send(message)

        await self.app(scope, receive, send_noted)


def _note(scope: Scope, path: str, actor: Actor, status: int) -> None:
    seen: dict[str, Any] = {
        "method": scope["method"],
        "query": scope["query_string"].decode("latin-1")[:_LONGEST],
        "status": status,
    }
    with transaction(scope["app"].state.engine) as session:
        record(session, "view", "page", path[:_LONGEST], by=actor, after=seen)
