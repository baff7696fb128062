"""Files as they were sent, and the smaller pictures. Row-level security decides who finds them."""

import base64
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser

from service.accounts.access import admit, requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments import masking, queries, service
from service.attachments.arrival import Arrival, receive
from service.attachments.domain import Derivative
from service.attachments.models import Attachment
from service.attachments.schemas import AttachmentList
from service.attachments.store import PhotoStore, open_store
from service.core.errors import Invalid, NotFound, TooLarge, UnsupportedContent
from service.core.http.conditional import is_unchanged
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.core.i18n.marker import N_
from service.core.settings import Settings, get_settings

router = APIRouter(tags=["attachments"], dependencies=[ONLY_KNOWN_PARAMETERS])
CaseReader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]
READERS = [Depends(requires(Permission.CASES_READ))]
# Somebody's browser may keep what its owner was allowed to see; nothing in between may. It asks
# again each time: a part may have been hidden since.
_KEPT = "private, no-cache"
FORM_MAX_PHOTOS = 10
FORM_PHOTOS_AT_FULL_SIZE = 4
_SHOWN_IN_PLACE = {"image/jpeg", "image/png", "image/webp", service.PDF}


class OneOwner(Invalid):
    code = "one-owner"
    message = N_("どの記録の添付かを、*_id のうち一つだけで指定してください。")


class UnreadableForm(Invalid):
    code = "unreadable-form"
    message = N_("送信された内容を読み取れませんでした。写真は一度に10枚までです。")


def photo_store(request: Request) -> PhotoStore:
    settings = request.app.state.settings
    assert isinstance(settings, Settings)  # noqa: S101  # set by app.asgi
    return open_store(settings)


StoreDep = Annotated[PhotoStore, Depends(photo_store)]


async def arriving_photo(request: Request) -> AsyncIterator[Arrival]:
    """The request's body as one photo. Name it before the session: a slow phone holds none."""
    await run_in_threadpool(admit, request, Permission.REPORTS_FILE)
    limit = get_settings().photo_max_bytes
    if int(request.headers.get("content-length") or 0) > 2 * limit:
        raise TooLarge(limit_mb=limit // 1024 // 1024)
    with await receive(request.stream(), limit_bytes=limit) as arrival:
        yield arrival


def arriving_form(
    permission: Permission,
) -> Callable[[Request], AsyncIterator[FormData]]:
    """A form with photos, read only for those who may send it; large files wait on disk.

    Name it before the session, which would otherwise be held open while the photos arrive.
    """

    async def read(request: Request) -> AsyncIterator[FormData]:
        await run_in_threadpool(admit, request, permission)
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            raise UnsupportedContent
        form = await _parsed(request)
        try:
            yield form
        finally:
            await form.close()

    return read


async def _parsed(request: Request) -> FormData:
    parts = _limited(request, get_settings().photo_max_bytes * FORM_PHOTOS_AT_FULL_SIZE)
    parser = MultiPartParser(
        request.headers, parts, max_files=FORM_MAX_PHOTOS, max_fields=60, max_part_size=1 << 17
    )
    try:
        return await parser.parse()
    except _FormTooLarge as error:
        raise TooLarge(limit_mb=error.limit_mb) from error
    except MultiPartException as error:
        raise UnreadableForm from error


class _FormTooLarge(MultiPartException):
    """The parser throws away what it has taken in for errors of its own kind only."""

    def __init__(self, limit: int) -> None:
        super().__init__("")
        self.limit_mb = limit // 1024 // 1024


async def _limited(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _FormTooLarge(limit)
        yield part


ArrivingPhoto = Annotated[Arrival, Depends(arriving_photo)]
ReportForm = Annotated[FormData, Depends(arriving_form(Permission.REPORTS_FILE))]
CaseForm = Annotated[FormData, Depends(arriving_form(Permission.CASES_HANDLE))]


@router.get("/api/v1/attachments", dependencies=READERS)
def list_attachments(
    session: SessionDep,
    report_id: Annotated[UUID | None, Query()] = None,
    response_id: Annotated[UUID | None, Query()] = None,
    position_id: Annotated[UUID | None, Query()] = None,
    device_id: Annotated[UUID | None, Query()] = None,
    facility_id: Annotated[UUID | None, Query()] = None,
    model_id: Annotated[UUID | None, Query()] = None,
) -> AttachmentList:
    """The files of one record."""
    asked = (report_id, response_id, position_id, device_id, facility_id, model_id)
    given = zip(queries.OWNERS, asked, strict=True)
    owners = [(owner, owner_id) for owner, owner_id in given if owner_id is not None]
    if len(owners) != 1:
        raise OneOwner
    owner, owner_id = owners[0]
    found = queries.of_owner(session, owner, [owner_id])
    return AttachmentList(items=[service.describe(attachment) for attachment in found])


@router.get("/attachments/{attachment_id}", response_class=StreamingResponse)
def original(
    request: Request, session: SessionDep, store: StoreDep, by: CaseReader, attachment_id: UUID
) -> Response:
    """The file byte for byte as it was sent; with hidden parts only the office gets it."""
    attachment = _found(session, attachment_id)
    if not by.can(Permission.CASES_HANDLE) and queries.mask(session, attachment_id):
        return _smaller(request, session, store, attachment, Derivative.SCREEN)
    headers = _headers(attachment.sha256) | {
        "content-disposition": _disposition(attachment),
        "repr-digest": _digest(attachment.sha256),
        "x-content-sha256": attachment.sha256,
    }
    if is_unchanged(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    headers["content-length"] = str(attachment.size_bytes)
    return StreamingResponse(
        service.original(store, attachment), headers=headers, media_type=attachment.mime
    )


@router.get("/attachments/{attachment_id}/{derivative}", dependencies=READERS)
def smaller(
    request: Request,
    session: SessionDep,
    store: StoreDep,
    attachment_id: UUID,
    derivative: Derivative,
) -> Response:
    """The picture upright and small enough for a list or a screen; 404 for files without one."""
    return _smaller(request, session, store, _found(session, attachment_id), derivative)


def _smaller(
    request: Request,
    session: SessionDep,
    store: PhotoStore,
    attachment: Attachment,
    derivative: Derivative,
) -> Response:
    mask = queries.mask(session, attachment.id)
    headers = _headers(f"{mask.id if mask else attachment.sha256}-{derivative.value}")
    if is_unchanged(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    content = masking.shown(session, store, attachment, derivative)
    if content is None:
        raise NotFound
    return Response(content, headers=headers, media_type="image/jpeg")


def _found(session: SessionDep, attachment_id: UUID) -> Attachment:
    attachment = queries.attachment(session, attachment_id)
    if attachment is None:
        raise NotFound
    return attachment


def _headers(tag: str) -> dict[str, str]:
    return {
        "etag": f'"{tag}"',
        "cache-control": _KEPT,
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "x-content-type-options": "nosniff",
        "vary": "Cookie, Authorization",
    }


def _disposition(attachment: Attachment) -> str:
    way = "inline" if attachment.mime in _SHOWN_IN_PLACE else "attachment"
    return f"{way}; filename*=UTF-8''{quote(attachment.file_name, safe='')}"


def _digest(sha256: str) -> str:
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
