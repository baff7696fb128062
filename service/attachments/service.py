"""Taking in photos and documents, and handing them out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import IO, Protocol
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments import pictures, queries
from service.attachments.arrival import Arrival, arrived_from
from service.attachments.domain import (
    AttachmentKind,
    Derivative,
    EmptyFile,
    HashMismatch,
    NotAnnounced,
    NotAPhoto,
    derivative_key,
    store_key,
)
from service.attachments.models import Attachment
from service.attachments.pictures import Picture
from service.attachments.schemas import AttachmentRead
from service.attachments.store import PhotoStore
from service.audit.service import record
from service.core import outbox
from service.core.errors import NotFound, Unavailable
from service.core.i18n.marker import N_
from service.core.settings import get_settings

PDF = "application/pdf"
STORED = "attachment.stored"
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    pictures.HEIC: "heic",
}


class OriginalMissing(Unavailable):
    code = "attachment-bytes-missing"
    message = N_("この写真の元データが保管先に見つかりません。管理者に知らせてください。")


class Upload(Protocol):
    """A file as a form brings it; Starlette's `UploadFile` is one."""

    @property
    def file(self) -> IO[bytes]: ...

    @property
    def filename(self) -> str | None: ...


@dataclass(frozen=True)
class Told:
    """What the sender says about a file besides its bytes."""

    kind: AttachmentKind = AttachmentKind.FAULT
    file_name: str = ""
    device_clock: datetime | None = None


@dataclass(frozen=True)
class Stored:
    """``is_new`` is False when the record had this very file before."""

    attachment: Attachment
    is_new: bool


def store_photo(
    session: Session,
    store: PhotoStore,
    arrival: Arrival,
    *,
    report_id: UUID,
    sha256: str | None = None,
    told: Told | None = None,
    by: Actor,
) -> Stored:
    """Keeps a photo that a report has announced. The same photo again gets the same answer.

    Returns once the original is safe; smaller pictures are made afterwards by the worker.

    Raises:
        NotFound: when the report is not the sender's to see.
        NotAnnounced, EmptyFile, HashMismatch, NotAPhoto: when the bytes are not what was meant.
    """
    by.require(Permission.REPORTS_FILE)
    claimed, told = sha256 or arrival.sha256, told or Told()
    expected = queries.expected(session, report_id, claimed)
    if expected is None:
        raise NotFound
    if not expected.is_announced:
        raise NotAnnounced
    earlier = queries.of_report(session, report_id, claimed)
    if earlier is not None:
        return Stored(earlier, is_new=False)
    attachment = _examined(arrival, claimed, told, by=by)
    attachment.report_id = report_id
    attachment.company_id = expected.company_id
    return _kept(session, store, arrival, attachment, by=by)


def store_upload(
    session: Session,
    store: PhotoStore,
    upload: Upload,
    *,
    report_id: UUID | None = None,
    response_id: UUID | None = None,
    kind: AttachmentKind = AttachmentKind.OTHER,
    by: Actor,
) -> Attachment:
    """Keeps a file that a form has brought along: a report's photo, a response's photo or PDF."""
    limit = get_settings().photo_max_bytes
    with arrived_from(upload.file, limit_bytes=limit) as arrival:
        told = Told(kind, upload.filename or "")
        if report_id is not None:
            stored = store_photo(session, store, arrival, report_id=report_id, told=told, by=by)
            return stored.attachment
        by.require(Permission.CASES_HANDLE)
        if response_id is None or not queries.response_exists(session, response_id):
            raise NotFound
        attachment = _examined(arrival, arrival.sha256, told, by=by, takes_pdf=True)
        attachment.response_id = response_id
        return _kept(session, store, arrival, attachment, by=by).attachment


def store_registry_file(
    session: Session,
    store: PhotoStore,
    upload: Upload,
    *,
    owner: str,
    owner_id: UUID,
    kind: AttachmentKind,
    by: Actor,
) -> Attachment:
    """Keeps a photo or a PDF of a position, a device or a facility.

    ``owner`` is the column that names it.

    Raises:
        NotFound: when there is no such record.
    """
    by.require(Permission.REGISTRY_WRITE)
    if not queries.owner_exists(session, owner, owner_id):
        raise NotFound
    limit = get_settings().photo_max_bytes
    with arrived_from(upload.file, limit_bytes=limit) as arrival:
        told = Told(kind, upload.filename or "")
        attachment = _examined(arrival, arrival.sha256, told, by=by, takes_pdf=True)
        setattr(attachment, owner, owner_id)
        return _kept(session, store, arrival, attachment, by=by).attachment


