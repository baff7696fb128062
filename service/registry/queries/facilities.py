"""Facilities with what they hold and what is open there."""

from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, select

from service.registry.models import Facility
from service.registry.queries.search import every_word

_FACILITIES = """
    select f.id, f.facility_code, f.name, f.facility_type, f.drainage_type, f.treatment_district,
      f.address, st_x(f.geom) as lon, st_y(f.geom) as lat, f.no_signal_note, f.hazard_note,
      f.status, f.version,
      (select count(*) from position p where p.facility_id = f.id) as position_count,
      (select count(*) from fault_case k where k.facility_id = f.id
         and k.state not in ('closed', 'merged', 'dismissed')) as open_case_count
    from facility f
"""
_PAGE = text(
    _FACILITIES
    + """ where f.facility_code > :after
        and (cast(:type as text) is null or f.facility_type = :type)
      order by f.facility_code limit :limit"""
)
_ONE = text(_FACILITIES + " where f.id = :id")
_NAMED = """gesuibo.fold(f.name) like :{word} or gesuibo.fold(f.facility_code) like :{word}
  or gesuibo.fold(f.name_kana) like :{word}"""


def page(
    session: Session, *, after: str, limit: int, facility_type: str | None = None
) -> list[RowMapping]:
    params = {"after": after, "limit": limit, "type": facility_type}
    return list(session.execute(_PAGE, params).mappings())


def named(session: Session, typed: str, *, limit: int) -> list[RowMapping]:
    """Facilities in whose name, reading or code every word is found."""
    where, params = every_word(typed, _NAMED)
    statement = text(f"{_FACILITIES} where {where} order by f.facility_code limit :limit")
    return list(session.execute(statement, params | {"limit": limit}).mappings())


def read(session: Session, facility_id: UUID) -> RowMapping | None:
    return session.execute(_ONE, {"id": facility_id}).mappings().first()


def by_code(session: Session, facility_code: str) -> Facility | None:
    return session.exec(select(Facility).where(Facility.facility_code == facility_code)).first()


def locked(session: Session, facility_id: UUID) -> Facility | None:
    return session.get(Facility, facility_id, with_for_update=True)
