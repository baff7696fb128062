from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid
from sqlmodel import Session, col, select

from service.core.identity import new_id
from service.core.paging import decode_cursor, encode_cursor
from service.core.reading import Read, driver_sql
from service.faults.domain import OPEN_STATES
from service.tags.domain import TagState
from service.tags.models import QrTag, TagAssignment

_OPEN = ", ".join(f"'{state.value}'" for state in sorted(OPEN_STATES))
_TODAY = "(now() at time zone 'Asia/Tokyo')::date"

# What a phone is told of a piece of equipment; one statement, ready to be sent as it is.
_EQUIPMENT = f"""
  json_build_object(
    'tag', case when t.id is null then null else json_build_object(
      'id', t.id, 'code', t.tag_code, 'state', t.state, 'superseded_by', t.superseded_by) end,
    'position', json_build_object(
      'id', p.id, 'code', p.position_code, 'name', p.name, 'unit_no', p.unit_no,
      'status', p.status, 'criticality', p.criticality, 'redundancy', p.redundancy,
      'health', p.health, 'health_judged_on', p.health_judged_on, 'note', p.note,
      'location', l.path, 'version', p.version),
    'facility', json_build_object(
      'id', f.id, 'code', f.facility_code, 'name', f.name, 'address', f.address,
      'hazard_note', f.hazard_note, 'no_signal_note', f.no_signal_note),
    'equipment_class', json_build_object(
      'code', c.class_code, 'major', c.major, 'middle', c.middle, 'minor', c.minor),
    'symptom_set', c.symptom_set,
    'device', case when d.id is null then null else json_build_object(
      'id', d.id, 'asset_code', d.asset_code, 'serial_no', d.serial_no,
      'manufacturer', m.manufacturer, 'model_no', m.model_no,
      'installed_from', d.installed_from, 'installed_to', d.installed_to,
      'installed_precision', d.installed_precision, 'installed_raw', d.installed_raw,
      'in_place_since', lower(i.period), 'spec', d.spec, 'spec_raw', d.spec_raw) end,
    'open_cases', coalesce((
      select json_agg(json_build_object(
        'id', k.id, 'case_no', k.case_no, 'state', k.state, 'symptoms', k.symptoms,
        'summary', k.summary, 'occurred_at', k.occurred_at,
        'occurred_precision', k.occurred_precision, 'temporary_fix', k.temporary_fix)
        order by k.occurred_at desc)
      from fault_case k where k.position_id = p.id and k.state in ({_OPEN})), '[]'))::text as body
"""  # noqa: S608  # only the enum's words are put in
_FROM_POSITION = f"""
  join facility f on f.id = p.facility_id
  join equipment_class c on c.id = p.class_id
  left join location l on l.id = p.location_id
  left join installation i on i.position_id = p.id and i.period @> {_TODAY}
  left join device d on d.id = i.device_id
  left join device_model m on m.id = d.model_id
"""
# A tag that is out of use still leads to its position while another one carries on there.
_TAG = """
  select t.id, t.tag_code, t.state, t.position_id,
         case when t.state <> 'in_use' then (
           select s.tag_code from qr_tag s
           where s.position_id = t.position_id and s.state = 'in_use'
           order by s.created_at desc limit 1) end as superseded_by
  from qr_tag t where t.tag_code = :code
"""
_RESOLVES = "t.position_id is not null and (t.state <> 'retired' or t.superseded_by is not null)"

