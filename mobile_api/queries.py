"""What phones ask beyond single pieces of equipment: own reports, facilities, what has changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

# A row becomes visible at commit but carries the time at which its transaction began.
OVERLAP = timedelta(minutes=10)

_CASES = """
  coalesce((
    select json_agg(json_build_object(
      'id', k.id, 'case_no', k.case_no, 'state', k.state, 'wait_reason', k.wait_reason,
      'urgency', k.urgency, 'temporary_fix', k.temporary_fix, 'closed_at', k.closed_at,
      'updated_at', k.updated_at) order by cr.linked_at)
    from case_report cr join fault_case k on k.id = cr.case_id where cr.report_id = r.id), '[]')
"""
_REPORTS = f"""
  select r.id, r.report_no, r.kind, place.position_id, place.position_name, place.facility_name,
         place.unregistered_desc, r.reporter_name, r.body, r.temporary_action, r.captured_at,
         r.received_at, r.after_contract, r.announced_photos,
         (select o.report_no from fault_report o where o.id = r.corrects_id) as corrects_report_no,
         (select count(*) from attachment a
          where a.report_id = r.id and a.sha256 = any(r.announced_photos)) as received_photos,
         {_CASES} as cases
  from fault_report r
  left join lateral (
    select k.position_id, p.name as position_name, f.name as facility_name, k.unregistered_desc
    from case_report cr join fault_case k on k.id = cr.case_id
    join facility f on f.id = k.facility_id left join position p on p.id = k.position_id
    where cr.report_id = r.id order by cr.linked_at limit 1) place on true
"""  # noqa: S608  # only the fragment above is put in
# A contractor's rows are its company's; staff find what they have typed in themselves.
_MINE = text(f"""
  {_REPORTS}
  where (cast(:company_id as uuid) is not null or r.reporter_id = :user_id)
    and (cast(:before as timestamptz) is null
         or (r.received_at, r.id) < (cast(:before as timestamptz), cast(:before_id as uuid)))
  order by r.received_at desc, r.id desc limit :limit
""")  # only the fragments above are put in
_REPORT = text(f"{_REPORTS} where r.id = :report_id")
_PHOTOS = text("""
  select wanted.sha256, a.id as attachment_id, a.id is not null as is_received
  from fault_report r cross join unnest(r.announced_photos) with ordinality wanted (sha256, n)
  left join attachment a on a.report_id = r.id and a.sha256 = wanted.sha256
  where r.id = :report_id order by wanted.n
""")
_RESPONSES = text("""
  select s.id, s.case_id, s.kind, s.action_code, s.description, s.actor_name,
         coalesce(s.ended_at, s.started_at, s.created_at) as at
  from response_record s join case_report cr on cr.case_id = s.case_id
  where cr.report_id = :report_id
    and not exists (select 1 from response_record later where later.supersedes_id = s.id)
  order by s.case_id, s.seq
""")
_FACILITIES = """
  select f.id, f.facility_code as code, f.name, f.facility_type, f.address, f.hazard_note,
         f.no_signal_note, ST_X(f.geom) as longitude, ST_Y(f.geom) as latitude, f.version,
         (select count(*) from position p
          where p.facility_id = f.id and p.status <> 'abolished') as positions
  from facility f
"""
_ALL_FACILITIES = text(f"{_FACILITIES} where f.status <> 'abolished' order by f.facility_code")
_FACILITY = text(f"{_FACILITIES} where f.id = :facility_id")
# The digest is of everything by which a phone could tell that a position or a tag is gone.
_PACK = text("""
  with place as (
    select p.position_code, coalesce(t.codes, '{}') as tags, d.asset_code,
      json_build_object(
        'id', p.id, 'code', p.position_code, 'name', p.name, 'unit_no', p.unit_no,
        'class_code', c.class_code, 'location', l.path, 'status', p.status, 'health', p.health,
        'tags', coalesce(t.codes, '{}'), 'asset_code', d.asset_code, 'model_no', m.model_no,
        'serial_no', d.serial_no) as told,
      cast(:since as timestamptz) is null
        or greatest(p.updated_at, l.updated_at, d.updated_at, i.created_at) > :since
        or exists (select 1 from installation j
                   where j.position_id = p.id and j.created_at > :since)
        or exists (select 1 from qr_tag q
                   where q.position_id = p.id and q.updated_at > :since) as is_new
    from position p
    join equipment_class c on c.id = p.class_id
    left join location l on l.id = p.location_id
    left join lateral (
      select array_agg(q.tag_code order by q.tag_code) as codes from qr_tag q
      where q.position_id = p.id and q.state <> 'retired') t on true
    left join installation i on i.position_id = p.id
      and i.period @> (now() at time zone 'Asia/Tokyo')::date
    left join device d on d.id = i.device_id
    left join device_model m on m.id = d.model_id
    where p.facility_id = :facility_id and p.status <> 'abolished'
  )
  select json_build_object(
    'classes', (
      select coalesce(json_agg(json_build_object(
        'code', c.class_code, 'minor', c.minor, 'symptom_set', c.symptom_set)
        order by c.class_code), '[]')
      from equipment_class c
      where c.id in (select class_id from position where facility_id = :facility_id)),
    'digest', encode(sha256(convert_to(coalesce(string_agg(
      concat_ws(' ', position_code, coalesce(asset_code, ''), array_to_string(tags, ' ')), chr(10)
      order by position_code collate "C"), ''), 'UTF8')), 'hex'),
    'open_cases', (
      select coalesce(json_agg(json_build_object(
        'id', k.id, 'case_no', k.case_no, 'code', p.position_code, 'state', k.state,
        'symptoms', k.symptoms) order by k.reported_at desc, k.id), '[]')
      from fault_case k join position p on p.id = k.position_id
      where k.facility_id = :facility_id and p.status <> 'abolished'
        and k.state not in ('closed', 'dismissed', 'merged')),
    'positions', coalesce(
      json_agg(told order by position_code) filter (where is_new), '[]'))
  from place
