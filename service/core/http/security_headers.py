"""What browsers may do with our answers: nothing foreign, nothing inline, no eval."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY: Mapping[str, str] = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_FIXED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
}


def allow(request: HTTPConnection, **additions: str) -> None:
    """Widens the policy for one answer: `allow(request, script_src="'wasm-unsafe-eval'")`."""
    request.state.csp_additions = {
        directive.replace("_", "-"): sources for directive, sources in additions.items()
    }


def policy(additions: Mapping[str, str]) -> str:
    return "; ".join(
        f"{directive} {sources} {additions[directive]}"
        if directive in additions
        else f"{directive} {sources}"
        for directive, sources in CONTENT_SECURITY_POLICY.items()
    )


class SecurityHeaders:
    """ASGI middleware; a header that the answer already carries is left alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault(
                    "content-security-policy", policy(state.get("csp_additions", {}))
                )
                for name, value in _FIXED.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, guarded)
