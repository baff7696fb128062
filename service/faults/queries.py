"""Rows that handling a case reads and locks."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from service.faults.models import FaultCase, ResponseRecord

_PLACED = text("""
  select p.facility_id, i.device_id
  from position p
  left join installation i on i.position_id = p.id and i.period @> cast(:day as date)
  where p.id = :position_id
""")
_COMPANY = text("select 1 from company where id = :id")
_MERGE_ENTRY = text("""
  select before from audit_entry
  where target_type = 'fault_case' and target_id = :id and action = 'case.merged'
  order by id desc limit 1
""")
_OWN_OCCURRENCE = text("""
  select before->>'occurred_at' from audit_entry
  where target_type = 'fault_case' and target_id = :id and action = 'case.absorbed'
    and before ? 'occurred_at'
  order by id limit 1
""")


def case_for_update(session: Session, case_id: UUID) -> FaultCase | None:
    """Locks the case, so that two people who act at once act one after the other."""
    statement = (
        select(FaultCase)
        .where(FaultCase.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.exec(statement).first()


def merged_into(session: Session, case_id: UUID) -> list[FaultCase]:
    statement = select(FaultCase).where(FaultCase.merged_into_id == case_id)
    return list(session.exec(statement))


def placed(session: Session, position_id: UUID, day: date) -> Any:
    """Facility and device of a position on a day, or None when there is no such position."""
    return session.execute(_PLACED, {"position_id": position_id, "day": day}).first()


def company_exists(session: Session, company_id: UUID) -> bool:
    return session.execute(_COMPANY, {"id": company_id}).first() is not None


def next_seq(session: Session, case_id: UUID) -> int:
    newest = func.coalesce(func.max(ResponseRecord.seq), 0)
    return session.exec(select(newest).where(ResponseRecord.case_id == case_id)).one() + 1


def response(session: Session, response_id: UUID) -> ResponseRecord | None:
    return session.get(ResponseRecord, response_id)


def corrected_ids(session: Session, case_id: UUID) -> set[UUID]:
    statement = select(ResponseRecord.supersedes_id).where(
        ResponseRecord.case_id == case_id, col(ResponseRecord.supersedes_id).is_not(None)
    )
    return {found for found in session.exec(statement) if found is not None}


def before_merge(session: Session, case_id: UUID) -> dict[str, Any]:
    """The fields that merging has changed, as they were; the trail knows."""
    before: dict[str, Any] = session.execute(_MERGE_ENTRY, {"id": str(case_id)}).scalar_one()
    return before


def own_occurrence(session: Session, case_id: UUID) -> str | None:
    """When the case itself occurred, before earlier ones were merged into it."""
    found = session.execute(_OWN_OCCURRENCE, {"id": str(case_id)}).scalar_one_or_none()
    return None if found is None else str(found)
