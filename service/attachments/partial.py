"""A photo that comes in parts over a weak signal: each part is kept until the photo is whole.

Offsets follow the IETF draft "Resumable Uploads for HTTP" (draft-ietf-httpbis-resumable-upload):
``Upload-Offset`` is how many bytes are safe, ``Upload-Complete`` marks the last part.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments import queries
from service.attachments.arrival import Arrival, arrived_from
from service.attachments.domain import HashMismatch, NotAnnounced
from service.attachments.service import Stored, Told, store_photo
from service.attachments.store import PhotoStore
from service.core.clock import now
from service.core.errors import Conflict, NotFound, TooLarge
from service.core.i18n.marker import N_
from service.core.settings import get_settings

FOLDER = "arriving"
KEPT = timedelta(days=31)


class OtherOffset(Conflict):
    code = "upload-offset"
    message = N_("続きの位置が違います。%(offset)sバイト目から送ってください。")


def _prefix(report_id: UUID, sha256: str) -> str:
    return f"{FOLDER}/{report_id}/{sha256}/"


def _safe_bytes(store: PhotoStore, prefix: str) -> int:
    """The length of what is there without a gap."""
    offset = 0
    for part in store.below(prefix):
        if part.key != _part_key(prefix, offset):
            break
        offset += part.size_bytes
    return offset


def _part_key(prefix: str, offset: int) -> str:
    return f"{prefix}{offset:012d}"


def progress(
    session: Session, store: PhotoStore, *, report_id: UUID, sha256: str, by: Actor
) -> tuple[int, bool]:
    """How many bytes of the photo are safe, and whether it is whole."""
    by.require(Permission.REPORTS_FILE)
    expected = queries.expected(session, report_id, sha256)
    if expected is None:
        raise NotFound
    if not expected.is_announced:
        raise NotAnnounced
    earlier = queries.of_report(session, report_id, sha256)
    if earlier is not None:
        return earlier.size_bytes, True
    return _safe_bytes(store, _prefix(report_id, sha256)), False


def add_part(
    session: Session,
    store: PhotoStore,
    arrival: Arrival,
    *,
    report_id: UUID,
    sha256: str,
    offset: int,
    by: Actor,
) -> int:
    """Keeps one part and answers how many bytes are safe now.

    Raises:
        OtherOffset: when the part does not follow what is there.
        TooLarge: when the photo would grow beyond the limit.
    """
    known, is_whole = progress(session, store, report_id=report_id, sha256=sha256, by=by)
    if is_whole:
        return known
    if offset != known:
        raise OtherOffset(offset=known)
    limit = get_settings().photo_max_bytes
    if known + arrival.size_bytes > limit:
        raise TooLarge(limit_mb=limit // 1024 // 1024)
    if arrival.size_bytes:
        key = _part_key(_prefix(report_id, sha256), offset)
        store.keep(key, arrival.file, size_bytes=arrival.size_bytes)
    return known + arrival.size_bytes


def finish(
    session: Session,
    store: PhotoStore,
    *,
    report_id: UUID,
    sha256: str,
    told: Told | None = None,
    by: Actor,
) -> Stored:
    """Joins the parts and takes the photo in, as if it had come in one piece.

    Parts that do not make up the announced photo are thrown away: the sender starts again.
    """
    prefix = _prefix(report_id, sha256)
    limit = get_settings().photo_max_bytes
    with arrived_from(_joined(store, prefix), limit_bytes=limit) as arrival:
        try:
            stored = store_photo(
                session, store, arrival, report_id=report_id, sha256=sha256, told=told, by=by
            )
        except HashMismatch:
            _forget(store, prefix)
            raise
    _forget(store, prefix)
    return stored


def _joined(store: PhotoStore, prefix: str) -> Iterator[bytes]:
    for part in store.below(prefix):
        yield from store.stream(part.key) or ()


def _forget(store: PhotoStore, prefix: str) -> None:
    store.remove([part.key for part in store.below(prefix)])


def sweep(store: PhotoStore) -> int:
    """Throws away parts whose sender has not come back within a month; how many there were."""
    oldest = now() - KEPT
    stale = [part.key for part in store.below(f"{FOLDER}/") if part.modified_at < oldest]
    store.remove(stale)
    return len(stale)
