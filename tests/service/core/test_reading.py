"""Reads in one round trip: one identity for one pipeline, and connections that may vanish."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from psycopg.errors import DivisionByZero
from sqlalchemy import Engine, text

from service.core.database import application_url, libpq_conninfo, transaction
from service.core.reading import Read, ReadConnections
from service.core.settings import Settings

IDENTIFY = Read("select set_config('gesuibo.role', 'staff', true)")
ROLE = Read("select coalesce(current_setting('gesuibo.role', true), '') as role")
PID = Read("select pg_backend_pid() as pid")


@pytest.fixture
def connections(settings: Settings) -> Iterator[ReadConnections]:
    opened = ReadConnections(libpq_conninfo(application_url(settings)), size=2)
    yield opened
    opened.close()


def run(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(work())


def test_the_identity_holds_for_one_pipeline_and_nothing_after_it(
    connections: ReadConnections,
) -> None:
    async def work() -> tuple[str, str, bool]:
        first = await connections.ask([IDENTIFY, ROLE, PID])
        second = await connections.ask([ROLE, PID])
        same = first[2][0]["pid"] == second[1][0]["pid"]
        return first[1][0]["role"], second[0][0]["role"], same

    assert run(work) == ("staff", "", True)


def test_a_failed_read_takes_its_connection_along(connections: ReadConnections) -> None:
    async def work() -> str:
        with pytest.raises(DivisionByZero):
            await connections.ask([IDENTIFY, Read("select 1 / 0")])
        return str((await connections.ask([ROLE]))[0][0]["role"])

    assert run(work) == ""


def test_a_connection_that_the_server_has_ended_is_replaced(
    connections: ReadConnections, engine: Engine, settings: Settings
) -> None:
    async def work() -> bool:
        before = (await connections.ask([PID]))[0][0]["pid"]
        with transaction(engine) as session:
            session.execute(text("set local role none"))
            session.execute(text("select pg_terminate_backend(:pid)"), {"pid": before})
        await asyncio.sleep(0.2)
        after = (await connections.ask([PID]))[0][0]["pid"]
        return bool(before != after)

    assert run(work) is True


def test_a_cancelled_read_leaves_nothing_half_read(connections: ReadConnections) -> None:
    async def work() -> int:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connections.ask([Read("select pg_sleep(5)")]), 0.1)
        answers = await asyncio.gather(
            *(connections.ask([Read("select %(n)s::int as n", {"n": n})]) for n in range(20))
        )
        return sum(answer[0][0]["n"] for answer in answers)

    assert run(work) == sum(range(20))


def test_another_event_loop_may_go_on_with_them(connections: ReadConnections) -> None:
    async def work() -> int:
        return int((await connections.ask([Read("select 1 as n")]))[0][0]["n"])

    assert (run(work), run(work)) == (1, 1)
