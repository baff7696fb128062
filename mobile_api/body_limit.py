"""Reports are small; a larger body is refused before it has been read."""

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.core.errors import TooLarge
from service.core.http.problems import explain, problem

LIMIT_BYTES = 256 * 1024


class BodyLimit:
    """ASGI middleware for POST; photos (PUT) have a limit of their own."""

    def __init__(self, app: ASGIApp, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self.app = app
        self.limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        messages = await self._read(receive)
        if messages is None:
            request = Request(scope)
            error = TooLarge(limit_mb=self.limit_bytes / 1024 / 1024)
            answer = problem(request, 413, error.code, explain(request, error))
            await answer(scope, receive, send)
            return
        waiting = iter(messages)

        async def replay() -> Message:
            return next(waiting, None) or await receive()

        await self.app(scope, replay, send)

    async def _read(self, receive: Receive) -> list[Message] | None:
        """The body as it came, or None when it goes beyond the limit."""
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self.limit_bytes:
                return None
            if not message.get("more_body"):
                return messages
