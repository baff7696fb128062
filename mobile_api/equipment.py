"""Equipment, by tag or by position: the hottest reads, sent as PostgreSQL wrote them."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from mobile_api.schemas import EquipmentRead, FoundPosition, FoundPositions
from service.accounts.access import Reader as OneTrip
from service.accounts.access import reads, requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.conditional import is_unchanged
from service.core.http.session import SessionDep
from service.tags import service
from service.tags.guessing import GUESSES, client_of
from service.tags.queries import life
from service.tags.schemas import NO_NUL

router = APIRouter(tags=["equipment"])
Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]
OneTripReader = Annotated[OneTrip, Depends(reads(Permission.REGISTRY_READ))]


@router.get("/tags/{tag}", response_model=EquipmentRead)
async def equipment_by_tag(request: Request, reader: OneTripReader, tag: str) -> Response:
    """What is behind a tag; upper or lower case, with or without dashes.

    404 for an unknown tag, one out of use without successor, and one of others' facilities alike.
    """
    by, [rows] = await reader.ask(service.reading_equipment(tag))
    with GUESSES.of(client_of(request, by)):
        body = service.equipment_in(rows)
    return _answer(request, body)


@router.get("/positions")
def find_positions(
    session: SessionDep,
    _by: Reader,
    q: Annotated[str, Query(min_length=1, max_length=100, pattern=NO_NUL)],
) -> FoundPositions:
    """Positions whose code, name, facility or location hold every word; at most thirty."""
    rows = life.places(session, q)
    items = [
        FoundPosition(
            id=row.id,
            code=row.position_code,
            name=row.name,
            unit_no=row.unit_no,
            location=row.location,
            facility_name=row.facility_name,
            tag=row.tag,
        )
        for row in rows
    ]
    return FoundPositions(items=items)


@router.get("/positions/{position_id}", response_model=EquipmentRead)
def equipment_by_position(
    request: Request, session: SessionDep, _by: Reader, position_id: UUID
) -> Response:
    return _answer(request, service.position(session, position_id))


def _answer(request: Request, body: str) -> Response:
    content = body.encode()
    tag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    if is_unchanged(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")
