"""Which language a request is answered in."""

from http.cookies import SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.core.i18n.locales import Locale

COOKIE = "lang"
_YEAR_S = 365 * 24 * 3600


def locale_of(request: HTTPConnection) -> Locale:
    """The language asked for in the address, chosen before, set by the user, or of the browser.

    The user's own setting is read from ``request.state.current.locale``.
    """
    viewer = getattr(request.state, "current", None)
    wishes = (
        request.query_params.get("lang"),
        request.cookies.get(COOKIE),
        getattr(viewer, "locale", None),
    )
    chosen = next((locale for wish in wishes if (locale := Locale.parse(wish))), None)
    return chosen or Locale.negotiate(request.headers.get("accept-language", ""))


class LanguageChoice:
    """ASGI middleware: `?lang=en` on any address is remembered in a cookie."""

    def __init__(self, app: ASGIApp, *, secure: bool = False) -> None:
        self.app = app
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        chosen = _asked_for(scope) if scope["type"] == "http" else None
        if chosen is None:
            await self.app(scope, receive, send)
            return
        cookie = self._cookie(chosen)

        async def remember(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, remember)

    def _cookie(self, locale: Locale) -> str:
        jar = SimpleCookie({COOKIE: locale.value})
        jar[COOKIE].update({"path": "/", "max-age": str(_YEAR_S), "samesite": "Lax"})
        if self.secure:
            jar[COOKIE]["secure"] = True
        return jar[COOKIE].OutputString()


def _asked_for(scope: Scope) -> Locale | None:
    query = scope.get("query_string", b"").decode("latin-1")
    if "lang" not in query:
        return None
    return Locale.parse(parse_qs(query).get("lang", [""])[-1])