_BY_TAG = text(f"""
  select {_EQUIPMENT}
  from ({_TAG}) t join position p on p.id = t.position_id {_FROM_POSITION}
  where {_RESOLVES}
""")  # noqa: S608  # only the fragments above are put in
_BY_TAG_SQL = driver_sql(_BY_TAG)
_BY_POSITION = text(f"""
  select {_EQUIPMENT}
  from position p
  left join lateral (
    select s.id, s.tag_code, s.state, null as superseded_by from qr_tag s
    where s.position_id = p.id and s.state = 'in_use' order by s.created_at desc limit 1) t on true
  {_FROM_POSITION}
  where p.id = :position_id
""")  # noqa: S608  # only the fragments above are put in
_PUBLIC = text(f"""
  select t.tag_code, t.superseded_by, p.name as position_name, p.unit_no, f.name as facility_name
  from ({_TAG}) t join position p on p.id = t.position_id join facility f on f.id = p.facility_id
  where {_RESOLVES}
""")  # noqa: S608  # only the fragments above are put in
_HISTORY = text("""
  select i.kind, lower(i.period) as since, upper(i.period) as until, i.starts_estimated,
         i.work_ref, d.asset_code, d.serial_no, m.manufacturer, m.model_no
  from installation i join device d on d.id = i.device_id
  left join device_model m on m.id = d.model_id
  where i.position_id = :position_id
  order by lower(i.period) desc nulls last limit :limit
""")
_UNTAGGED = text("""
  select p.id, p.facility_id from position p
  where p.status <> 'abolished'
    and (cast(:facility_id as uuid) is null or p.facility_id = :facility_id)
    and (select count(*) from qr_tag t where t.position_id = p.id and t.state = 'in_use') < :wanted
  order by p.facility_id, p.position_code
""")
_MINT = text("""
  with fresh as (
    insert into qr_tag (id, tag_code, position_id, facility_id, state, created_by, updated_by)
    select g.id, g.code, g.position_id, g.facility_id, 'in_use', :by_id, :by_id
    from unnest(:ids, :codes, :position_ids, :facility_ids)
      as g (id, code, position_id, facility_id)
    on conflict (tag_code) do nothing
    returning id, position_id)
  insert into tag_assignment (id, tag_id, position_id, period, created_by)
  select a.id, fresh.id, fresh.position_id, daterange(:today, null), :by_id
  from fresh join unnest(:ids, :assignment_ids) as a (tag_id, id) on a.tag_id = fresh.id
  returning position_id
""").bindparams(
    *(bindparam(name, type_=ARRAY(Uuid)) for name in ("ids", "position_ids", "facility_ids")),
    bindparam("assignment_ids", type_=ARRAY(Uuid)),
    bindparam("codes", type_=ARRAY(Text)),
    bindparam("by_id", type_=Uuid),
)
_FACILITY = text("select id, facility_code, name from facility where facility_code = :code")
_FACILITIES = text("select facility_code, name from facility order by facility_code")
_PLACE = text("select id, facility_id, position_code, name from position where id = :position_id")
_ASSIGN = text("""
  insert into tag_assignment (id, tag_id, position_id, period, created_by)
  values (:id, :tag_id, :position_id, daterange(:today, null), :by_id)
""").bindparams(bindparam("by_id", type_=Uuid))
_END = text("""
  update tag_assignment
  set period = daterange(lower(period), greatest(cast(:today as date), lower(period) + 1))
  where tag_id = :tag_id and upper_inf(period)
""")
_SHEET = text("""
  select t.tag_code, p.position_code, p.name as position_name, p.unit_no, f.name as facility_name,
         f.facility_code, l.path as location, p.id as position_id
  from qr_tag t join position p on p.id = t.position_id join facility f on f.id = p.facility_id
  left join location l on l.id = p.location_id
  where t.state = 'in_use'
    and (cast(:facility_code as text) is null or f.facility_code = :facility_code)
    and (p.position_code, t.tag_code) > (cast(:after_position as text), cast(:after_tag as text))
  order by p.position_code, t.tag_code limit :limit
""")


@dataclass(frozen=True)
class PublicPlace:
    """All that somebody without an account may know: what this is, for the telephone."""

    tag_code: str
    superseded_by: str | None
    position_name: str
    unit_no: str | None
    facility_name: str


