"""One ear per process on PostgreSQL's notifications, and one look for all who see the same."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import psycopg
from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine

from service.core import outbox
from service.core.database import RowIdentity, libpq_conninfo, transaction
from service.core.outbox import CHANNEL

log = logging.getLogger("gesuibo.stream")
RECONNECT_S = 1.0


class Bell:
    """Rings whenever something was committed to the outbox, and whenever it may have missed that.

    It carries no data: whoever is woken reads for themselves.

    It listens while somebody waits, on one connection, whatever the number of waiters.
    """

    def __init__(self, engine: Engine) -> None:
        self._conninfo = libpq_conninfo(engine.url)
        self._ring = asyncio.Event()
        self._waiters = 0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._waiters += 1
        if self._task is None:
            self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._waiters -= 1
        if self._waiters == 0 and self._task is not None:
            self._task.cancel()
            self._task = None

    def next_ring(self) -> asyncio.Event:
        """Taken before reading: a commit that happens while reading still rings it."""
        return self._ring

    def ring(self) -> None:
        rung, self._ring = self._ring, asyncio.Event()
        rung.set()

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except psycopg.Error:
                log.warning("listener_lost_database")
            await asyncio.sleep(RECONNECT_S)

    async def _hear(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        async with connection:
            await connection.execute(f"listen {CHANNEL}")
            self.ring()
            async for _ in connection.notifies():
                self.ring()


class Place(Protocol):
    """How far a reader has come."""

    @property
    def after(self) -> int | None: ...

    @property
    def beyond(self) -> Collection[int]: ...


@dataclass(frozen=True)
class Found:
    """Events behind a place, and the horizon that was asked for before them."""

    horizon: tuple[int, int]
    events: list[outbox.Event]


class Looks:
    """A hundred screens that are woken by one ring and see the same ask the database once.

    A look is good for everybody who took the same ring: what was committed after it has begun
    still rings that ring.
    """

    def __init__(
        self, engine: Engine, topics: Sequence[str], limit: int, readers: CapacityLimiter
    ) -> None:
        self._engine = engine
        self._topics = topics
        self._limit = limit
        self._readers = readers
        self._ring: asyncio.Event | None = None
        self._looks: dict[object, asyncio.Future[Found]] = {}

    async def look(
        self, ring: asyncio.Event, who: RowIdentity, place: Place, *, afresh: bool
    ) -> Found:
        if ring is not self._ring:
            self._ring, self._looks = ring, {}
        key = (who, place.after, frozenset(place.beyond))
        looking = None if afresh else self._looks.get(key)
        if looking is None or _has_failed(looking):
            looking = asyncio.ensure_future(
                to_thread.run_sync(
                    self._read, who, place.after, tuple(place.beyond), limiter=self._readers
                )
            )
            # Whoever asked may be gone by the time it fails.
            looking.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._looks[key] = looking
        return await asyncio.shield(looking)

    def _read(self, who: RowIdentity, after: int | None, delivered: Collection[int]) -> Found:
        with transaction(self._engine, who) as session:
            horizon = outbox.horizon(session)
            events = outbox.since(
                session, after or 0, self._topics, delivered=delivered, limit=self._limit
            )
        return Found(horizon, events)


def _has_failed(looking: "asyncio.Future[Found]") -> bool:
    return looking.done() and (looking.cancelled() or looking.exception() is not None)
