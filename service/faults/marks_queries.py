"""Marks of cases and the office's phrases."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from service.faults.marks_models import CaseMark, MarkKind, ResponsePhrase


def marks(session: Session, case_id: UUID) -> Sequence[CaseMark]:
    return session.exec(select(CaseMark).where(CaseMark.case_id == case_id)).all()


def mark(session: Session, case_id: UUID, kind: MarkKind) -> CaseMark | None:
    statement = select(CaseMark).where(CaseMark.case_id == case_id).where(CaseMark.kind == kind)
    return session.exec(statement).first()


# A report that was corrected says nothing any more.
_TOLD = text("""
  select r.id as report_id, r.reporter_name, co.name as company_name, r.received_at,
         cast(r.observed->>'arrived_at' as timestamptz) as arrived_at,
         cast(r.observed->>'temporary_at' as timestamptz) as temporary_at,
         cast(r.observed->>'restored_at' as timestamptz) as restored_at,
         coalesce(r.observed->'estimated_times', '[]') as estimated_times
  from case_report cr join fault_report r on r.id = cr.report_id
  left join company co on co.id = r.company_id
  where cr.case_id = :case_id
    and jsonb_exists_any(r.observed, '{arrived_at,temporary_at,restored_at}')
    and not exists (select 1 from fault_report later where later.corrects_id = r.id)
  order by r.received_at, r.id
""")


def told(session: Session, case_id: UUID) -> Sequence[Any]:
    """Reports that tell times of the work, in the order in which they came."""
    return session.execute(_TOLD, {"case_id": case_id}).all()


def phrases(session: Session) -> Sequence[ResponsePhrase]:
    return session.exec(select(ResponsePhrase).order_by(col(ResponsePhrase.title))).all()


def phrase(session: Session, phrase_id: UUID) -> ResponsePhrase | None:
    return session.get(ResponsePhrase, phrase_id)
