"""Cases of things that no ledger knows."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session

_QUEUE = text("""
  select c.*, f.name as facility_name, f.facility_code, co.name as company_name
  from fault_case c
  join facility f on f.id = c.facility_id
  left join company co on co.id = c.company_id
  where c.position_id is null and c.state not in ('merged', 'dismissed')
    and not exists (select 1 from case_outside_ledger o where o.case_id = c.id)
  order by c.reported_at desc, c.id desc limit :limit
""")
_OUTSIDE = text("select reason from case_outside_ledger where case_id = :case_id")
_SET = text("""
  insert into case_outside_ledger (case_id, reason) values (:case_id, :reason)
  on conflict (case_id) do update set reason = excluded.reason
""")
_CLEAR = text("delete from case_outside_ledger where case_id = :case_id")
_CLASSES = text("""
  select class_code, middle, minor from equipment_class order by major, middle, minor, class_code
""")


def queue(session: Session, *, limit: int) -> list[Row[Any]]:
    return list(session.execute(_QUEUE, {"limit": limit}))


def outside_reason(session: Session, case_id: UUID) -> str | None:
    found: str | None = session.execute(_OUTSIDE, {"case_id": case_id}).scalar_one_or_none()
    return found


def set_outside(session: Session, case_id: UUID, reason: str) -> None:
    session.execute(_SET, {"case_id": case_id, "reason": reason})


def clear_outside(session: Session, case_id: UUID) -> None:
    session.execute(_CLEAR, {"case_id": case_id})


def classes(session: Session) -> list[Row[Any]]:
    return list(session.execute(_CLASSES))
