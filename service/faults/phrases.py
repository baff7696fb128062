"""定型文: texts of responses that the office keeps and a clerk picks."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.database import translating
from service.core.errors import Conflict, FieldError, NotFound
from service.core.i18n.marker import N_
from service.faults import marks_queries as queries
from service.faults.marks_models import ResponsePhrase


class PhraseTaken(Conflict):
    code = "phrase-taken"
    message = N_("同じ見出しの定型文があります。")


class PhraseCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    body: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


def phrases(session: Session) -> Sequence[ResponsePhrase]:
    return queries.phrases(session)


def add_phrase(session: Session, new: PhraseCreate, *, by: Actor) -> ResponsePhrase:
    by.require(Permission.USERS_MANAGE)
    row = ResponsePhrase(**new.model_dump(), created_by=by.id)
    taken = FieldError("/title", PhraseTaken.message)
    broken = {"uq_response_phrase_title": lambda: PhraseTaken(errors=[taken])}
    with translating(session, broken):
        session.add(row)
    record(session, "create", "response_phrase", row.id, by=by, after=new.model_dump())
    return row


def remove_phrase(session: Session, phrase_id: UUID, *, by: Actor) -> None:
    by.require(Permission.USERS_MANAGE)
    row = queries.phrase(session, phrase_id)
    if row is None:
        raise NotFound
    before = {"title": row.title, "body": row.body}
    record(session, "delete", "response_phrase", row.id, by=by, before=before)
    session.delete(row)
    session.flush()


def with_phrase(session: Session, written: str, phrase_id: UUID) -> str:
    """The phrase below what has been written already."""
    row = queries.phrase(session, phrase_id)
    if row is None:
        raise NotFound
    return f"{written.rstrip()}\n{row.body}".lstrip()
