"""The tree of places in a facility: trains, buildings, floors, rooms."""

from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.database import translating
from service.core.errors import NotFound
from service.core.outbox import publish
from service.registry import resolving
from service.registry.domain import DuplicateCode
from service.registry.models import Location
from service.registry.queries import facilities, places
from service.registry.schemas.changes import LocationCreate, LocationUpdate


def register_location(
    session: Session, facility_id: UUID, new: LocationCreate, *, by: Actor
) -> Location:
    """Raises `LocationUnknown` for a place above that the facility has not."""
    by.require(Permission.REGISTRY_WRITE)
    if facilities.locked(session, facility_id) is None:
        raise NotFound
    parent_id = resolving.location_id(session, facility_id, new.parent_code)
    parent = places.location(session, facility_id, parent_id) if parent_id else None
    location = Location(
        facility_id=facility_id,
        parent_id=parent_id,
        path=f"{parent.path}/{new.name}" if parent else new.name,
        created_by=by.id,
        **new.model_dump(exclude={"parent_code"}),
    )
    taken = {
        "uq_location_facility_id_location_code": lambda: DuplicateCode(value=new.location_code)
    }
    with translating(session, taken):
        session.add(location)
    after = new.model_dump(mode="json")
    record(session, "create", "location", location.id, by=by, after=after)
    _tell(session, facility_id)
    return location


def rename_location(
    session: Session, facility_id: UUID, location_id: UUID, change: LocationUpdate, *, by: Actor
) -> Location:
    """The paths of all places in it change with it."""
    by.require(Permission.REGISTRY_WRITE)
    location = places.location(session, facility_id, location_id)
    if location is None:
        raise NotFound
    before, location.name, location.updated_by = location.name, change.name, by.id
    above, _, _ = location.path.rpartition("/")
    _move(session, location, f"{above}/{change.name}" if above else change.name)
    session.flush()
    record(
        session,
        "update",
        "location",
        location.id,
        by=by,
        before={"name": before},
        after={"name": change.name},
    )
    _tell(session, facility_id)
    return location


def _move(session: Session, location: Location, path: str) -> None:
    location.path = path
    for child in places.children(session, location.id):
        _move(session, child, f"{path}/{child.name}")


def _tell(session: Session, facility_id: UUID) -> None:
    publish(session, "registry.changed", {"kind": "facility", "id": facility_id})
