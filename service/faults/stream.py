"""One ear per process on PostgreSQL's notifications; it wakes readers and carries no data."""

import asyncio
import logging
from typing import Self

import psycopg
from sqlalchemy import Engine

from service.core.database import libpq_conninfo
from service.core.outbox import CHANNEL

log = logging.getLogger("gesuibo.stream")
RECONNECT_S = 1.0


class Bell:
    """Rings whenever something was committed to the outbox, and whenever it may have missed that.

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
