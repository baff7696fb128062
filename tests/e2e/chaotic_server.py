"""The application on one port, with the troubles of a field day between it and the phones.

Example: python -m tests.e2e.chaotic_server 8123 7

Of the requests to the phones' API some get no answer, some an answer of somebody else's, and some
are carried out although their answer is lost. The second number seeds the chance. There is a new
version of the field app every five seconds.
"""

import random
import sys
import time

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.asgi import create_app

TROUBLE = ("pass", "lost answer", "cut", "500", "503", "401", "409")
ODDS = (62, 12, 8, 6, 6, 3, 3)


class Chaos:
    def __init__(self, app: ASGIApp, seed: int) -> None:
        self.app = app
        self.chance = random.Random(seed)  # noqa: S311  # to be repeatable, not secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_field = scope["type"] == "http" and scope["path"].startswith("/mobile/")
        trouble = self.chance.choices(TROUBLE, ODDS)[0] if is_field else "pass"
        if scope["type"] == "http" and scope["path"] == "/sw.js":
            plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            await self.app(scope | {"headers": plain}, receive, _newer(send))
        elif trouble == "pass":
            await self.app(scope, receive, send)
        elif trouble == "lost answer":
            await self.app(scope, receive, _nowhere)
            await _answer(send, 504)
        elif trouble == "cut":
            raise ConnectionResetError
        else:
            await _answer(send, int(trouble))


def _newer(send: Send) -> Send:
    """Every five seconds the field app is a new version."""
    line = f"\n// {int(time.time()) // 5}\n".encode()

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if pair[0] != b"content-length"]
            message = message | {"headers": kept}
        elif not message.get("more_body"):
            message = message | {"body": message.get("body", b"") + line}
        await send(message)

    return told


async def _nowhere(_message: Message) -> None:
    """The server has done its work; nobody hears of it."""


async def _answer(send: Send, status: int) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"detail": "chaos"}'})


def main() -> None:
    port, seed = (int(argument) for argument in sys.argv[1:])
    app = create_app()
    uvicorn.run(Chaos(app, seed), host="127.0.0.1", port=port, log_level="critical")


if __name__ == "__main__":
    main()
