from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.conditional import IfMatch, etag, is_unchanged
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.core.paging import DEFAULT_LIMIT, MAX_LIMIT, Page, cut, decode_cursor, encode_cursor
from service.registry import queries, service
from service.registry.domain import FacilityType
from service.registry.schemas import (
    ClassRead,
    DeviceCreate,
    DeviceRead,
    FacilityCreate,
    FacilityRead,
    FacilityUpdate,
    InstallationCreate,
    InstallationRead,
    PositionCard,
    PositionCreate,
    PositionFilter,
    PositionRow,
    PositionUpdate,
    Removal,
    Replacement,
)

router = APIRouter(prefix="/api/v1", tags=["registry"], dependencies=[ONLY_KNOWN_PARAMETERS])

Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
Conditions = Annotated[PositionFilter, Depends()]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


def _after(cursor: str | None) -> str:
    return decode_cursor(cursor, 1)[0] if cursor else ""


def _next(request: Request, code: str) -> str:
    return str(request.url.include_query_params(cursor=encode_cursor(code)))


@router.get("/facilities")
def list_facilities(
    request: Request,
    session: SessionDep,
    _by: Reader,
    facility_type: FacilityType | None = None,
    cursor: str | None = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[FacilityRead]:
    rows = queries.facilities(
        session, after=_after(cursor), limit=limit + 1, facility_type=facility_type
    )
    shown, more = cut(rows, limit)
    items = [FacilityRead.model_validate(dict(row)) for row in shown]
    return Page(items=items, next=_next(request, items[-1].facility_code) if more else None)


@router.get("/facilities.geojson")
def facilities_geojson(session: SessionDep, _by: Reader) -> Response:
    """All facilities with a known place, as a GeoJSON collection (RFC 7946, longitude first)."""
    features = [
        {
            "type": "Feature",
            "id": str(row["id"]),
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {
                "facility_code": row["facility_code"],
                "name": row["name"],
                "facility_type": row["facility_type"],
                "open_case_count": row["open_case_count"],
            },
        }
        for row in queries.facilities(session, after="", limit=10_000)
        if row["lon"] is not None
    ]
    return JSONResponse(
        {"type": "FeatureCollection", "features": features}, media_type="application/geo+json"
    )


@router.get("/facilities/{facility_id}")
def get_facility(
    session: SessionDep, _by: Reader, response: Response, facility_id: UUID
) -> FacilityRead:
    row = queries.facility_read(session, facility_id)
    if row is None:
        raise NotFound
    response.headers["ETag"] = etag(row["version"])
    return FacilityRead.model_validate(dict(row))


@router.post("/facilities", status_code=201)
def create_facility(
    session: SessionDep, by: Writer, response: Response, new: FacilityCreate
) -> FacilityRead:
    facility = service.register_facility(session, new, by=by)
    response.headers["Location"] = f"/api/v1/facilities/{facility.id}"
    return get_facility(session, by, response, facility.id)


@router.patch("/facilities/{facility_id}")
def change_facility(
    session: SessionDep,
    by: Writer,
    response: Response,
    facility_id: UUID,
    change: FacilityUpdate,
    expected: IfMatch,
) -> FacilityRead:
    service.update_facility(session, facility_id, change, expected, by=by)
    return get_facility(session, by, response, facility_id)


@router.get("/positions", response_model=Page[PositionRow])
def list_positions(
    request: Request,
    session: SessionDep,
    _by: Reader,
    conditions: Conditions,
    cursor: str | None = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """The register in the order of its codes. ``q`` finds every word, also two characters long."""
    body = service.position_page(session, conditions, after=_after(cursor), limit=limit)
    following = _next(request, body.last_code) if body.has_more and body.last_code else None
    return Response(body.as_json(following), media_type="application/json")


@router.get("/positions/{position_id}")
def get_position(
    request: Request, session: SessionDep, _by: Reader, response: Response, position_id: UUID
) -> Any:
    card = service.position_card(session, position_id)
    tag = etag(card.version)
    if is_unchanged(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return card


@router.post("/positions", status_code=201)
def create_position(
    session: SessionDep, by: Writer, response: Response, new: PositionCreate
) -> PositionCard:
    position = service.register_position(session, new, by=by)
    response.headers["Location"] = f"/api/v1/positions/{position.id}"
    response.headers["ETag"] = etag(position.version)
    return service.position_card(session, position.id)


@router.patch("/positions/{position_id}")
def change_position(
    session: SessionDep,
    by: Writer,
    response: Response,
    position_id: UUID,
    change: PositionUpdate,
    expected: IfMatch,
) -> PositionCard:
    position = service.update_position(session, position_id, change, expected, by=by)
    response.headers["ETag"] = etag(position.version)
    return service.position_card(session, position_id)


@router.get("/positions/{position_id}/installations")
def list_installations(
    session: SessionDep, _by: Reader, position_id: UUID
) -> list[InstallationRead]:
    service.position_card(session, position_id)
    rows = queries.installations_of_position(session, position_id)
    return [InstallationRead.model_validate(dict(row)) for row in rows]


@router.post("/positions/{position_id}/installations", status_code=201)
def install_device(
    session: SessionDep, by: Writer, position_id: UUID, new: InstallationCreate
) -> PositionCard:
    service.install_device(session, position_id, new, by=by)
    return service.position_card(session, position_id)


@router.post("/positions/{position_id}/replacement", status_code=201)
def replace_device(
    session: SessionDep, by: Writer, position_id: UUID, new: Replacement
) -> PositionCard:
    service.replace_device(session, position_id, new, by=by)
    return service.position_card(session, position_id)


@router.post("/positions/{position_id}/removal", status_code=201)
def remove_device(
    session: SessionDep, by: Writer, position_id: UUID, removal: Removal
) -> PositionCard:
    service.remove_device(session, position_id, removal, by=by)
    return service.position_card(session, position_id)


@router.post("/devices", status_code=201)
def create_device(
    session: SessionDep, by: Writer, response: Response, new: DeviceCreate
) -> DeviceRead:
    device = service.register_device(session, new, by=by)
    response.headers["Location"] = f"/api/v1/devices/{device.id}"
    return get_device(session, by, response, device.id)


@router.get("/devices/{device_id}")
def get_device(session: SessionDep, _by: Reader, response: Response, device_id: UUID) -> DeviceRead:
    row = queries.device_read(session, device_id)
    if row is None:
        raise NotFound
    response.headers["ETag"] = etag(row["version"])
    return DeviceRead.model_validate(dict(row))


@router.get("/classes")
def list_classes(session: SessionDep, _by: Reader) -> list[ClassRead]:
    return [ClassRead.model_validate(row, from_attributes=True) for row in queries.classes(session)]
