from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from service.core.errors import NotFound
from service.core.http.conditional import IfMatch
from service.core.http.session import SessionDep
from service.core.paging import DEFAULT_LIMIT, Page
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
from service.registry.domain import FacilityType
from service.registry.past import on_day
from service.registry.queries import facilities
from service.registry.schemas.changes import FacilityCreate, FacilityUpdate
from service.registry.schemas.reads import FacilityRead

router = APIRouter()


class GeoJsonResponse(JSONResponse):
    media_type = "application/geo+json"


@router.get("/facilities", response_model=Page[FacilityRead])
def list_facilities(
    request: Request,
    session: SessionDep,
    by: Reader,
    facility_type: FacilityType | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    fields: Fields = None,
    on: AsOf = None,
) -> Response:
    with on_day(session, on, by=by):
        rows = facilities.page(
            session, after=after(cursor), limit=limit + 1, facility_type=facility_type
        )
    return page(request, FacilityRead, rows, limit=limit, key="facility_code", fields=fields)


@router.get("/facilities.geojson", response_class=GeoJsonResponse)
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
        for row in facilities.page(session, after="", limit=10_000)
        if row["lon"] is not None
    ]
    return GeoJsonResponse({"type": "FeatureCollection", "features": features})


@router.get("/facilities/{facility_id}", response_model=FacilityRead)
def get_facility(
    request: Request,
    session: SessionDep,
    by: Reader,
    facility_id: UUID,
    fields: Fields = None,
    on: AsOf = None,
) -> Response:
    with on_day(session, on, by=by):
        read = _read(session, facility_id)
    return one(request, *read, fields)


@router.post("/facilities", status_code=201, response_model=FacilityRead)
def create_facility(
    request: Request, session: SessionDep, by: Writer, new: FacilityCreate
) -> Response:
    made = service.register_facility(session, new, by=by)
    address = f"/api/v1/facilities/{made.id}"
    return one(request, *_read(session, made.id), status_code=201, location=address)


@router.patch("/facilities/{facility_id}", response_model=FacilityRead)
def change_facility(
    request: Request,
    session: SessionDep,
    by: Writer,
    facility_id: UUID,
    change: FacilityUpdate,
    expected: IfMatch,
) -> Response:
    service.update_facility(session, facility_id, change, expected, by=by)
    return one(request, *_read(session, facility_id))


def _read(session: SessionDep, facility_id: UUID) -> tuple[FacilityRead, int]:
    row = facilities.read(session, facility_id)
    if row is None:
        raise NotFound
    return FacilityRead.model_validate(dict(row)), row["version"]
