"""The tree of places in a facility: trains, buildings, floors, rooms."""

from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.database import translating
from service.core.errors import Conflict, Invalid, NotFound
from service.core.i18n.marker import N_
from service.core.outbox import publish
from service.registry import resolving
from service.registry.domain import DuplicateCode
from service.registry.models import Location
from service.registry.queries import facilities, places
from service.registry.schemas.changes import LocationCreate, LocationUpdate


class PlaceInItself(Invalid):
    code = "place-in-itself"
    message = N_("「%(name)s」を、その中にある場所の下には移せません。")


class PlaceInUse(Conflict):
    code = "place-in-use"
    message = N_(
        "「%(name)s」には場所が%(places)s件、設置箇所が%(positions)s件あります。先にほかの場所へ移してください。"
    )


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


def move_location(
    session: Session,
    facility_id: UUID,
    location_id: UUID,
    parent_code: str | None,
    *,
    by: Actor,
) -> Location:
    """Under another place of the facility, or right into the facility; what is in it goes along.

    Raises:
        LocationUnknown: the facility has no place of that code.
        PlaceInItself: the new parent lies within the place.
    """
    by.require(Permission.REGISTRY_WRITE)
    location = _locked(session, facility_id, location_id)
    parent_id = resolving.location_id(session, facility_id, parent_code or None)
    parent = places.location(session, facility_id, parent_id) if parent_id else None
    if parent is not None and location.id in places.with_places_above(session, parent.id):
        raise PlaceInItself(name=location.name)
    before, location.parent_id, location.updated_by = location.path, parent_id, by.id
    _move(session, location, f"{parent.path}/{location.name}" if parent else location.name)
    session.flush()
    moved = {"path": location.path}
    record(session, "move", "location", location.id, by=by, before={"path": before}, after=moved)
    _tell(session, facility_id)
    return location


def remove_location(session: Session, facility_id: UUID, location_id: UUID, *, by: Actor) -> None:
    """Only an empty one.

    Raises:
        PlaceInUse: places or positions are in it, abolished ones too.
    """
    by.require(Permission.REGISTRY_WRITE)
    location = _locked(session, facility_id, location_id)
    inside = places.inside(session, location_id)
    if inside.places or inside.positions:
        raise PlaceInUse(name=location.name, **inside._asdict())
    session.delete(location)
    session.flush()
    before = {"location_code": location.location_code, "path": location.path}
    record(session, "remove", "location", location_id, by=by, before=before)
    _tell(session, facility_id)


def _locked(session: Session, facility_id: UUID, location_id: UUID) -> Location:
    """The facility first: nobody else builds in its tree meanwhile."""
    facilities.locked(session, facility_id)
    location = places.location(session, facility_id, location_id)
    if location is None:
        raise NotFound
    return location


def _move(session: Session, location: Location, path: str) -> None:
    location.path = path
    for child in places.children(session, location.id):
        _move(session, child, f"{path}/{child.name}")


def _tell(session: Session, facility_id: UUID) -> None:
    publish(session, "registry.changed", {"kind": "facility", "id": facility_id})
