"""How soon a saved report is on every open screen, and whether any screen ever misses one.

Run by `./gesuibo bench --screens 100`: real connections to a server in a process of its own, each
with a sign-in of its own. Times count from the end of the report's commit. The listener is killed,
the server is killed and started again, and half the screens sleep meanwhile.
"""

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Engine, create_engine, text

from service.accounts.actor import Actor
from service.accounts.domain import Role, token_hash
from service.accounts.models import SignIn, UserAccount
from service.core.clock import now
from service.core.database import make_engine, transaction
from service.core.identity import new_id
from service.core.settings import Settings
from service.faults.schemas import ReportCreate
from service.faults.service import file_report
from service.registry.models import EquipmentClass, Facility, Position
from tests.benchmarks.serving import ROOT, database, free_port, migrate

REPORTS = 20
ASLEEP = 250  # more than one batch of the stream
PATIENCE_S = 60.0
RETRY_S = 2.0  # what the stream tells browsers
CLERK = Actor(None, "見本 太郎", Role.STAFF)


@dataclass
class Screen:
    """One browser: it reconnects with the last id it has heard, as EventSource does."""

    token: str
    address: str
    client: httpx.AsyncClient
    heard: dict[str, list[float]] = field(default_factory=dict)
    last_id: str = ""
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        self.opened.clear()
        self.task = asyncio.create_task(self._keep_on())

    async def sleep(self) -> None:
        assert self.task
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task

    async def _keep_on(self) -> None:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                await self._listen()
            await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        headers = {"authorization": f"Bearer {self.token}"}
        if self.last_id:
            headers["last-event-id"] = self.last_id
        async with self.client.stream("GET", self.address, headers=headers) as answer:
            if answer.status_code != 200:
                return
            self.opened.set()
            async for event in _events(answer):
                self.last_id = event.get("id") or self.last_id
                if event.get("event") == "report":
                    report = json.loads(event["data"])["report_id"]
                    self.heard.setdefault(report, []).append(time.monotonic())


