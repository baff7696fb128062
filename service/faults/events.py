"""The live stream: what has been saved reaches the screens within a second, and none is lost."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Self

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from service.accounts.access import find_actor, requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core import outbox
from service.core.database import RowIdentity
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import engine_of
from service.faults.stream import Bell, Looks

router = APIRouter(prefix="/api/v1", tags=["events"], dependencies=[ONLY_KNOWN_PARAMETERS])
log = logging.getLogger("gesuibo.events")

TOPICS = ("report.filed", "case.changed", "response.added")
# A sign-in that has ended is noticed at the latest after this time.
LOOK_EVERY_S = 20.0
LIMIT = 200
DATABASE_AWAY_S = 1.0
RETRY_MS = 2000
EVENT_ID = r"^\d{1,18}(-\d{1,18}(\.\d{1,18})*)?$"
MARKED = 30
NO_XID = 2**63


@dataclass
class Cursor:
    """How far one reader has come: everything up to ``after``, and some events beyond it.

    Those are kept with their transaction until they are settled. Without ``after`` the reader
    starts at the end.
    """

    after: int | None = None
    beyond: dict[int, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, event_id: str | None) -> Self:
        """Reads what `mark` has written."""
        if event_id is None:
            return cls()
        after, _, beyond = event_id.partition("-")
        return cls(int(after), dict.fromkeys(map(int, filter(None, beyond.split("."))), NO_XID))

    def mark(self) -> str:
        """What the browser sends back as Last-Event-ID."""
        beyond = ".".join(map(str, list(self.beyond)[-MARKED:]))
        return f"{self.after}-{beyond}" if beyond else str(self.after)

    def begin(self, horizon: tuple[int, int], beyond: list[outbox.Event]) -> None:
        self.after = horizon[1]
        self.beyond = {event.id: event.xid for event in beyond}

    def pass_by(self, event: outbox.Event, horizon: tuple[int, int]) -> None:
        """``horizon`` was asked for before the events: one that settled since lies beyond it."""
        if (event.xid, event.id) <= horizon:
            self.after = event.id
        else:
            self.beyond[event.id] = event.xid

    def settle(self, horizon: tuple[int, int]) -> None:
        """All events up to the horizon have been passed by."""
        self.after = horizon[1]
        self.beyond = {id_: xid for id_, xid in self.beyond.items() if (xid, id_) > horizon}


def _bell(request: Request) -> Bell:
    state = request.app.state
    if not hasattr(state, "bell"):
        state.bell = Bell(engine_of(request))
        state.bell_readers = CapacityLimiter(8)
        state.looks = Looks(engine_of(request), TOPICS, LIMIT, state.bell_readers)
    bell: Bell = state.bell
    return bell


@dataclass(frozen=True)
class _Admitted:
    """What a reader sees: the outbox's policies ask for role and company only."""

    who: RowIdentity
    opening: ServerSentEvent | None = None


def _admit(request: Request, cursor: Cursor) -> _Admitted | None:
    """One short transaction with the reader's own rights; None when the sign-in has ended."""
    with Session(engine_of(request)) as session, session.begin():
        actor = find_actor(request, session)
        if actor is None or actor.role is None:
            return None
        who = RowIdentity(actor.role.value, actor.company_id)
        if cursor.after is not None:
            return _Admitted(who)
        horizon = outbox.horizon(session)
        cursor.begin(horizon, outbox.since(session, horizon[1], TOPICS, limit=10 * LIMIT))
    # The browser keeps the mark, so that even a stream that broke before its first event goes on
    # where it began.
    return _Admitted(who, ServerSentEvent(id=cursor.mark(), comment="open", retry=RETRY_MS))


def _message(event: outbox.Event, cursor: Cursor, horizon: tuple[int, int]) -> ServerSentEvent:
    """Named after the noun of its topic."""
    cursor.pass_by(event, horizon)
    return ServerSentEvent(
        id=cursor.mark(),
        event=event.topic.partition(".")[0],
        data=event.payload | {"topic": event.topic, "id": event.id},
    )


async def _batches(request: Request, cursor: Cursor) -> AsyncIterator[list[ServerSentEvent]]:
    """Ends with the sign-in, survives the database's absence; the reader's pace sets its own."""
    async with _bell(request) as bell:
        reader = _Reader(request, cursor)
        while True:
            ring = bell.next_ring()
            try:
                messages = await reader.read(ring)
            except (DBAPIError, PoolTimeout):
                log.warning("stream_waits_for_database")
                await asyncio.sleep(DATABASE_AWAY_S)
                continue
            if messages is None:
                return
            yield messages
            if not messages:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ring.wait(), LOOK_EVERY_S)


class _Reader:
    """Its sign-in is asked for now and then, not at every ring; the look itself is shared."""

    def __init__(self, request: Request, cursor: Cursor) -> None:
        self._request = request
        self._cursor = cursor
        self._who: RowIdentity | None = None
        self._asked_at = 0.0

    async def read(self, ring: asyncio.Event) -> list[ServerSentEvent] | None:
        """What is new; None when the sign-in has ended."""
        state = self._request.app.state
        is_due = self._who is None or time.monotonic() - self._asked_at >= LOOK_EVERY_S
        if is_due:
            admitted = await to_thread.run_sync(
                _admit, self._request, self._cursor, limiter=state.bell_readers
            )
            if admitted is None:
                return None
            self._who, self._asked_at = admitted.who, time.monotonic()
            if admitted.opening is not None:
                return [admitted.opening]
        assert self._who is not None  # noqa: S101
        looks: Looks = state.looks
        found = await looks.look(ring, self._who, self._cursor, afresh=is_due)
        messages = [_message(event, self._cursor, found.horizon) for event in found.events]
        if len(found.events) < LIMIT:
            self._cursor.settle(found.horizon)
        return messages


@router.get("/events", response_class=EventSourceResponse)
async def events(
    request: Request,
    _by: Annotated[Actor, Depends(requires(Permission.EVENTS_READ))],
    last_event_id: Annotated[str | None, Header(pattern=EVENT_ID)] = None,
    after: Annotated[
        str | None, Query(pattern=EVENT_ID, description="As Last-Event-ID, which goes before")
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """`report`, `case` and `response` as they are saved; what follows Last-Event-ID comes first."""
    async for messages in _batches(request, Cursor.parse(last_event_id or after)):
        for message in messages:
            yield message
