"""What browsers may do with our answers: nothing foreign, nothing inline, no eval."""

from collections.abc import Mapping

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


def _with_policy(content_security_policy: str) -> list[tuple[bytes, bytes]]:
    headers = {"content-security-policy": content_security_policy} | _FIXED
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


_USUAL = _with_policy(policy({}))


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
                additions = state.get("csp_additions")
                fixed = _USUAL if not additions else _with_policy(policy(additions))
                carried = {name.lower() for name, _ in message["headers"]}
                message["headers"].extend(pair for pair in fixed if pair[0] not in carried)
            await send(message)

        await self.app(scope, receive, guarded)
