"""Incidents, the cases they hold, and cases that came close together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session, select

from service.faults.incident_models import CaseNotice, Incident

_LIST = text("""
  select i.id, i.name, i.created_at, count(c.id) as cases,
         count(c.id) filter (where c.state not in ('closed', 'merged', 'dismissed')) as open,
         min(c.occurred_at) as first_at, max(c.occurred_at) as last_at
  from incident i
  left join incident_case m on m.incident_id = i.id
  left join fault_case c on c.id = m.case_id
  group by i.id order by i.created_at desc limit :limit
""")
_CASES = text("""
  select c.*, f.name as facility_name, f.facility_code, p.name as position_name, p.position_code,
         p.unit_no, co.name as company_name
  from incident_case m
  join fault_case c on c.id = m.case_id
  join facility f on f.id = c.facility_id
  left join position p on p.id = c.position_id
  left join company co on co.id = c.company_id
  where m.incident_id = :id
  order by c.occurred_at, c.id
""")
_OF_CASE = text("""
  select i.id, i.name, (select count(*) from incident_case o where o.incident_id = i.id) as cases
  from incident_case m join incident i on i.id = m.incident_id where m.case_id = :case_id
""")
_NAMES = text("""
  select m.case_id, i.id, i.name from incident_case m join incident i on i.id = m.incident_id
  where m.case_id = any(:ids)
""")
_KNOWN = text("select id, case_no from fault_case where id = any(:ids) order by id")
_MEMBERS = text("select case_id, incident_id from incident_case where case_id = any(:ids)")
_JOIN = text("""
  insert into incident_case (case_id, incident_id) values (:case_id, :incident_id)
  on conflict (case_id) do update set incident_id = excluded.incident_id, added_at = now()
""")
_LEAVE = text("delete from incident_case where case_id = :case_id and incident_id = :incident_id")
# Cases of one storm: all that arrived since, in no incident yet and not over.
_BURST = text("""
  select c.id from fault_case c
  where c.reported_at >= :since and c.state not in ('closed', 'merged', 'dismissed')
    and not exists (select 1 from incident_case m where m.case_id = c.id)
  order by c.reported_at
""")


def incident(session: Session, incident_id: UUID) -> Incident | None:
    return session.get(Incident, incident_id)


def listed(session: Session, *, limit: int) -> list[Row[Any]]:
    return list(session.execute(_LIST, {"limit": limit}))


def cases(session: Session, incident_id: UUID) -> list[Row[Any]]:
    return list(session.execute(_CASES, {"id": incident_id}))


def of_case(session: Session, case_id: UUID) -> Row[Any] | None:
    return session.execute(_OF_CASE, {"case_id": case_id}).first()


def names_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """The incident (``id``, ``name``) of each case that is in one."""
    return {row.case_id: row for row in session.execute(_NAMES, {"ids": list(ids)})}


def known(session: Session, ids: Sequence[UUID]) -> list[Row[Any]]:
    return list(session.execute(_KNOWN, {"ids": list(ids)}))


def incident_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    found = session.execute(_MEMBERS, {"ids": list(ids)})
    return {row.case_id: row.incident_id for row in found}


def join(session: Session, case_id: UUID, incident_id: UUID) -> None:
    session.execute(_JOIN, {"case_id": case_id, "incident_id": incident_id})


def leave(session: Session, case_id: UUID, incident_id: UUID) -> None:
    session.execute(_LEAVE, {"case_id": case_id, "incident_id": incident_id})


def burst(session: Session, since: datetime) -> list[UUID]:
    return list(session.execute(_BURST, {"since": since}).scalars())


def notices(session: Session, case_id: UUID) -> list[CaseNotice]:
    return list(session.exec(select(CaseNotice).where(CaseNotice.case_id == case_id)))
