"""The live stream: what has been saved reaches the screens within a second, and none is lost."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

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
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import engine_of
from service.faults.stream import Bell

router = APIRouter(prefix="/api/v1", tags=["events"], dependencies=[ONLY_KNOWN_PARAMETERS])
log = logging.getLogger("gesuibo.events")

TOPICS = ("report.filed", "case.changed", "response.added")
# A sign-in that has ended is noticed at the latest after this time.
LOOK_EVERY_S = 20.0
HELD_BACK_S = 0.1
DATABASE_AWAY_S = 1.0
RETRY_MS = 2000


@dataclass(frozen=True)
class Reading:
    """``held_back``: more is committed, but an older transaction is still open."""

    events: list[outbox.Event]
    held_back: bool = False


def _bell(request: Request) -> Bell:
    state = request.app.state
    if not hasattr(state, "bell"):
        state.bell = Bell(engine_of(request))
        state.bell_readers = CapacityLimiter(8)
    bell: Bell = state.bell
    return bell


def _read(request: Request, after: int | None) -> Reading | None:
    """One short transaction with the reader's own rights; None when the sign-in has ended.

    Without ``after`` it answers where the stream stands, as an event without a topic.
    """
    with Session(engine_of(request)) as session, session.begin():
        if find_actor(request, session) is None:
            return None
        if after is None:
            return Reading([outbox.Event(outbox.newest_id(session), "", {})])
        events = outbox.since(session, after, TOPICS)
        return Reading(events, not events and outbox.held_back(session, TOPICS))


async def _readings(request: Request, after: int | None) -> AsyncIterator[Reading]:
    """Every look at the outbox; ends with the sign-in, survives the database's absence."""
    limiter: CapacityLimiter
    async with _bell(request) as bell:
        limiter = request.app.state.bell_readers
        while True:
            ring = bell.next_ring()
            try:
                reading = await to_thread.run_sync(_read, request, after, limiter=limiter)
            except (DBAPIError, PoolTimeout):
                log.warning("stream_waits_for_database")
                await asyncio.sleep(DATABASE_AWAY_S)
                continue
            if reading is None:
                return
            yield reading
            if reading.events:
                after = reading.events[-1].id
            elif reading.held_back:
                await asyncio.sleep(HELD_BACK_S)
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ring.wait(), LOOK_EVERY_S)


def _message(event: outbox.Event) -> ServerSentEvent:
    """Named after the noun of its topic. The opening only tells the browser where it stands."""
    if not event.topic:
        return ServerSentEvent(id=str(event.id), comment="open", retry=RETRY_MS)
    return ServerSentEvent(
        id=str(event.id),
        event=event.topic.partition(".")[0],
        data=event.payload | {"topic": event.topic},
    )


@router.get("/events", response_class=EventSourceResponse)
async def events(
    request: Request,
    _by: Annotated[Actor, Depends(requires(Permission.EVENTS_READ))],
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
    after: Annotated[
        int | None, Query(ge=0, description="As Last-Event-ID, which goes before")
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """`report`, `case` and `response` as they are saved; what follows Last-Event-ID comes first."""
    start = last_event_id if last_event_id is not None else after
    async for reading in _readings(request, start):
        for event in reading.events:
            yield _message(event)
