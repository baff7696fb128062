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


_LOCATED = text(
    "select id, name, st_x(geom) as lon, st_y(geom) as lat from facility"
    " where geom is not null and status <> 'abolished' order by facility_code"
)
_EVERYWHERE = text(
    "select id, facility_code, name, st_x(geom) as lon, st_y(geom) as lat from facility"
    " order by facility_code"
)
_CONDITION = text(
    """
    select count(*) filter (where p.status = 'in_use') as in_use,
      count(*) filter (where p.status = 'suspended') as suspended,
      count(*) filter (where p.status = 'abolished') as abolished,
      count(*) filter (where p.status = 'in_use' and p.health <= 2) as weak,
      count(*) filter (where p.status = 'in_use' and p.health is null) as unjudged,
      count(*) filter (where p.status = 'in_use' and now.begun is not null
        and now.begun + make_interval(years => now.life) < gesuibo.day()) as past_life
    from position p
    left join lateral (
      select coalesce(d.overhauled_on, d.installed_to) as begun,
        coalesce(d.life_override_years, c.standard_life_years) as life
      from installation i join device d on d.id = i.device_id
      join equipment_class c on c.id = p.class_id
      where i.position_id = p.id and i.period @> gesuibo.day() limit 1) now on true
    where p.facility_id = :id
    """
)


def located(session: Session) -> list[RowMapping]:
    """Every facility with a known place, as far as one may see it."""
    return list(session.execute(_LOCATED).mappings())


def everywhere(session: Session) -> list[RowMapping]:
    """Every facility as far as one may see it; ``lon`` and ``lat`` are None where unknown."""
    return list(session.execute(_EVERYWHERE).mappings())


def condition(session: Session, facility_id: UUID) -> RowMapping:
    """How many positions are in which state, weak, or past their standard life."""
    return session.execute(_CONDITION, {"id": facility_id}).mappings().one()


def by_code(session: Session, facility_code: str) -> Facility | None:
    return session.exec(select(Facility).where(Facility.facility_code == facility_code)).first()


def locked(session: Session, facility_id: UUID) -> Facility | None:
    return session.get(Facility, facility_id, with_for_update=True)