def _examined(
    arrival: Arrival, claimed: str, told: Told, *, by: Actor, takes_pdf: bool = False
) -> Attachment:
    if arrival.size_bytes == 0:
        raise EmptyFile
    if arrival.sha256 != claimed:
        raise HashMismatch
    seen = _seen(arrival, takes_pdf=takes_pdf)
    return Attachment(
        created_by=by.id,
        kind=told.kind.value,
        device_clock=told.device_clock,
        file_name=_plain_name(told.file_name)
        or f"{claimed[:8]}.{_EXTENSIONS.get(seen.mime, 'bin')}",
        mime=seen.mime,
        size_bytes=arrival.size_bytes,
        sha256=claimed,
        width_px=seen.width_px,
        height_px=seen.height_px,
        taken_at_exif=seen.taken_at_exif,
    )


def examine(arrival: Arrival) -> None:
    """Raises what `store_photo` would raise for these bytes, before anything is announced."""
    if arrival.size_bytes == 0:
        raise EmptyFile
    pictures.inspect(arrival.file)


def _seen(arrival: Arrival, *, takes_pdf: bool) -> Picture:
    if takes_pdf and arrival.head(5) == b"%PDF-":
        return Picture(PDF)
    return pictures.inspect(arrival.file)


def _plain_name(file_name: str) -> str:
    """The last part of a path, whichever slashes are used there; no control characters."""
    name = PurePath(file_name.replace("\\", "/")).name
    return "".join(c for c in name if c.isprintable())[:200]


def _kept(
    session: Session, store: PhotoStore, arrival: Arrival, attachment: Attachment, *, by: Actor
) -> Stored:
    """The bytes come first: a file without a row is harmless, a row without a file is a loss."""
    arrival.file.seek(0)
    store.keep(store_key(attachment.sha256), arrival.file, size_bytes=arrival.size_bytes)
    if not queries.add(session, attachment):
        assert attachment.report_id is not None  # noqa: S101  # only reports refuse doubles
        earlier = queries.of_report(session, attachment.report_id, attachment.sha256)
        assert earlier is not None  # noqa: S101  # it is what refused ours
        return Stored(earlier, is_new=False)
    record(
        session,
        STORED,
        "attachment",
        attachment.id,
        by=by,
        after={
            "sha256": attachment.sha256,
            "size_bytes": attachment.size_bytes,
            **{name: getattr(attachment, name) for name in queries.OWNERS},
        },
    )
    outbox.publish(
        session,
        STORED,
        {
            "attachment_id": attachment.id,
            "report_id": attachment.report_id,
            "response_id": attachment.response_id,
        },
        company_id=attachment.company_id,
    )
    return Stored(attachment, is_new=True)


def derivative(store: PhotoStore, attachment: Attachment, wanted: Derivative) -> bytes | None:
    """The smaller picture, made now when the worker has not come to it; None when there is none."""
    found = store.read(derivative_key(attachment.sha256, wanted))
    if found is not None:
        return found
    return make_derivatives(store, attachment).get(wanted)


def make_derivatives(store: PhotoStore, attachment: Attachment) -> dict[Derivative, bytes]:
    """Empty for files that have no picture. Making them again gives the same files."""
    if not has_picture(attachment):
        return {}
    return derive_into(store, attachment, partial(derivative_key, attachment.sha256))


def derive_into(
    store: PhotoStore,
    attachment: Attachment,
    key_of: Callable[[Derivative], str],
    hidden: Sequence[Sequence[float]] = (),
) -> dict[Derivative, bytes]:
    """Smaller pictures kept under ``key_of``, the areas painted over; empty when unreadable."""
    with arrived_from(original(store, attachment), limit_bytes=attachment.size_bytes) as fetched:
        try:
            made = pictures.derive(fetched.file, hidden)
        except NotAPhoto:
            return {}
    for derivative, content in made.items():
        store.keep(key_of(derivative), content, size_bytes=len(content))
    return made


def original(store: PhotoStore, attachment: Attachment) -> Iterator[bytes]:
    parts = store.stream(store_key(attachment.sha256))
    if parts is None:
        raise OriginalMissing
    return parts


def has_picture(attachment: Attachment) -> bool:
    """A HEIC that could not be understood on arrival has no size, and no picture either."""
    is_unknown = attachment.mime == pictures.HEIC and attachment.width_px is None
    return attachment.mime in _EXTENSIONS and not is_unknown


def describe(attachment: Attachment) -> AttachmentRead:
    """The file with the addresses under which it is served."""
    href = f"/attachments/{attachment.id}"
    smaller = {"thumbnail_href": f"{href}/thumbnail", "screen_href": f"{href}/screen"}
    return AttachmentRead.model_validate(
        attachment.model_dump() | {"href": href} | (smaller if has_picture(attachment) else {})
    )
