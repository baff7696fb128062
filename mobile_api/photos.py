"""A report's photos, whole or in parts: named by their SHA-256, so sending again is harmless."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from pydantic import AwareDatetime

from mobile_api.schemas import PhotoKept
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments import partial
from service.attachments.api import ArrivingPhoto, StoreDep
from service.attachments.domain import AttachmentKind
from service.attachments.service import Stored, Told, store_photo
from service.core.http.session import SessionDep

router = APIRouter(prefix="/fault-reports/{report_id}/photos", tags=["photos"])
Reporter = Annotated[Actor, Depends(requires(Permission.REPORTS_FILE))]
Sha256Path = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
BODY = {
    "requestBody": {
        "required": True,
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}
PART = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
OFFSETS = {
    "upload-offset": {"schema": {"type": "integer"}, "description": "Bytes that are safe"},
    "upload-complete": {"schema": {"type": "string", "enum": ["?0", "?1"]}},
}


def _kept(response: Response, report_id: UUID, stored: Stored) -> PhotoKept:
    if not stored.is_new:
        response.status_code = 200
    kept = stored.attachment
    return PhotoKept(
        report_id=report_id,
        sha256=kept.sha256,
        size_bytes=kept.size_bytes,
        attachment_id=kept.id,
        received_at=kept.received_at,
    )


def told(
    kind: AttachmentKind = AttachmentKind.FAULT,
    file_name: Annotated[str, Query(max_length=255)] = "",
    device_clock: AwareDatetime | None = None,
) -> Told:
    return Told(kind, file_name, device_clock)


SaidOfIt = Annotated[Told, Depends(told)]


@router.put("/{sha256}", status_code=201, responses={200: {"model": PhotoKept}}, openapi_extra=BODY)
def put_photo(
    arrival: ArrivingPhoto,
    response: Response,
    session: SessionDep,
    store: StoreDep,
    by: Reporter,
    report_id: UUID,
    sha256: Sha256Path,
    said: SaidOfIt,
) -> PhotoKept:
    """The bytes of one announced photo. Answered when they are safe; sending again is harmless."""
    stored = store_photo(
        session, store, arrival, report_id=report_id, sha256=sha256, told=said, by=by
    )
    return _kept(response, report_id, stored)


@router.head("/{sha256}", status_code=204, responses={204: {"headers": OFFSETS}})
def how_far(
    session: SessionDep,
    store: StoreDep,
    by: Reporter,
    report_id: UUID,
    sha256: Sha256Path,
    _said: SaidOfIt,
) -> Response:
    """Where to carry on: how many bytes of the photo are safe."""
    offset, is_whole = partial.progress(session, store, report_id=report_id, sha256=sha256, by=by)
    return Response(status_code=204, headers=_offsets(offset, is_whole=is_whole))


@router.patch(
    "/{sha256}",
    status_code=201,
    response_model=PhotoKept,
    responses={200: {"model": PhotoKept}, 204: {"headers": OFFSETS}},
    openapi_extra=PART,
)
def add_part(
    arrival: ArrivingPhoto,
    response: Response,
    session: SessionDep,
    store: StoreDep,
    by: Reporter,
    report_id: UUID,
    sha256: Sha256Path,
    said: SaidOfIt,
    upload_offset: Annotated[int, Header(ge=0, le=2**40)],
    upload_complete: Annotated[Literal["?0", "?1"], Header()],
) -> PhotoKept | Response:
    """One part. 204 while more has to come; the last one is answered as the whole photo is."""
    offset = partial.add_part(
        session,
        store,
        arrival,
        report_id=report_id,
        sha256=sha256,
        offset=upload_offset,
        by=by,
    )
    if upload_complete == "?0":
        return Response(status_code=204, headers=_offsets(offset, is_whole=False))
    stored = partial.finish(session, store, report_id=report_id, sha256=sha256, told=said, by=by)
    return _kept(response, report_id, stored)


def _offsets(offset: int, *, is_whole: bool) -> dict[str, str]:
    return {
        "upload-offset": str(offset),
        "upload-complete": "?1" if is_whole else "?0",
        "cache-control": "no-store",
    }
