"""Reads in one round trip: who asks and what is asked travel together.

Outside a transaction PostgreSQL takes what is sent in one pipeline as one transaction, so the
identity that the first statement takes on holds for the others and for nothing after them.
"""

import asyncio
import select
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import DictRow, dict_row
from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.psycopg import dialect


class Connection(AsyncConnection[DictRow]):
    """Hangs up when it is forgotten: an application may end without its lifespan."""

    def __del__(self, *_: Any) -> None:
        if hasattr(self, "pgconn"):  # absent when connecting has failed
            self.pgconn.finish()


@dataclass(frozen=True)
class Read:
    """One question with its values; ``sql`` in the driver's own spelling."""

    sql: str
    values: Mapping[str, Any] | None = None


def driver_sql(statement: TextClause) -> str:
    """A ``text()`` statement as the driver takes it; to be done once, not for each request."""
    return str(statement.compile(dialect=dialect()))  # type: ignore[no-untyped-call]


def _is_gone(connection: Connection) -> bool:
    """Whether the server has hung up; an idle connection has nothing to say otherwise."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))


class ReadConnections:
    """A few connections of the event loop's own, opened when they are wanted."""

    def __init__(self, conninfo: str, size: int) -> None:
        self._conninfo = conninfo
        self._size = size
        self._idle: deque[Connection] = deque()
        self._turns = asyncio.Semaphore(size)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, reads: Sequence[Read]) -> list[list[DictRow]]:
        """The rows of each, all seen in one transaction that changes nothing but its identity."""
        async with self._turn():
            connection = await self._take()
            try:
                answers = await _piped(connection, reads)
            except BaseException:
                connection.pgconn.finish()  # at once: a cancelled request may not wait
                raise
            self._idle.append(connection)
            return answers

    def _turn(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._turns = loop, asyncio.Semaphore(self._size)
        return self._turns

    async def _take(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not _is_gone(connection):
                return connection
            connection.pgconn.finish()
        return await Connection.connect(
            self._conninfo, autocommit=True, prepare_threshold=0, row_factory=dict_row
        )

    def close(self) -> None:
        while self._idle:
            self._idle.pop().pgconn.finish()


async def _piped(connection: Connection, reads: Sequence[Read]) -> list[list[DictRow]]:
    async with connection.pipeline():
        cursors: list[AsyncCursor[DictRow]] = [
            await connection.execute(read.sql, read.values) for read in reads
        ]
    return [await cursor.fetchall() for cursor in cursors]
