"""The links between reports and cases that splitting moves."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session

from service.faults.models import FaultReport

_LINKED = text("""
  select report_id from case_report where case_id = :case_id order by linked_at, report_id
""")
# `linked_at` stays, so that a link that comes back is what it was.
_MOVE = text("""
  update case_report set case_id = :into_id where case_id = :case_id and report_id = :report_id
""")
_TOUCH = text("update fault_case set updated_by = :by where id = any(:ids)")
_ORIGIN = text("""
  select (a.after->>'from_case_id')::uuid as case_id, (a.after->>'report_id')::uuid as report_id,
         c.case_no, c.state
  from audit_entry a
  join fault_case c on c.id = (a.after->>'from_case_id')::uuid
  where a.target_type = 'fault_case' and a.target_id = :case_id and a.action = 'case.split_from'
""")
_HAS_RESPONSES = text("select exists (select 1 from response_record where case_id = :case_id)")


def linked(session: Session, case_id: UUID) -> list[UUID]:
    """The case's own reports; the one that opened it first."""
    return list(session.execute(_LINKED, {"case_id": case_id}).scalars())


def report(session: Session, report_id: UUID) -> FaultReport | None:
    return session.get(FaultReport, report_id)


def move_link(session: Session, report_id: UUID, case_id: UUID, into_id: UUID) -> None:
    values = {"report_id": report_id, "case_id": case_id, "into_id": into_id}
    session.execute(_MOVE, values)


def touch(session: Session, *ids: UUID, by: UUID | None) -> None:
    """Counts the versions up: whoever has the cases open learns of it before saving."""
    session.execute(_TOUCH, {"ids": list(ids), "by": by})


def origin(session: Session, case_id: UUID) -> Row[Any] | None:
    """The case that this one was split from, and with which report; the trail knows."""
    return session.execute(_ORIGIN, {"case_id": str(case_id)}).first()


def has_responses(session: Session, case_id: UUID) -> bool:
    return bool(session.execute(_HAS_RESPONSES, {"case_id": case_id}).scalar_one())
