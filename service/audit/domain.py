"""What the audit trail records, and the chain that makes a removed or changed entry visible."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Via(StrEnum):
    WEB = "web"
    API = "api"
    PHONE = "phone"
    IMPORT = "import"
    JOB = "job"
    TERMINAL = "terminal"


GENESIS = b"\x00" * 32


def entry_digest(content: Mapping[str, Any]) -> bytes:
    """SHA-256 of one entry's content in a canonical writing (sorted keys, no blanks)."""
    canonical = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str
    )
    return hashlib.sha256(canonical.encode()).digest()


def link(previous: bytes, digest: bytes) -> bytes:
    """The chain value of an entry that follows ``previous``."""
    return hashlib.sha256(previous + digest).digest()
