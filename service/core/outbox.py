"""Things that must happen because something was saved: one row each, in the same transaction.

The row is the event, too: the live stream replays rows by their number, and a job queue claims
them with ``SKIP LOCKED``. A trigger wakes listeners with NOTIFY at commit.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, func, text
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, Session, SQLModel

from service.core.tables import document, instant

CHANNEL = "gesuibo_outbox"
MAX_ATTEMPTS = 8


class TransactionNumber(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction number."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "xid8"


class OutboxEvent(SQLModel, table=True):
    __tablename__ = "outbox_event"
    __table_args__ = (
        Index("ix_outbox_event_due", "available_at", postgresql_where=text("done_at is null")),
        Index("ix_outbox_event_xid_id", "xid", "id"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    xid: int | None = Field(
        default=None,
        sa_column=Column(
            TransactionNumber, nullable=False, server_default=text("pg_current_xact_id()")
        ),
    )
    topic: str
    payload: dict[str, Any] = document()
    facility_id: UUID | None = None
    company_id: UUID | None = None
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )
    available_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    last_error: str | None = None
    done_at: datetime | None = instant(optional=True)


@dataclass(frozen=True)
class Event:
    """``id`` is the number that Last-Event-ID carries."""

    id: int
    topic: str
    payload: dict[str, Any]
    attempts: int = 0


_INSERT = text(
    "insert into outbox_event (topic, payload, facility_id, company_id)"
    " values (:topic, cast(:payload as jsonb), :facility_id, :company_id)"
)
_SINCE = text(
    "select id, topic, payload from outbox_event"
    " where (xid, id) > (coalesce((select seen.xid from outbox_event seen"
    " where seen.id <= :after order by seen.id desc limit 1), '0'::xid8), :after)"
    " and topic = any(:topics) and xid < pg_snapshot_xmin(pg_current_snapshot())"
    " order by xid, id limit :limit"
)
_HELD_BACK = text(
    "select exists (select 1 from outbox_event where topic = any(:topics)"
    " and xid >= pg_snapshot_xmin(pg_current_snapshot()))"
)
_NEWEST = text(
    "select coalesce((select id from outbox_event"
    " where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, id desc limit 1), 0)"
)
_CLAIM = text(
    "select id, topic, payload, attempts from outbox_event"
    " where done_at is null and available_at <= now() and attempts < :max_attempts"
    " order by id limit 1 for update skip locked"
)
_DONE = text("update outbox_event set done_at = now(), last_error = null where id = :id")
_FAILED = text(
    "update outbox_event set attempts = attempts + 1, last_error = :error,"
    " available_at = now() + make_interval(secs => 5 * power(2, least(attempts, 9)))"
    " where id = :id"
)


def publish(
    session: Session,
    topic: str,
    payload: dict[str, Any],
    *,
    facility_id: UUID | None = None,
    company_id: UUID | None = None,
) -> None:
    """Adds the event to the caller's transaction; nothing is sent if that rolls back."""
    session.execute(
        _INSERT,
        {
            "topic": topic,
            "payload": json.dumps(payload, default=str),
            "facility_id": facility_id,
            "company_id": company_id,
        },
    )


def since(session: Session, after: int, topics: Sequence[str], *, limit: int = 200) -> list[Event]:
    """Events that the session's actor may see behind event ``after``, with no gap that could fill.

    They come in the order of their transactions, not of their numbers: a number is given before
    the commit, so a smaller one may appear later. Only what is older than every open transaction
    is handed out.
    """
    rows = session.execute(_SINCE, {"after": after, "topics": list(topics), "limit": limit})
    return [Event(row.id, row.topic, row.payload) for row in rows]


def held_back(session: Session, topics: Sequence[str]) -> bool:
    """Whether events are waiting for an older transaction to end, which tells nobody when it does.

    A reader that was woken and got nothing asks this, and looks again soon.
    """
    return bool(session.execute(_HELD_BACK, {"topics": list(topics)}).scalar_one())


def newest_id(session: Session) -> int:
    """The event behind which `since` starts when nothing shall be replayed."""
    return int(session.execute(_NEWEST).scalar_one())


def claim(session: Session) -> Event | None:
    """Locks the next due event until the transaction ends."""
    row = session.execute(_CLAIM, {"max_attempts": MAX_ATTEMPTS}).first()
    return None if row is None else Event(row.id, row.topic, row.payload, row.attempts)


def complete(session: Session, event: Event) -> None:
    session.execute(_DONE, {"id": event.id})


def fail(session: Session, event: Event, error: str) -> None:
    """Waits 5 s, 10 s, 20 s … and gives up, visibly, after `MAX_ATTEMPTS`."""
    session.execute(_FAILED, {"id": event.id, "error": error[:2000]})
