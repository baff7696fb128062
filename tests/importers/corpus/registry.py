"""What the registry holds after an import, as plain facts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from importers.values.makers import maker_key

Facts = dict[str, Any]

_EQUIPMENT = text("""
    select p.position_code as code, p.name, p.status, p.note, p.health, p.criticality, p.unit_no,
           f.facility_code as facility, c.class_code as "class", l.path as place,
           d.asset_code as asset, d.serial_no as serial, m.model_no as model,
           m.manufacturer as maker, m.manufacturer as maker_written,
           u.position_code as parent, d.acquired_cost_yen as cost, d.spec, d.spec_raw,
           d.installed_precision,
           d.installed_from || '/' || d.installed_to as installed,
           d.manufactured_from || '/' || d.manufactured_to as manufactured,
           upper(i.period) as removed,
           (select count(*) from position o where (o.facility_id, o.name)
               is not distinct from (p.facility_id, p.name)) as positions,
           (select count(*) from device o where o.serial_no = d.serial_no) as devices
    from position p
    join facility f on f.id = p.facility_id
    join equipment_class c on c.id = p.class_id
    left join location l on l.id = p.location_id
    left join position u on u.id = p.parent_id
    left join lateral (
        select * from installation i where i.position_id = p.id
        order by lower(i.period) desc nulls last limit 1
    ) i on true
    left join device d on d.id = i.device_id
    left join device_model m on m.id = d.model_id
    where p.id = :id
""")
_FACILITY = text("""
    select facility_code as code, name, facility_type, address, manhole_no,
           st_y(geom) as lat, st_x(geom) as lon, coord_crs, coord_raw
    from facility where id = :id
""")
_FAULT = text("""
    select k.case_no, k.summary, f.facility_code as facility, p.position_code as position,
           to_char(k.occurred_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD') as occurred_on,
           to_char(k.occurred_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') as occurred_at,
           (select r.body from case_report l join fault_report r on r.id = l.report_id
             where l.case_id = k.id limit 1) as body,
           (select r.reporter_name from case_report l join fault_report r on r.id = l.report_id
             where l.case_id = k.id limit 1) as reporter,
           (select cost_yen from response_record r where r.case_id = k.id limit 1) as cost
    from fault_case k
    left join facility f on f.id = k.facility_id
    left join position p on p.id = k.position_id
    where k.id = :id
""")
_INSPECTION = text("""
    select f.facility_code as facility, p.position_code as position, i.kind, i.result, i.health,
           i.inspected_from || '/' || i.inspected_to as inspected, i.inspector,
           i.next_due_on::text as due,
           (select (m ->> 'value')::float from jsonb_array_elements(i.items) m
             where m ->> 'item' = '電流') as current,
           (select (m ->> 'value')::float from jsonb_array_elements(i.items) m
             where m ->> 'item' = '絶縁抵抗') as insulation
    from inspection i join position p on p.id = i.position_id
    join facility f on f.id = i.facility_id where i.id = :id
""")
_PART = text("""
    select p.position_code as position, r.part_name as part, r.part_no, r.quantity,
           r.replaced_from || '/' || r.replaced_to as replaced, r.done_by, r.cost_yen as cost
    from part_replacement r join position p on p.id = r.position_id where r.id = :id
""")
_COMPANY = text("""
    select company_code as code, name, night_phone as phone, corporate_number
    from company where id = :id
""")
_PHOTO = text("""
    select p.position_code as position
    from attachment a left join position p on p.id = a.position_id where a.id = :id
""")


def _equipment(session: Session, record_id: UUID) -> Facts:
    facts = _one(session, _EQUIPMENT, record_id)
    spec = facts.pop("spec", None) or {}
    flow = spec.get("flow") or {}
    facts |= {name: spec.get(name) for name in _SPEC} | {"flow_m3_min": _per_minute(spec, flow)}
    facts["maker"] = maker_key(facts["maker"]) if facts.get("maker") else None
    facts["removed"] = f"{facts['removed']}/{facts['removed']}" if facts.get("removed") else None
    facts["numbers"] = f"{facts.get('code')} {facts.get('asset')}"
    return facts


_SPEC = (
    "bore_mm",
    "head_m",
    "power_kw",
    "voltage_v",
    "phase",
    "poles",
    "capacity_kva",
    "speed_min1",
)
_MINUTES = {"min": 1.0, "h": 60.0, "s": 1 / 60, "d": 1440.0}


def _per_minute(spec: Facts, flow: Facts) -> float | None:
    if not flow:
        return spec.get("flow_m3_min")
    volume, _, time = str(flow["unit"]).partition("/")
    cubic = {"m3": 1.0, "L": 0.001, "l": 0.001}.get(volume)
    return flow["value"] * cubic / _MINUTES[time] if cubic and time in _MINUTES else None


def _one(session: Session, statement: Any, record_id: UUID) -> Facts:
    found = session.execute(statement, {"id": record_id}).mappings().one_or_none()
    return dict(found) if found else {}


_READ: dict[str, Callable[[Session, UUID], Facts]] = {
    "equipment": _equipment,
    "facilities": lambda session, at: _one(session, _FACILITY, at),
    "faults": lambda session, at: _one(session, _FAULT, at),
    "inspections": lambda session, at: _one(session, _INSPECTION, at),
    "part_replacements": lambda session, at: _one(session, _PART, at),
    "companies": lambda session, at: _one(session, _COMPANY, at),
    "photos": lambda session, at: _one(session, _PHOTO, at),
}


def facts_of(session: Session, read_back: str, record_id: UUID | None) -> Facts:
    """Facts of the record that a row is about; none when there is no such record."""
    return _READ[read_back](session, record_id) if record_id else {}


_VERSIONS = text("""
    select id::text, version from facility union all select id::text, version from position
    union all select id::text, version from device
    union all select id::text, version from device_model
    union all select id::text, version from equipment_class
""")


def versions(session: Session) -> dict[str, int]:
    """Every record of the registry with its version."""
    rows = session.execute(_VERSIONS)
    return {row.id: row.version for row in rows}
