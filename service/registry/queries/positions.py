"""The register of positions: cards, pages and places as rows; changes as table objects."""

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, select

from service.registry.models import Location, Position
from service.registry.queries.partial_dates import as_json
from service.registry.queries.position_conditions import KIND, NARROW, Conditions, where_of
from service.registry.queries.position_order import SORTS, Order
from service.registry.queries.search import TODAY, folded

# LATERAL: PostgreSQL misjudges how few installations hold on one day and would read them all.
_PRESENT = f"""
  left join lateral (select i.device_id from installation i
    where i.position_id = p.id and i.period @> {TODAY} limit 1) i on true
  left join device d on d.id = i.device_id
  left join device_model m on m.id = d.model_id
"""  # noqa: S608  # constants only
_CARD = text(
    f"""
    select p.id, p.position_code, p.name, p.unit_no, p.facility_id, f.facility_code,
      f.name as facility_name, f.facility_type, l.path as location, p.parent_id,
      parent.name as parent_name, c.class_code, c.major as class_major, c.middle as class_middle,
      c.minor as class_minor, c.standard_life_years, c.target_life_years,
      c.verified as class_verified, p.criticality, p.redundancy, p.impact_score,
      p.health, p.health_judged_on,
      p.status, p.note, f.no_signal_note, f.hazard_note, p.version,
      coalesce(p.custom, jsonb_build_object()) as custom,
      case when d.id is not null then jsonb_build_object(
        'id', d.id, 'asset_code', d.asset_code, 'maker', m.manufacturer, 'model_id', m.id,
        'model_no', m.model_no,
        'serial_no', d.serial_no, 'spec', d.spec, 'spec_raw', d.spec_raw,
        'acquired_cost_yen', d.acquired_cost_yen,
        'life_years',
          coalesce(d.life_override_years, c.target_life_years, c.standard_life_years),
        'age_years', round(({TODAY} - coalesce(d.overhauled_on, d.installed_from
          + (d.installed_to - d.installed_from) / 2))::numeric / 365.25, 1),
        'overhauled_on', d.overhauled_on,
        'installed', {as_json("installed")}, 'manufactured', {as_json("manufactured")}
      ) end as device
    from position p
    join facility f on f.id = p.facility_id
    join equipment_class c on c.id = p.class_id
    left join location l on l.id = p.location_id
    left join position parent on parent.id = p.parent_id
    {_PRESENT}
    where p.id = :id
    """  # noqa: S608  # constants only
)
_SEARCHED = f"position p {KIND}"
_PAGE = f"""
    with page as materialized (
      select p.id, {{key}} as sort_key from {_SEARCHED} {{joined}}
      where {{where}} and {{beyond}} limit :limit)
    select page.sort_key::text as sort_key,
      p.id, p.position_code, p.name, p.unit_no, p.facility_id, f.facility_code,
      f.name as facility_name, l.path as location, c.class_code, c.minor as class_minor,
      p.criticality, p.status, p.health, d.asset_code, m.manufacturer as maker, m.model_no,
      {as_json("installed")} as installed, p.version,
      array(select distinct name from unnest(p.legacy_codes || p.alias_names) name order by name)
        as other_names, coalesce(p.custom, jsonb_build_object()) as custom,
      coalesce(d.custom, jsonb_build_object()) as device_custom
    from page join position p on p.id = page.id
    join facility f on f.id = p.facility_id
    join equipment_class c on c.id = p.class_id
    left join location l on l.id = p.location_id
    {_PRESENT}
    order by {{order}}
"""  # noqa: S608
_FORWARD = "p.position_code > :key order by p.position_code"
_BACKWARD = "p.position_code < :key order by p.position_code desc"
_PLACES = text(
    """
    select coalesce(l.path, '') as path, count(*) as count,
      count(*) filter (where p.health <= 2 and p.status = 'in_use') as weak_count
    from position p left join location l on l.id = p.location_id
    where p.facility_id = :id group by 1 order by 1
    """
)
_AT_PLACES = text(
    """
    select coalesce(l.path, '') as path, p.id, p.position_code, p.name, c.minor as class_minor,
      p.health, p.status
    from position p join equipment_class c on c.id = p.class_id
    left join location l on l.id = p.location_id
    where p.facility_id = :id and coalesce(l.path, '') = any (:paths)
    order by 1, p.position_code
    """
)


