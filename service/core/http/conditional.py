"""ETags from row versions, and changes that name the version they were made on (RFC 9110 §13)."""

from hashlib import blake2b
from typing import Annotated

from fastapi import Depends, Header, Request

from service.core.errors import Invalid, PreconditionMissing, Stale
from service.core.i18n.marker import N_


class BadIfMatch(Invalid):
    code = "bad-if-match"
    message = N_("If-Match には読み込んだときの ETag をそのまま指定してください。")


def etag(version: int, content: bytes | None = None) -> str:
    """The row's version; with ``content`` also what the answer holds of other rows.

    A position's answer shows its device: it changes without the position being changed.
    """
    if content is None:
        return f'"{version}"'
    return f'"{version}-{blake2b(content, digest_size=6).hexdigest()}"'


async def expected_version(
    if_match: Annotated[str | None, Header(description='ETag that was read, or "*"')] = None,
) -> int | None:
    """The version that the change was made on; None when the sender says `*` (any)."""
    if if_match is None:
        raise PreconditionMissing
    if if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"').partition("-")[0]
    if not text.isdecimal():
        raise BadIfMatch
    return int(text)


IfMatch = Annotated[int | None, Depends(expected_version)]


def ensure_version(current: int, expected: int | None) -> None:
    if expected is not None and expected != current:
        raise Stale


def is_unchanged(request: Request, tag: str) -> bool:
    """Whether the reader already holds this version (If-None-Match)."""
    given = request.headers.get("if-none-match", "")
    return tag in {part.strip().removeprefix("W/") for part in given.split(",")}