async def _events(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        elif event:
            yield event
            event = {}


@dataclass
class City:
    """The database with its people, and the server in front of it."""

    engine: Engine
    owner: Engine
    position_id: UUID
    environment: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = None
    committed: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        module = [sys.executable, "-m", "uvicorn", "app.asgi:app", "--port", str(self.port)]
        environment = os.environ | self.environment
        self.process = subprocess.Popen(
            [*module, "--log-level", "error"], cwd=ROOT, env=environment
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10).read()
            except OSError:
                time.sleep(0.1)
            else:
                return
        sys.exit("the server did not start")

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def kill_listener(self) -> int:
        statement = text(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and query ilike 'listen %'"
        )
        with self.owner.connect() as connection:
            return int(connection.execute(statement).scalar_one())

    def report(self) -> str:
        moment = now()
        new = ReportCreate(
            id=new_id(),
            position_id=self.position_id,
            occurred_at=moment,
            captured_at=moment,
            symptoms=["S01"],
            body="起動しない。",
        )
        with transaction(self.engine) as session:
            file_report(session, new, by=CLERK)
        self.committed[str(new.id)] = time.monotonic()
        return str(new.id)


def _people(engine: Engine, count: int) -> tuple[UUID, list[str]]:
    tokens = [f"screen-{number}" for number in range(count)]
    with transaction(engine) as session:
        place = Facility(facility_code="P01", name="架空ポンプ場", facility_type="pump_station")
        pumps = EquipmentClass(
            class_code="P",
            major="ポンプ設備",
            middle="汚水ポンプ設備",
            minor="汚水ポンプ",
            discipline="mechanical",
            source_document="計測",
        )
        session.add_all([place, pumps])
        session.flush()
        position = Position(
            position_code="P01-P-001", facility_id=place.id, class_id=pumps.id, name="No.1ポンプ"
        )
        users = [UserAccount(username=token, display_name=token, role="staff") for token in tokens]
        session.add_all([position, *users])
        session.flush()
        for token, user in zip(tokens, users, strict=True):
            expires_at, seen_at = now() + timedelta(hours=2), now()
            session.add(
                SignIn(
                    token_hash=token_hash(token),
                    user_id=user.id,
                    expires_at=expires_at,
                    last_seen_at=seen_at,
                )
            )
        return position.id, tokens


async def _everywhere(screens: list[Screen], reports: list[str]) -> None:
    """Waits until each screen has heard of each report, or for long enough."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if all(report in screen.heard for screen in screens for report in reports):
            return
        await asyncio.sleep(0.05)


def _delays(city: City, screens: list[Screen], reports: list[str]) -> list[float]:
    return sorted(
        screen.heard[report][0] - city.committed[report]
        for screen in screens
        for report in reports
        if report in screen.heard
    )


def _summary(delays: list[float]) -> dict[str, float]:
    def at(share: float) -> float:
        return round(1000 * delays[min(int(share * len(delays)), len(delays) - 1)], 1)

    return {"p50_ms": at(0.5), "p95_ms": at(0.95), "max_ms": at(1.0)}


async def watch(city: City, tokens: list[str]) -> dict[str, Any]:
    """The whole story; ``missing`` and ``doubled`` count over all screens and reports."""
    address = f"http://127.0.0.1:{city.port}/api/v1/events"
    # One client for all: each makes a TLS context of its own, which takes longer than a report.
    client = httpx.AsyncClient(timeout=None, limits=httpx.Limits(max_connections=None))  # noqa: S113
    screens = [Screen(token, address, client) for token in tokens]
    for screen in screens:
        screen.wake()
    await asyncio.gather(*(asyncio.wait_for(s.opened.wait(), PATIENCE_S) for s in screens))
    await asyncio.sleep(2)  # every reader has taken its place

    spaced = []
    for _ in range(REPORTS):
        spaced.append(await asyncio.to_thread(city.report))
        await _everywhere(screens, spaced[-1:])
    told = _summary(_delays(city, screens, spaced))

    killed = await asyncio.to_thread(city.kill_listener)
    after_kill = [await asyncio.to_thread(city.report) for _ in range(3)]
    await _everywhere(screens, after_kill)

    await asyncio.to_thread(city.kill)
    while_down = [await asyncio.to_thread(city.report) for _ in range(3)]
    await asyncio.to_thread(city.start)
    await _everywhere(screens, while_down)

    half = screens[::2]
    for screen in half:
        await screen.sleep()
    asleep = [await asyncio.to_thread(city.report) for _ in range(ASLEEP)]
    for screen in half:
        screen.wake()
    await _everywhere(screens, asleep)
    for screen in screens:
        await screen.sleep()
    await client.aclose()

    everything = list(city.committed)
    return {
        "screens": len(screens),
        **told,
        "listeners_killed": killed,
        "reports": len(everything),
        "missing": sum(report not in screen.heard for screen in screens for report in everything),
        "doubled": sum(len(times) > 1 for screen in screens for times in screen.heard.values()),
    }


def measure(url: str, state: Path, count: int) -> dict[str, Any]:
    """On an empty, migrated database."""
    settings = Settings(database_url=url, owner_database_url=url, state_dir=state)
    engine = make_engine(settings)
    owner = create_engine(url, isolation_level="AUTOCOMMIT")
    position_id, tokens = _people(engine, count)
    environment = {"GESUIBO_DATABASE_URL": url, "GESUIBO_STATE_DIR": str(state)}
    city = City(engine, owner, position_id, environment, free_port())
    city.start()
    try:
        return asyncio.run(watch(city, tokens))
    finally:
        city.kill()
        engine.dispose()
        owner.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    maintenance_url = os.environ.get("GESUIBO_TEST_DATABASE_URL")
    if not maintenance_url:
        sys.exit("GESUIBO_TEST_DATABASE_URL is missing: run this with ./gesuibo bench --screens")
    with database(maintenance_url) as url, tempfile.TemporaryDirectory() as state:
        migrate(url)
        seen = measure(url, Path(state), given.screens)
    print(json.dumps(seen) if given.json else "  ".join(f"{k}={v}" for k, v in seen.items()))


if __name__ == "__main__":
    main()