def card(session: Session, position_id: UUID) -> RowMapping | None:
    return session.execute(_CARD, {"id": position_id}).mappings().first()


def page(session: Session, conditions: Conditions, *, after: str, limit: int) -> list[RowMapping]:
    return _page(session, conditions, _FORWARD, after, limit)


def page_before(
    session: Session, conditions: Conditions, *, before: str, limit: int
) -> list[RowMapping]:
    """The last rows before a code, in the order of the register like any other page."""
    return _page(session, conditions, _BACKWARD, before, limit)


def _page(
    session: Session, conditions: Conditions, beyond: str, key: str, limit: int
) -> list[RowMapping]:
    where, params = where_of(session, conditions)
    code = "p.position_code"
    params |= {"key": key, "limit": limit}
    return _picked(session, params, where=where, beyond=beyond, key=code, order=code)


def sorted_page(
    session: Session,
    conditions: Conditions,
    sort: str,
    *,
    after: tuple[str, str] | None,
    limit: int,
) -> list[RowMapping]:
    """``sort`` is one of `SORTS`, falling with a minus; ``after`` is a row's sort key and code.

    Rows that have no sort key ('') come last.
    """
    by = SORTS[sort.removeprefix("-")]
    where, params = where_of(session, conditions)
    rows: list[RowMapping] = []
    is_in_order = after is None or bool(after[0])
    if is_in_order:
        narrow = NARROW & {name for name, value in conditions.items() if value}
        by = by._replace(join=by.walk) if by.walk and not narrow else by
        rows = _in_order(session, by, sort[0] == "-", after, (where, params | {"limit": limit}))
    if by.unknown and len(rows) < limit:
        where = f"{where} and {by.unknown}"
        code = "" if is_in_order or after is None else after[1]
        params |= {"key": code, "limit": limit - len(rows)}
        rows += _picked(
            session, params, where=where, beyond=_FORWARD, key="''", order="p.position_code"
        )
    return rows


def _in_order(
    session: Session,
    by: Order,
    falling: bool,  # noqa: FBT001
    after: tuple[str, str] | None,
    wanted: tuple[str, dict[str, Any]],
) -> list[RowMapping]:
    where, params = wanted
    direction, sign = ("desc", "<") if falling else ("asc", ">")
    beyond = f"{by.key} is not null"
    if after is not None:
        beyond = f"({by.key}, p.position_code) {sign} (cast(:sorted as {by.kind}), :key)"
        params |= {"sorted": after[0], "key": after[1]}
    ordered = f"{beyond} order by {by.key} {direction}, p.position_code {direction}"
    order = f"page.sort_key {direction}, p.position_code {direction}"
    return _picked(
        session, params, where=where, beyond=ordered, joined=by.join, key=by.key, order=order
    )


def _picked(
    session: Session, params: dict[str, Any], *, joined: str = "", **parts: str
) -> list[RowMapping]:
    statement = text(_PAGE.format(joined=joined, **parts))
    return list(session.execute(statement, params).mappings())


def places(session: Session, facility_id: UUID) -> list[RowMapping]:
    """The places of a facility from the top down, with how much stands there in which health."""
    return list(session.execute(_PLACES, {"id": facility_id}).mappings())


def at_places(session: Session, facility_id: UUID, paths: list[str]) -> list[RowMapping]:
    params = {"id": facility_id, "paths": paths}
    return list(session.execute(_AT_PLACES, params).mappings())


def locked(session: Session, position_id: UUID) -> Position | None:
    return session.get(Position, position_id, with_for_update=True)


def by_code(session: Session, position_code: str) -> Position | None:
    return session.exec(select(Position).where(Position.position_code == position_code)).first()


def location_of(session: Session, facility_id: UUID, location_code: str) -> Location | None:
    statement = select(Location).where(
        Location.facility_id == facility_id, Location.location_code == location_code
    )
    return session.exec(statement).first()


def get(session: Session, position_id: UUID) -> Position | None:
    return session.get(Position, position_id)


_ALIKE = text("select gesuibo.names_alike(:typed, :limit)")


def alike(session: Session, typed: str, *, limit: int = 5) -> list[str]:
    """Names that are written nearly as ``typed``, the nearest first."""
    params = {"typed": folded(typed), "limit": limit}
    return list(session.execute(_ALIKE, params).scalars())
