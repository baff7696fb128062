"""All SQL of the registry: lists and cards as rows, changes as table objects."""

import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from service.registry.models import (
    Device,
    DeviceModel,
    EquipmentClass,
    Facility,
    Installation,
    Position,
)
from service.registry.schemas import PositionFilter

_TODAY = "(now() at time zone 'Asia/Tokyo')::date"
# LATERAL: PostgreSQL misjudges how few installations hold on one day and would read them all.
_PRESENT = f"""
  left join lateral (select i.device_id from installation i
    where i.position_id = p.id and i.period @> {_TODAY} limit 1) i on true
  left join device d on d.id = i.device_id
  left join device_model m on m.id = d.model_id
"""  # noqa: S608  # constants only
_CARD = text(
    f"""
    select p.id, p.position_code, p.name, p.unit_no, p.facility_id, f.facility_code,
      f.name as facility_name, f.facility_type, l.path as location, p.parent_id,
      parent.name as parent_name, c.class_code, c.major as class_major, c.middle as class_middle,
      c.minor as class_minor, c.standard_life_years, c.target_life_years,
      c.verified as class_verified, p.criticality, p.redundancy, p.health, p.health_judged_on,
      p.status, p.note, f.no_signal_note, f.hazard_note, p.version,
      case when d.id is not null then jsonb_build_object(
        'id', d.id, 'asset_code', d.asset_code, 'maker', m.manufacturer, 'model_no', m.model_no,
        'serial_no', d.serial_no, 'spec', d.spec, 'spec_raw', d.spec_raw,
        'acquired_cost_yen', d.acquired_cost_yen,
        'life_years',
          coalesce(d.life_override_years, c.target_life_years, c.standard_life_years),
        'age_years', round(({_TODAY} - d.installed_from
          - (d.installed_to - d.installed_from) / 2)::numeric / 365.25, 1),
        'installed', case when d.installed_precision is not null then jsonb_build_object(
          'start', d.installed_from, 'end', d.installed_to,
          'precision', d.installed_precision, 'raw', coalesce(d.installed_raw, '')) end,
        'manufactured', case when d.manufactured_precision is not null then jsonb_build_object(
          'start', d.manufactured_from, 'end', d.manufactured_to,
          'precision', d.manufactured_precision, 'raw', coalesce(d.manufactured_raw, '')) end
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
_SEARCHED = """position p join facility f on f.id = p.facility_id
  join equipment_class c on c.id = p.class_id"""
_PAGE = f"""
    with page as materialized (
      select p.id from {_SEARCHED}
      where {{where}} and p.position_code > :after order by p.position_code limit :limit)
    select p.id, p.position_code, p.name, p.unit_no, p.facility_id, f.facility_code,
      f.name as facility_name, l.path as location, c.class_code, c.minor as class_minor,
      p.criticality, p.status, p.health, d.asset_code, m.manufacturer as maker, m.model_no,
      d.installed_raw, p.version
    from page join position p on p.id = page.id
    join facility f on f.id = p.facility_id
    join equipment_class c on c.id = p.class_id
    left join location l on l.id = p.location_id
    {_PRESENT}
    order by p.position_code
"""  # noqa: S608
_BY_FACILITY = """
    p.facility_id in (select id from facility
      where lower(normalize(name, NFKC)) like :{word} or lower(facility_code) like :{word})
"""
_BY_DEVICE = f"""
    p.id in (select i.position_id from installation i join device d on d.id = i.device_id
      left join device_model m on m.id = d.model_id
      where i.period @> {_TODAY}
        and (d.search_text like :{{word}} or lower(m.model_no) like :{{word}}))
"""  # noqa: S608
_INSTALLATIONS = """
    select i.id, i.position_id, p.position_code, p.name as position_name,
      f.name as facility_name, i.device_id, d.asset_code, d.serial_no,
      m.manufacturer as maker, m.model_no, lower(i.period) as starts_on,
      upper(i.period) as ends_on, i.starts_estimated, i.kind, i.work_ref, d.retired_reason
    from installation i
    join position p on p.id = i.position_id
    join facility f on f.id = i.facility_id
    join device d on d.id = i.device_id
    left join device_model m on m.id = d.model_id
"""
_NEWEST_FIRST = " order by lower(i.period) desc nulls last"
_OF_POSITION = text(_INSTALLATIONS + " where i.position_id = :id" + _NEWEST_FIRST)
_OF_DEVICE = text(_INSTALLATIONS + " where i.device_id = :id" + _NEWEST_FIRST)
_DEVICE = text(
    """
    select d.id, d.asset_code, c.class_code, c.minor as class_minor, m.manufacturer as maker,
      m.model_no, d.serial_no, d.spec, d.spec_raw, d.installed_raw, d.manufactured_raw,
      d.acquired_cost_yen, d.retired_on, d.retired_reason, d.quality_flags, d.version
    from device d join equipment_class c on c.id = d.class_id
    left join device_model m on m.id = d.model_id
    where d.id = :id
    """
)
_FACILITIES = """
    select f.id, f.facility_code, f.name, f.facility_type, f.drainage_type, f.treatment_district,
      f.address, st_x(f.geom) as lon, st_y(f.geom) as lat, f.no_signal_note, f.hazard_note,
      f.status, f.version,
      (select count(*) from position p where p.facility_id = f.id) as position_count,
      (select count(*) from fault_case k where k.facility_id = f.id
         and k.state not in ('closed', 'merged', 'dismissed')) as open_case_count
    from facility f
"""
_FACILITY_LIST = text(
    _FACILITIES
    + """ where f.facility_code > :after
        and (cast(:type as text) is null or f.facility_type = :type)
      order by f.facility_code limit :limit"""
)
_FACILITY = text(_FACILITIES + " where f.id = :id")
_OVERLAPPING = text(
    _INSTALLATIONS
    + """ where (i.position_id = :position_id or i.device_id = :device_id)
        and i.period && daterange(:starts_on, null) order by lower(i.period) limit 1"""
)
_CONDITIONS = {
    "facility": "f.facility_code = :facility",
    "facility_type": "f.facility_type = :facility_type",
    "class_code": "c.class_code = :class_code",
    "middle": "c.middle = :middle",
    "criticality": "p.criticality = :criticality",
    "status": "p.status = :status",
    "health": "p.health = :health",
}
_FACETS = {
    "facility": ("f.facility_code", "f.name"),
    "middle": ("c.middle", "c.middle"),
    "criticality": ("p.criticality", "p.criticality"),
    "health": ("p.health::text", "p.health::text"),
    "status": ("p.status", "p.status"),
}


def search_words(typed: str) -> list[str]:
    """The words of a search box, folded as the generated ``search_text`` columns are."""
    return unicodedata.normalize("NFKC", typed).lower().split()[:8]


def _like(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _where(conditions: PositionFilter) -> tuple[str, dict[str, Any]]:
    """Every word must be found in the position, its facility or the device in place."""
    given = conditions.model_dump(exclude_none=True, exclude={"q"})
    clauses = [_CONDITIONS[name] for name in given]
    params: dict[str, Any] = dict(given)
    for number, word in enumerate(search_words(conditions.q or "")):
        clauses.append(
            f"(p.search_text like :w{number} or {_BY_FACILITY.format(word=f'w{number}')}"
            f" or {_BY_DEVICE.format(word=f'w{number}')})"
        )
        params[f"w{number}"] = _like(word)
    return " and ".join(["true", *clauses]), params


def card(session: Session, position_id: UUID) -> RowMapping | None:
    return session.execute(_CARD, {"id": position_id}).mappings().first()


def positions(
    session: Session, conditions: PositionFilter, *, after: str, limit: int
) -> list[RowMapping]:
    where, params = _where(conditions)
    statement = text(_PAGE.format(where=where))
    rows = session.execute(statement, params | {"after": after, "limit": limit})
    return list(rows.mappings())


def facets(session: Session, conditions: PositionFilter) -> dict[str, list[Mapping[str, Any]]]:
    """For each filter: its values under the other conditions, with counts.

    Filters that nobody has chosen share their conditions, so one pass counts them all.
    """
    chosen = [name for name in _FACETS if getattr(conditions, name) is not None]
    found = _count_facets(session, conditions, [n for n in _FACETS if n not in chosen])
    for name in chosen:
        others = conditions.model_copy(update={name: None})
        found |= _count_facets(session, others, [name])
    return found


def _count_facets(
    session: Session, conditions: PositionFilter, names: list[str]
) -> dict[str, list[Mapping[str, Any]]]:
    if not names:
        return {}
    where, params = _where(conditions)
    values = ", ".join(f"{_FACETS[name][0]} as {name}_value" for name in names)
    sets = ", ".join(f"({name}_value)" for name in names)
    labels = ", ".join(f"min({name}_label) as {name}_label" for name in names)
    sources = ", ".join(f"{_FACETS[name][1]} as {name}_label" for name in names)
    which = " ".join(f"when {name}_value is not null then '{name}'" for name in names)
    statement = text(
        f"with base as materialized (select {values}, {sources} from {_SEARCHED} where {where})"  # noqa: S608
        f" select case {which} end as name,"
        f" coalesce({', '.join(f'{name}_value' for name in names)}) as value, {labels},"
        f" count(*) as count from base group by grouping sets ({sets})"
    )
    found: dict[str, list[Mapping[str, Any]]] = {name: [] for name in names}
    for row in session.execute(statement, params).mappings():
        if row["name"] is not None:
            found[row["name"]].append({**row, "label": row[f"{row['name']}_label"]})
    for rows in found.values():
        rows.sort(key=lambda row: str(row["value"]))
    return found


def installations_of_position(session: Session, position_id: UUID) -> list[RowMapping]:
    return list(session.execute(_OF_POSITION, {"id": position_id}).mappings())


def installations_of_device(session: Session, device_id: UUID) -> list[RowMapping]:
    return list(session.execute(_OF_DEVICE, {"id": device_id}).mappings())


def overlapping(
    session: Session, *, position_id: UUID, device_id: UUID, starts_on: Any
) -> RowMapping | None:
    params = {"position_id": position_id, "device_id": device_id, "starts_on": starts_on}
    return session.execute(_OVERLAPPING, params).mappings().first()


def device_read(session: Session, device_id: UUID) -> RowMapping | None:
    return session.execute(_DEVICE, {"id": device_id}).mappings().first()


def devices(session: Session, word: str, *, limit: int) -> list[RowMapping]:
    statement = text(
        _DEVICE.text.replace("where d.id = :id", "where d.search_text like :word")
        + " order by d.asset_code limit :limit"
    )
    return list(session.execute(statement, {"word": _like(word), "limit": limit}).mappings())


def facilities(
    session: Session, *, after: str, limit: int, facility_type: str | None = None
) -> list[RowMapping]:
    params = {"after": after, "limit": limit, "type": facility_type}
    return list(session.execute(_FACILITY_LIST, params).mappings())


def facilities_named(session: Session, word: str, *, limit: int) -> list[RowMapping]:
    statement = text(
        _FACILITIES
        + " where lower(normalize(f.name, NFKC)) like :word or lower(f.facility_code) like :word"
        " order by f.facility_code limit :limit"
    )
    return list(session.execute(statement, {"word": _like(word), "limit": limit}).mappings())


def facility_read(session: Session, facility_id: UUID) -> RowMapping | None:
    return session.execute(_FACILITY, {"id": facility_id}).mappings().first()


def tree(session: Session, facility_id: UUID) -> list[RowMapping]:
    """Positions of a facility in the order of their places."""
    statement = text(
        """
        select coalesce(l.path, '') as path, p.id, p.position_code, p.name, c.minor as class_minor,
          p.health, p.status, p.parent_id
        from position p join equipment_class c on c.id = p.class_id
        left join location l on l.id = p.location_id
        where p.facility_id = :id order by coalesce(l.path, ''), p.position_code
        """
    )
    return list(session.execute(statement, {"id": facility_id}).mappings())


def classes(session: Session) -> list[EquipmentClass]:
    return list(session.exec(select(EquipmentClass).order_by(col(EquipmentClass.class_code))))


def class_by_code(session: Session, class_code: str) -> EquipmentClass | None:
    statement = select(EquipmentClass).where(EquipmentClass.class_code == class_code)
    return session.exec(statement).first()


def facility_by_code(session: Session, facility_code: str) -> Facility | None:
    return session.exec(select(Facility).where(Facility.facility_code == facility_code)).first()


def facility(session: Session, facility_id: UUID) -> Facility | None:
    return session.get(Facility, facility_id, with_for_update=True)


def position(session: Session, position_id: UUID) -> Position | None:
    return session.get(Position, position_id, with_for_update=True)


def device(session: Session, device_id: UUID) -> Device | None:
    return session.get(Device, device_id, with_for_update=True)


def model_of(session: Session, maker: str | None, model_no: str) -> DeviceModel | None:
    statement = select(DeviceModel).where(
        col(DeviceModel.manufacturer).is_not_distinct_from(maker), DeviceModel.model_no == model_no
    )
    return session.exec(statement).first()


def present_installation(session: Session, position_id: UUID) -> Installation | None:
    """The installation without an end, which a removal or replacement closes."""
    statement = (
        select(Installation)
        .where(Installation.position_id == position_id)
        .where(text("upper_inf(period)"))
        .with_for_update()
    )
    return session.exec(statement).first()