@dataclass(frozen=True)
class Minted:
    """Tags that are to be; each lies at the same place in all lists."""

    ids: Sequence[UUID]
    assignment_ids: Sequence[UUID]
    codes: Sequence[str]
    position_ids: Sequence[UUID]
    facility_ids: Sequence[UUID]


def equipment_by_tag(session: Session, code: str) -> str | None:
    """JSON text of what the actor may see behind the tag."""
    body: str | None = session.execute(_BY_TAG, {"code": code}).scalar()
    return body


def reading_equipment_by_tag(code: str) -> Read:
    return Read(_BY_TAG_SQL, {"code": code})


def equipment_by_position(session: Session, position_id: UUID) -> str | None:
    body: str | None = session.execute(_BY_POSITION, {"position_id": position_id}).scalar()
    return body


def public_place(session: Session, code: str) -> PublicPlace | None:
    row = session.execute(_PUBLIC, {"code": code}).mappings().first()
    return None if row is None else PublicPlace(**row)


def history(session: Session, position_id: UUID, *, limit: int = 5) -> list[Any]:
    return list(session.execute(_HISTORY, {"position_id": position_id, "limit": limit}))


def untagged(session: Session, facility_id: UUID | None, *, wanted: int = 1) -> list[Any]:
    """Positions that have fewer tags in use than wanted."""
    return list(session.execute(_UNTAGGED, {"facility_id": facility_id, "wanted": wanted}))


def insert_minted(
    session: Session, minted: Minted, *, today: date, by_id: UUID | None
) -> set[UUID]:
    """The positions that got their tag; the others met a code that exists."""
    values = vars(minted) | {"today": today, "by_id": by_id}
    return {row.position_id for row in session.execute(_MINT, values)}


def facility_by_code(session: Session, code: str) -> Any:
    return session.execute(_FACILITY, {"code": code}).first()


def facilities(session: Session) -> list[Any]:
    return list(session.execute(_FACILITIES))


def place(session: Session, position_id: UUID) -> Any:
    return session.execute(_PLACE, {"position_id": position_id}).first()


def tag(session: Session, code: str, *, for_change: bool = False) -> QrTag | None:
    statement = select(QrTag).where(QrTag.tag_code == code)
    return session.exec(statement.with_for_update() if for_change else statement).first()


def tags_of(session: Session, position_id: UUID) -> list[QrTag]:
    statement = (
        select(QrTag)
        .where(QrTag.position_id == position_id)
        .order_by(col(QrTag.state) != TagState.IN_USE.value, col(QrTag.created_at).desc())
    )
    return list(session.exec(statement))


def assignments_of(session: Session, tag_id: UUID) -> list[TagAssignment]:
    statement = select(TagAssignment).where(TagAssignment.tag_id == tag_id)
    return list(session.exec(statement.order_by(col(TagAssignment.period))))


def assign(
    session: Session, tag_id: UUID, position_id: UUID, *, today: date, by_id: UUID | None
) -> None:
    values = {"id": new_id(), "tag_id": tag_id, "position_id": position_id}
    session.execute(_ASSIGN, values | {"today": today, "by_id": by_id})


def end_assignment(session: Session, tag_id: UUID, *, today: date) -> None:
    """A tag counts for its last day, so that the day of its making is never lost."""
    session.execute(_END, {"tag_id": tag_id, "today": today})


def sheet(
    session: Session,
    *,
    facility_code: str | None,
    after: tuple[str, str] = ("", ""),
    limit: int,
) -> list[Any]:
    """Tags in use in the order of their positions."""
    values = {"facility_code": facility_code, "limit": limit}
    return list(
        session.execute(_SHEET, values | {"after_position": after[0], "after_tag": after[1]})
    )


def sheet_cursor(row: Any) -> str:
    return encode_cursor(row.position_code, row.tag_code)


def sheet_key(cursor: str | None) -> tuple[str, str]:
    if cursor is None:
        return "", ""
    position_code, tag_code = decode_cursor(cursor, 2)
    return position_code, tag_code
