from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from service.core.errors import NotFound
from service.core.http.conditional import IfMatch
from service.core.http.session import SessionDep
from service.core.paging import DEFAULT_LIMIT, BadCursor, Page
from service.registry import service
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
from service.registry.queries import devices, installations
from service.registry.schemas.changes import DeviceCreate, DeviceUpdate
from service.registry.schemas.reads import DeviceRead, InstallationRead

router = APIRouter()
FIRST = UUID(int=0)


@router.get("/devices", response_model=Page[DeviceRead])
def list_devices(
    request: Request,
    session: SessionDep,
    by: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
    class_code: str | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    fields: Fields = None,
    on: AsOf = None,
) -> Response:
    """In the order of asset codes; ``q`` looks in code, serial number, specification and model."""
    seen = after(cursor)
    with on_day(session, on, by=by):
        rows = devices.page(session, q=q, class_code=class_code, after=seen, limit=limit + 1)
    return page(request, DeviceRead, rows, limit=limit, key="asset_code", fields=fields)


@router.get("/devices/{device_id}", response_model=DeviceRead)
def get_device(
    request: Request,
    session: SessionDep,
    by: Reader,
    device_id: UUID,
    fields: Fields = None,
    on: AsOf = None,
) -> Response:
    with on_day(session, on, by=by):
        answer = device_answer(session, device_id)
    return one(request, *answer, fields)


@router.post("/devices", status_code=201, response_model=DeviceRead)
def create_device(request: Request, session: SessionDep, by: Writer, new: DeviceCreate) -> Response:
    made = service.register_device(session, new, by=by)
    address = f"/api/v1/devices/{made.id}"
    return one(request, *device_answer(session, made.id), status_code=201, location=address)


@router.patch("/devices/{device_id}", response_model=DeviceRead)
def change_device(
    request: Request,
    session: SessionDep,
    by: Writer,
    device_id: UUID,
    change: DeviceUpdate,
    expected: IfMatch,
) -> Response:
    service.update_device(session, device_id, change, expected, by=by)
    return one(request, *device_answer(session, device_id))


@router.get("/devices/{device_id}/installations")
def list_stays(session: SessionDep, _by: Reader, device_id: UUID) -> list[InstallationRead]:
    """Where the device has been, newest first."""
    device_answer(session, device_id)
    rows = installations.of_device(session, device_id)
    return [InstallationRead.model_validate(dict(row)) for row in rows]


@router.get("/installations", response_model=Page[InstallationRead])
def list_all_installations(
    request: Request,
    session: SessionDep,
    _by: Reader,
    facility: Annotated[str | None, Query(description="Facility code")] = None,
    on: Annotated[date | None, Query(description="Only what was in place on that day")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    fields: Fields = None,
) -> Response:
    """Which device sat where, in the order in which it was recorded."""
    try:
        start = UUID(after(cursor)) if cursor else FIRST
    except ValueError as error:
        raise BadCursor from error
    rows = installations.page(session, facility=facility, day=on, after=start, limit=limit + 1)
    return page(request, InstallationRead, rows, limit=limit, key="id", fields=fields)


def device_answer(session: SessionDep, device_id: UUID) -> tuple[DeviceRead, int]:
    row = devices.read(session, device_id)
    if row is None:
        raise NotFound
    return DeviceRead.model_validate(dict(row)), row["version"]
