"""Scripts, styles and pictures under addresses that carry their content's hash.

`/static/js/live.js` is served as `/static/js/live.1a2b3c4d5e6f.js` and kept by browsers for ever.
References inside scripts and styles (`import "./x.js"`, `url(x.svg)`) are rewritten to hashed
addresses too, so that a new version never meets an old part. Unhashed addresses work, unkept.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from posixpath import normpath
from threading import RLock

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

STATIC = Path(__file__).parents[2] / "web" / "static"
PREFIX = "/static/"
_HASHED = re.compile(r"^(?P<stem>.+)\.[0-9a-f]{12}(?P<suffix>\.[^./]+)$")
_REFERENCES = {
    ".js": re.compile(r"""(?P<before>\b(?:from|import)\s*\(?\s*["'])(?P<path>\.{1,2}/[^"']+)"""),
    ".css": re.compile(r"""(?P<before>url\(["']?)(?P<path>(?!data:|#|/)[^"')]+)"""),
}
_COMPRESSIBLE = {".js", ".css", ".svg", ".wasm", ".json", ".html", ".webmanifest"}
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class Asset:
    path: PurePosixPath
    body: bytes

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:12]

    @cached_property
    def gzipped(self) -> bytes | None:
        return gzip.compress(self.body, 9) if self.path.suffix in _COMPRESSIBLE else None

    @property
    def href(self) -> str:
        return f"{PREFIX}{self.path.with_suffix('')}.{self.digest}{self.path.suffix}"

    @property
    def media_type(self) -> str:
        guessed, _ = mimetypes.guess_type(self.path.name)
        return _TYPES.get(self.path.suffix) or guessed or "application/octet-stream"


class CircularReferenceError(Exception):
    """Scripts that import each other in a ring have no content hash."""


@dataclass
class AssetFolder:
    """Reads each file once, on first use."""

    root: Path
    _known: dict[str, Asset] = field(default_factory=dict)
    _reading: list[str] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    def find(self, path: str) -> Asset | None:
        known = self._known.get(path)
        if known is not None or not self._is_file(path):
            return known
        with self._lock:  # `_reading` is the trail of one reader
            if path not in self._known:
                self._known[path] = self._read(path)
            return self._known[path]

    def __iter__(self) -> Iterator[str]:
        files = (path for path in self.root.rglob("*") if path.is_file())
        return (path.relative_to(self.root).as_posix() for path in sorted(files))

    def _is_file(self, path: str) -> bool:
        target = (self.root / path).resolve()
        return target.is_relative_to(self.root.resolve()) and target.is_file()

    def _read(self, path: str) -> Asset:
        if path in self._reading:
            raise CircularReferenceError(" → ".join([*self._reading, path]))
        self._reading.append(path)
        try:
            body = self._with_hashed_references(path, (self.root / path).read_bytes())
        finally:
            self._reading.pop()
        return Asset(PurePosixPath(path), body)

    def _with_hashed_references(self, path: str, body: bytes) -> bytes:
        pattern = _REFERENCES.get(PurePosixPath(path).suffix)
        if pattern is None or path.startswith("vendor/"):
            return body
        return pattern.sub(self._hashed_reference(path), body.decode()).encode()

    def _hashed_reference(self, importer: str) -> Callable[[re.Match[str]], str]:
        def hashed(match: re.Match[str]) -> str:
            target = self.find(normpath(str(PurePosixPath(importer).parent / match["path"])))
            return match["before"] + (target.href if target else match["path"])

        return hashed


@lru_cache
def own_assets() -> AssetFolder:
    return AssetFolder(STATIC)


class AssetMissingError(LookupError):
    """A page names a static file that is not there."""


def asset(path: str) -> str:
    """The hashed address of a file below service/web/static."""
    found = own_assets().find(path)
    if found is None:
        raise AssetMissingError(path)
    return found.href


class StaticAssets:
    """ASGI application, to be mounted at `/static`."""

    def __init__(self, folder: AssetFolder | None = None) -> None:
        self.folder = folder or own_assets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        await self.answer(request)(scope, receive, send)

    def answer(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return Response(status_code=405, headers={"allow": "GET, HEAD"})
        path = request.path_params.get("path") or request.scope["path"].removeprefix(PREFIX)
        found = self._find(path.lstrip("/"))
        if found is None:
            return Response("Not Found", status_code=404, media_type="text/plain")
        return _deliver(request, *found)

    def _find(self, path: str) -> tuple[Asset, bool] | None:
        """The file, and whether the address carried its present hash."""
        plain = self.folder.find(path)
        if plain is not None:
            return plain, False
        match = _HASHED.match(path)
        hashed = self.folder.find(match["stem"] + match["suffix"]) if match else None
        return (hashed, hashed.href == PREFIX + path) if hashed else None


def _deliver(request: Request, found: Asset, is_current: bool) -> Response:  # noqa: FBT001
    etag = f'"{found.digest}"'
    headers = {
        "etag": etag,
        "cache-control": "public, max-age=31536000, immutable" if is_current else "no-cache",
        "vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    body = found.body
    if found.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = found.gzipped, "gzip"
    return Response(body, headers=headers, media_type=found.media_type)
