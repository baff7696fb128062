"""Codes and names that people write, as the records they mean."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.core.geometry import STORAGE_SRID, LonLat
from service.registry.domain import (
    ClassUnknown,
    CoordinateAccuracy,
    LocationUnknown,
    ParentCircle,
    ParentUnknown,
)
from service.registry.models import DeviceModel, Position
from service.registry.queries import classes, devices, facilities, places, positions
from service.registry.schemas.changes import PositionUpdate


def class_id(session: Session, class_code: str) -> UUID:
    found = classes.by_code(session, class_code)
    if found is None:
        raise ClassUnknown(class_code=class_code)
    return found.id


def location_id(session: Session, facility_id: UUID, location_code: str | None) -> UUID | None:
    if location_code is None:
        return None
    found = positions.location_of(session, facility_id, location_code)
    if found is None:
        raise LocationUnknown(location_code=location_code)
    return found.id


def parent_id(
    session: Session, facility_id: UUID, parent_code: str | None, *, of: UUID | None = None
) -> UUID | None:
    """The position of which ``of`` is to be a part.

    Raises:
        ParentUnknown: the facility has none of this code.
        ParentCircle: it is ``of`` itself or a part of it.
    """
    if parent_code is None:
        return None
    found = positions.by_code(session, parent_code)
    if found is None or found.facility_id != facility_id:
        raise ParentUnknown(parent_code=parent_code)
    if of is not None and of in places.with_ancestors(session, found.id):
        raise ParentCircle(parent_code=parent_code)
    return found.id


def model_id(session: Session, maker: str | None, model_no: str | None) -> UUID | None:
    """A model that nobody has named before is a new one."""
    if model_no is None:
        return None
    model = devices.model_of(session, maker, model_no)
    if model is None:
        model = DeviceModel(manufacturer=maker, manufacturer_raw=maker, model_no=model_no)
        session.add(model)
        session.flush()
    return model.id


def place_columns(session: Session, position: Position, change: PositionUpdate) -> dict[str, Any]:
    """Where it is in its facility, and of what it is a part, as far as that is given."""
    columns: dict[str, Any] = {}
    here = position.facility_id
    if "location_code" in change.model_fields_set:
        columns["location_id"] = location_id(session, here, change.location_code)
    if "parent_code" in change.model_fields_set:
        columns["parent_id"] = parent_id(session, here, change.parent_code, of=position.id)
    return columns


def point_columns(
    session: Session, facility_id: UUID, lon: float | None, lat: float | None
) -> dict[str, Any]:
    """A point that somebody typed, or none; nothing when the facility is there already."""
    known = facilities.read(session, facility_id)
    if known is not None and (known["lon"], known["lat"]) == (lon, lat):
        return {}
    if lon is None or lat is None:
        return {"geom": None, "coord_raw": None, "coord_crs": None, "coord_accuracy": None}
    return {
        "geom": LonLat(lon=lon, lat=lat).ewkt,
        "coord_raw": f"{lat} {lon}",
        "coord_crs": STORAGE_SRID,
        "coord_accuracy": CoordinateAccuracy.TYPED,
    }
