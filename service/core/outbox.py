"""Things that must happen because something was saved: one row each, in the same transaction.

The row is the event, too: the live stream replays rows by their number, and a job queue claims
them with ``SKIP LOCKED``. A trigger wakes listeners with NOTIFY at commit.
"""

import json
from collections.abc import Collection, Sequence
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
    """``settled``: older than every open transaction, so nothing can appear before it any more."""

    id: int
    topic: str
    payload: dict[str, Any]
    attempts: int = 0
    xid: int = 0
    settled: bool = True


_INSERT = text(
    "insert into outbox_event (topic, payload, facility_id, company_id)"
    " values (:topic, cast(:payload as jsonb), :facility_id, :company_id)"
)
_SINCE = text(
    "select id, topic, payload, xid::text::bigint as xid,"
    " xid < pg_snapshot_xmin(pg_current_snapshot()) as settled from outbox_event"
    " where (xid, id) > (coalesce((select seen.xid from outbox_event seen"
    " where seen.id <= :after order by seen.id desc limit 1), '0'::xid8), :after)"
    " and topic = any(:topics) and id <> all(:delivered) order by xid, id limit :limit"
)
_HORIZON = text(
    "select id, xid::text::bigint as xid from outbox_event"
    " where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, id desc limit 1"
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


def since(
    session: Session,
    after: int,
    topics: Sequence[str],
    *,
    delivered: Collection[int] = (),
    limit: int = 200,
) -> list[Event]:
    """Events behind event ``after`` that the session's actor may see, but for the delivered ones.

    They come in the order of their transactions, not of their numbers: a number is given before
    the commit. The last ones may not be settled yet: an older transaction that is still open may
    put another before them, so only the last settled event may be taken as ``after``.
    """
    values = {
        "after": after,
        "topics": list(topics),
        "delivered": list(delivered),
        "limit": limit,
    }
    rows = session.execute(_SINCE, values)
    return [Event(row.id, row.topic, row.payload, 0, row.xid, row.settled) for row in rows]


def horizon(session: Session) -> tuple[int, int]:
    """Transaction and number of the last settled event: nothing can appear before it any more."""
    row = session.execute(_HORIZON).first()
    return (0, 0) if row is None else (row.xid, row.id)


def claim(session: Session) -> Event | None:
    """Locks the next due event until the transaction ends."""
    row = session.execute(_CLAIM, {"max_attempts": MAX_ATTEMPTS}).first()
    return None if row is None else Event(row.id, row.topic, row.payload, row.attempts)


def complete(session: Session, event: Event) -> None:
    session.execute(_DONE, {"id": event.id})


def fail(session: Session, event: Event, error: str) -> None:
    """Waits 5 s, 10 s, 20 s … and gives up, visibly, after `MAX_ATTEMPTS`."""
    session.execute(_FAILED, {"id": event.id, "error": error[:2000]})
