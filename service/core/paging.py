"""Keyset pages: the cursor names the last row that was seen, so depth costs nothing."""

import base64
import json
from collections.abc import Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel

from service.core.errors import Invalid
from service.core.i18n.marker import N_

DEFAULT_LIMIT = 50
MAX_LIMIT = 500

Item = TypeVar("Item")


class BadCursor(Invalid):
    code = "bad-cursor"
    message = N_("ページの続きの位置が読み取れません。一覧の先頭から開き直してください。")


class Page(BaseModel, Generic[Item]):
    """``next`` is the address of the following page, or null on the last one."""

    items: list[Item]
    next: str | None = None


def encode_cursor(*key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """The key of the last row seen.

    Raises:
        BadCursor: when it is not one of ours.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError as error:
        raise BadCursor from error
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(k, str) for k in key):
        raise BadCursor
    return key


def cut(rows: Sequence[Item], limit: int) -> tuple[list[Item], bool]:
    """Splits ``limit + 1`` fetched rows into the page and whether more follow."""
    return list(rows[:limit]), len(rows) > limit
