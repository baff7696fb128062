from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from service.core.http.conditional import IfMatch
from service.core.http.session import SessionDep
from service.core.paging import DEFAULT_LIMIT, Page
from service.registry import life_events, service
from service.registry.api.answers import (
    AsOf,
    Cursor,
    Fields,
    Limit,
    Reader,
    Writer,
    after,
    one,
    page,
)
from service.registry.past import on_day
from service.registry.queries import installations, positions
from service.registry.schemas.changes import (
    PositionCreate,
    PositionUpdate,
)
from service.registry.schemas.life import InstallationCreate, Removal, Replacement
from service.registry.schemas.reads import (
    InstallationRead,
    PositionCard,
    PositionFilter,
    PositionRow,
)

router = APIRouter()
Conditions = Annotated[PositionFilter, Depends()]


@router.get("/positions", response_model=Page[PositionRow])
def list_positions(
    request: Request,
    session: SessionDep,
    by: Reader,
    conditions: Conditions,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    fields: Fields = None,
    on: AsOf = None,
) -> Response:
    """The register in the order of its codes. ``q`` finds every word, also two characters long."""
    with on_day(session, on, by=by):
        rows = positions.page(session, conditions.chosen(), after=after(cursor), limit=limit + 1)
    return page(request, PositionRow, rows, limit=limit, key="position_code", fields=fields)


@router.get("/positions/{position_id}", response_model=PositionCard)
def get_position(
    request: Request,
    session: SessionDep,
    by: Reader,
    position_id: UUID,
    fields: Fields = None,
    on: AsOf = None,
) -> Response:
    with on_day(session, on, by=by):
        card = service.position_card(session, position_id)
    return one(request, card, card.version, fields)


@router.post("/positions", status_code=201, response_model=PositionCard)
def create_position(
    request: Request, session: SessionDep, by: Writer, new: PositionCreate
) -> Response:
    made = service.register_position(session, new, by=by)
    return _made(request, session, made.id)


@router.patch("/positions/{position_id}", response_model=PositionCard)
def change_position(
    request: Request,
    session: SessionDep,
    by: Writer,
    position_id: UUID,
    change: PositionUpdate,
    expected: IfMatch,
) -> Response:
    service.update_position(session, position_id, change, expected, by=by)
    card = service.position_card(session, position_id)
    return one(request, card, card.version)


@router.get("/positions/{position_id}/installations")
def list_installations(
    session: SessionDep,
    _by: Reader,
    position_id: UUID,
    on: Annotated[date | None, Query(description="Only what was in place on that day")] = None,
) -> list[InstallationRead]:
    service.position_card(session, position_id)
    rows = installations.of_position(session, position_id, on)
    return [InstallationRead.model_validate(dict(row)) for row in rows]


@router.post("/positions/{position_id}/installations", status_code=201, response_model=PositionCard)
def install_device(
    request: Request, session: SessionDep, by: Writer, position_id: UUID, new: InstallationCreate
) -> Response:
    life_events.install_device(session, position_id, new, by=by)
    return _made(request, session, position_id)


@router.post("/positions/{position_id}/replacement", status_code=201, response_model=PositionCard)
def replace_device(
    request: Request, session: SessionDep, by: Writer, position_id: UUID, new: Replacement
) -> Response:
    """Takes the device in place out and puts another in on the same day."""
    life_events.replace_device(session, position_id, new, by=by)
    return _made(request, session, position_id)


@router.post("/positions/{position_id}/removal", status_code=201, response_model=PositionCard)
def remove_device(
    request: Request, session: SessionDep, by: Writer, position_id: UUID, removal: Removal
) -> Response:
    life_events.remove_device(session, position_id, removal, by=by)
    return _made(request, session, position_id)


def _made(request: Request, session: SessionDep, position_id: UUID) -> Response:
    card = service.position_card(session, position_id)
    address = f"/api/v1/positions/{position_id}"
    return one(request, card, card.version, status_code=201, location=address)
