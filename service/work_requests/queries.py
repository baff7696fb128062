"""Requests with where they stand, and a company's month. Row-level security picks the rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session

_REQUESTS = """
  select r.id, r.created_at, r.created_by, r.case_id, r.facility_id, r.company_id, r.body,
         r.due_on, r.requested_by_name, c.case_no, c.urgency, f.name as facility_name,
         co.name as company_name, coalesce(p.name, c.unregistered_desc) as equipment,
         coalesce(
           (select case w.kind when 'returned' then 'acknowledged' else w.kind end
            from work_record w where w.request_id = r.id and w.kind <> 'work'
            order by w.created_at desc, w.id desc limit 1),
           'requested') as state,
         (select max(w.created_at) from work_record w where w.request_id = r.id) as touched_at
  from work_request r
  join fault_case c on c.id = r.case_id
  join facility f on f.id = r.facility_id
  join company co on co.id = r.company_id
  left join position p on p.id = c.position_id
"""
_LISTED = text(f"""
  select * from ({_REQUESTS}) q
  where (cast(:state as text) is null or q.state = :state)
    and (cast(:company_id as uuid) is null or q.company_id = :company_id)
  order by case q.state when 'requested' then 0 when 'acknowledged' then 1 else 2 end,
           case when q.state in ('requested', 'acknowledged') then q.due_on end nulls last,
           q.created_at desc
  limit :limit
""")  # noqa: S608  # own fragments
_OF_CASE = text(f"{_REQUESTS} where r.case_id = :case_id order by r.created_at desc")
_ONE = text(f"{_REQUESTS} where r.id = :id")
_RECORDS = text("""
  select * from work_record where request_id = :id order by created_at, id
""")
_RECORDS_OF = text("""
  select * from work_record where request_id = any(:ids) order by created_at, id
""")
_RECORD = text("select * from work_record where id = :id")
_INSERT_RECORD = text("""
  insert into work_record
    (id, created_at, created_by, request_id, company_id, kind, body, started_at, ended_at,
     author_name)
  values (:id, :created_at, :created_by, :request_id, :company_id, :kind, :body, :started_at,
          :ended_at, :author_name)
""")
_TURN = text("select pg_advisory_xact_lock(hashtextextended(cast(:id as text), 1))")
_REPORTS = text("""
  select r.id, r.report_no, r.received_at, r.kind, r.reporter_name, r.body, co.name as company_name,
         (select c.case_no from case_report l join fault_case c on c.id = l.case_id
          where l.report_id = r.id order by l.linked_at limit 1) as case_no,
         (select l.case_id from case_report l where l.report_id = r.id
          order by l.linked_at limit 1) as case_id
  from fault_report r left join company co on co.id = r.company_id
  where r.received_at >= :begins and r.received_at < :ends
    and (cast(:company_id as uuid) is null or r.company_id = :company_id)
  order by r.received_at, r.id
""")
_CASES = text("""
  select c.id, c.case_no, c.occurred_at, c.state, c.urgency, c.symptoms, f.name as facility_name,
         coalesce(p.name, c.unregistered_desc) as equipment
  from fault_case c
  join facility f on f.id = c.facility_id
  left join position p on p.id = c.position_id
  where c.occurred_at >= :begins and c.occurred_at < :ends and c.state <> 'merged'
    and (cast(:company_id as uuid) is null or c.company_id = :company_id)
  order by c.occurred_at, c.id
""")
_WORK = text("""
  select w.created_at, w.kind, w.body, w.started_at, w.ended_at, w.author_name, w.request_id,
         c.case_no, coalesce(p.name, c.unregistered_desc) as equipment, f.name as facility_name
  from work_record w
  join work_request r on r.id = w.request_id
  join fault_case c on c.id = r.case_id
  join facility f on f.id = r.facility_id
  left join position p on p.id = c.position_id
  where w.created_at >= :begins and w.created_at < :ends
    and (cast(:company_id as uuid) is null or w.company_id = :company_id)
  order by w.created_at, w.id
""")


def listed(
    session: Session, *, state: str | None = None, company_id: UUID | None = None, limit: int
) -> list[Row[Any]]:
    """What waits for an answer first, then what is at work by its day, then the rest."""
    values = {"state": state, "company_id": company_id, "limit": limit}
    return list(session.execute(_LISTED, values))


def of_case(session: Session, case_id: UUID) -> list[Row[Any]]:
    return list(session.execute(_OF_CASE, {"case_id": case_id}))


def request(session: Session, request_id: UUID) -> Row[Any] | None:
    return session.execute(_ONE, {"id": request_id}).first()


def records(session: Session, request_id: UUID) -> list[Row[Any]]:
    return list(session.execute(_RECORDS, {"id": request_id}))


def records_of(session: Session, request_ids: list[UUID]) -> list[Row[Any]]:
    return list(session.execute(_RECORDS_OF, {"ids": request_ids}))


def record(session: Session, record_id: UUID) -> Row[Any] | None:
    return session.execute(_RECORD, {"id": record_id}).first()


def take_turn(session: Session, request_id: UUID) -> None:
    """Two people who answer at once answer one after the other; contractors lock no rows."""
    session.execute(_TURN, {"id": request_id})


def add_record(session: Session, values: dict[str, Any]) -> None:
    session.execute(_INSERT_RECORD, values)


def month_of_company(
    session: Session, begins: datetime, ends: datetime, *, company_id: UUID | None
) -> tuple[list[Row[Any]], list[Row[Any]], list[Row[Any]]]:
    """Cases that occurred, reports that arrived, and what was recorded of requests."""
    values = {"begins": begins, "ends": ends, "company_id": company_id}
    cases, reports, work = (
        list(session.execute(question, values)) for question in (_CASES, _REPORTS, _WORK)
    )
    return cases, reports, work
