"""Marks of cases and the office's phrases."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from service.faults.marks_models import CaseMark, MarkKind, ResponsePhrase


def marks(session: Session, case_id: UUID) -> Sequence[CaseMark]:
    return session.exec(select(CaseMark).where(CaseMark.case_id == case_id)).all()


def mark(session: Session, case_id: UUID, kind: MarkKind) -> CaseMark | None:
    statement = select(CaseMark).where(CaseMark.case_id == case_id).where(CaseMark.kind == kind)
    return session.exec(statement).first()


def phrases(session: Session) -> Sequence[ResponsePhrase]:
    return session.exec(select(ResponsePhrase).order_by(col(ResponsePhrase.title))).all()


def phrase(session: Session, phrase_id: UUID) -> ResponsePhrase | None:
    return session.get(ResponsePhrase, phrase_id)
