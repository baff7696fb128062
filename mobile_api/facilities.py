"""Facilities of the reader, and packs for working without signal."""

import hashlib
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from mobile_api import queries
from mobile_api.pack_columns import PackChanges, PackColumns, columns
from mobile_api.schemas import (
    Changes,
    FacilityList,
    FacilityPack,
    FacilityRead,
    Likeness,
    Likenesses,
)
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import now
from service.core.errors import NotFound
from service.core.http.conditional import is_unchanged
from service.core.http.session import SessionDep
from service.core.paging import BadCursor, decode_cursor, encode_cursor

router = APIRouter(tags=["facilities"])
Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]


@router.get("/facilities")
def facilities(session: SessionDep, _by: Reader) -> FacilityList:
    """What the contract gives sight of; for the city, everything."""
    items = [FacilityRead.model_validate(dict(row)) for row in queries.facilities(session)]
    return FacilityList(items=items)


@router.get("/facilities/{facility_id}/pack", response_model=FacilityPack)
def pack(request: Request, session: SessionDep, _by: Reader, facility_id: UUID) -> Response:
    """Every position of the facility, to be kept on the phone. By columns it is a third as long."""
    opening, found = _found(session, facility_id)
    return _kept(request, FacilityPack.model_validate(opening | found))


@router.get("/facilities/{facility_id}/pack-columns", response_model=PackColumns)
def pack_columns(request: Request, session: SessionDep, _by: Reader, facility_id: UUID) -> Response:
    """The pack by columns and without ids: reports name the position by `position_code`."""
    opening, found = _found(session, facility_id)
    return _kept(request, PackColumns.model_validate(opening | found | columns(found["positions"])))


@router.get("/facilities/{facility_id}/pack-changes")
def pack_changes(session: SessionDep, _by: Reader, facility_id: UUID, since: str) -> PackChanges:
    """What has changed in a pack whose cursor is ``since``, by columns."""
    opening, found = _found(session, facility_id, _moment(since))
    return PackChanges.model_validate(opening | found | columns(found["positions"]))


@router.get("/facilities/{facility_id}/likenesses")
def likenesses(session: SessionDep, _by: Reader, facility_id: UUID) -> Likenesses:
    """Pictures of the pack's positions, for 「この機器ですか？」 without signal."""
    if queries.facility(session, facility_id) is None:
        raise NotFound
    rows = queries.likenesses(session, facility_id)
    return Likenesses(items=[Likeness.model_validate(dict(row)) for row in rows])


def _found(
    session: Session, facility_id: UUID, since: datetime | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    cursor = encode_cursor(now().isoformat())
    row = queries.facility(session, facility_id)
    if row is None:
        raise NotFound
    facility = FacilityRead.model_validate(dict(row))
    return {"facility": facility, "cursor": cursor}, queries.pack(session, facility_id, since)


def _kept(request: Request, content: FacilityPack | PackColumns) -> Response:
    unchanging = content.model_dump_json(exclude={"cursor"}).encode()
    tag = f'"{hashlib.blake2b(unchanging, digest_size=12).hexdigest()}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    if is_unchanged(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(content.model_dump_json(), headers=headers, media_type="application/json")


@router.get("/changes")
def changes(session: SessionDep, by: Reader, since: str) -> Changes:
    """What to fetch again. ``since`` is the cursor of a pack or of the last answer here."""
    cursor = encode_cursor(now().isoformat())
    moment = _moment(since)
    return Changes(
        facility_ids=queries.changed_facilities(session, moment),
        reports=queries.changed_reports(session, moment, company_id=by.company_id, user_id=by.id),
        cursor=cursor,
    )


def _moment(cursor: str) -> datetime:
    (written,) = decode_cursor(cursor, 1)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise BadCursor from error
    if moment.tzinfo is None:
        raise BadCursor
    return moment
