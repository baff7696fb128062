"""The trees of a facility: its places, and positions with the positions they are parts of."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from service.registry.models import Location

_ANCESTORS = text(
    """
    with recursive above as (
      select id, parent_id from position where id = :id
      union
      select p.id, p.parent_id from position p join above on p.id = above.parent_id
    )
    select id from above
    """
)
_OF_FACILITY = text(
    """
    select l.id, l.location_code, l.kind, l.name, l.path, l.parent_id, l.version,
      (select count(*) from position p where p.location_id = l.id) as position_count
    from location l where l.facility_id = :id order by l.path, l.location_code
    """
)


_CODES = text(
    """
    select l.location_code, parent.position_code as parent_code
    from position p left join location l on l.id = p.location_id
    left join position parent on parent.id = p.parent_id where p.id = :id
    """
)


_PLACES_ABOVE = text(
    """
    with recursive above as (
      select id, parent_id from location where id = :id
      union
      select l.id, l.parent_id from location l join above on l.id = above.parent_id
    )
    select id from above
    """
)
_INSIDE = text(
    """
    select (select count(*) from location where parent_id = :id) as places,
      (select count(*) from position where location_id = :id) as positions
    """
)


class Inside(NamedTuple):
    """How much lies right in a place."""

    places: int
    positions: int


def inside(session: Session, location_id: UUID) -> Inside:
    return Inside(*session.execute(_INSIDE, {"id": location_id}).one())


def with_places_above(session: Session, location_id: UUID) -> set[UUID]:
    """The place and all that it lies in."""
    return set(session.execute(_PLACES_ABOVE, {"id": location_id}).scalars())


def codes_of(session: Session, position_id: UUID) -> RowMapping:
    """The code of its place and of the position that it is a part of; null without."""
    return session.execute(_CODES, {"id": position_id}).mappings().one()


def with_ancestors(session: Session, position_id: UUID) -> set[UUID]:
    """The position and all that it is a part of."""
    return set(session.execute(_ANCESTORS, {"id": position_id}).scalars())


def of_facility(session: Session, facility_id: UUID) -> list[RowMapping]:
    """Places from the top down, each with how many positions are right there."""
    return list(session.execute(_OF_FACILITY, {"id": facility_id}).mappings())


def location(session: Session, facility_id: UUID, location_id: UUID) -> Location | None:
    statement = (
        select(Location)
        .where(Location.facility_id == facility_id, Location.id == location_id)
        .with_for_update()
    )
    return session.exec(statement).first()


def children(session: Session, location_id: UUID) -> list[Location]:
    return list(session.exec(select(Location).where(col(Location.parent_id) == location_id)))