""")
# As on the page behind a tag: the nameplate before the whole, the newest of either.
_LIKENESSES = text("""
  select distinct on (p.id) p.position_code as code, a.id as attachment_id
  from attachment a join position p on p.id = a.position_id
  where p.facility_id = :facility_id and a.kind in ('nameplate', 'overview')
    and a.width_px is not null
  order by p.id, a.kind, a.received_at desc
""")
_IDS = text("""
  select (select id from position where position_code = :position_code),
         (select id from qr_tag where tag_code = :tag_code)
""")
_CHANGED_FACILITIES = text("""
  select id from facility where updated_at > :since
  union select facility_id from position where updated_at > :since
  union select facility_id from installation where created_at > :since
  union select i.facility_id from device d join installation i on i.device_id = d.id
        where d.updated_at > :since
  union select facility_id from qr_tag where updated_at > :since and facility_id is not null
  union select facility_id from fault_case where updated_at > :since
  order by 1
""")
_CHANGED_REPORTS = text("""
  select distinct cr.report_id
  from fault_case k join case_report cr on cr.case_id = k.id
  join fault_report r on r.id = cr.report_id
  where (cast(:company_id as uuid) is not null or r.reporter_id = :user_id)
    and (k.updated_at > :since
         or exists (select 1 from response_record s
                    where s.case_id = k.id and s.created_at > :since))
  order by 1
""")


def company_name(session: Session, company_id: UUID) -> str | None:
    statement = text("select name from company where id = :company_id")
    return session.execute(statement, {"company_id": company_id}).scalar()


def company_of(session: Session, user_id: UUID) -> UUID | None:
    statement = text("select company_id from user_account where id = :user_id")
    return session.execute(statement, {"user_id": user_id}).scalar()


def my_reports(
    session: Session,
    *,
    company_id: UUID | None,
    user_id: UUID | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Any]:
    """Newest first; ``before`` is the key of the last one seen."""
    moment, last_id = before or (None, None)
    values = {"company_id": company_id, "user_id": user_id, "limit": limit}
    rows = session.execute(_MINE, values | {"before": moment, "before_id": last_id})
    return rows.mappings().all()


def report(session: Session, report_id: UUID) -> Any:
    return session.execute(_REPORT, {"report_id": report_id}).mappings().first()


def photos(session: Session, report_id: UUID) -> Sequence[Any]:
    return session.execute(_PHOTOS, {"report_id": report_id}).mappings().all()


def responses(session: Session, report_id: UUID) -> Sequence[Any]:
    """The latest wording of each record of the report's cases."""
    return session.execute(_RESPONSES, {"report_id": report_id}).mappings().all()


def facilities(session: Session) -> Sequence[Any]:
    return session.execute(_ALL_FACILITIES).mappings().all()


def facility(session: Session, facility_id: UUID) -> Any:
    return session.execute(_FACILITY, {"facility_id": facility_id}).mappings().first()


def pack(session: Session, facility_id: UUID, since: datetime | None = None) -> dict[str, Any]:
    """Classes, open cases, positions (those changed ``since``) and the digest of all positions."""
    values = {"facility_id": facility_id, "since": since and since - OVERLAP}
    found: dict[str, Any] = session.execute(_PACK, values).scalar_one()
    return found


def likenesses(session: Session, facility_id: UUID) -> Sequence[Any]:
    return session.execute(_LIKENESSES, {"facility_id": facility_id}).mappings().all()


def ids_of(
    session: Session, position_code: str | None, tag_code: str | None
) -> tuple[UUID | None, UUID | None]:
    values = {"position_code": position_code, "tag_code": tag_code}
    position_id, tag_id = session.execute(_IDS, values).one()
    return position_id, tag_id


def changed_facilities(session: Session, since: datetime) -> list[UUID]:
    return list(session.execute(_CHANGED_FACILITIES, {"since": since - OVERLAP}).scalars())


def changed_reports(
    session: Session, since: datetime, *, company_id: UUID | None, user_id: UUID | None
) -> list[UUID]:
    values = {"since": since - OVERLAP, "company_id": company_id, "user_id": user_id}
    return list(session.execute(_CHANGED_REPORTS, values).scalars())
