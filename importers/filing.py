"""The files that imports are made from, kept so that a plan can be made again."""

import hashlib
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from importers.decisions import Decisions
from importers.job_errors import LedgerGone, LedgerStoreAway
from importers.models import ImportJob
from service.attachments.arrival import Arrival
from service.attachments.store import StoreAway, open_store
from service.core.settings import get_settings


@dataclass(frozen=True)
class Upload:
    """A file as it arrived; ``continues_id`` is the import whose error workbook this is."""

    name: str
    arrival: Arrival
    decisions: Decisions
    continues_id: UUID | None = None


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def keep(content: IO[bytes] | bytes, sha256: str, size_bytes: int) -> str:
    """Puts the file into the store; answers under which name."""
    key = f"imports/{sha256[:2]}/{sha256}"
    try:
        open_store(get_settings()).keep(key, content, size_bytes=size_bytes)
    except StoreAway as error:
        raise LedgerStoreAway from error
    return key


def content_of(job: ImportJob) -> bytes:
    """The whole file of an import, as it was sent.

    Raises:
        LedgerGone: it was never kept, or is there no more.
    """
    try:
        content = open_store(get_settings()).read(job.file_key) if job.file_key else None
    except StoreAway as error:
        raise LedgerStoreAway from error
    if content is None:
        raise LedgerGone
    return content
