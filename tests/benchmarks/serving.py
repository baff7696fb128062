"""Response times of the served product beside the bare baseline, in one run, as ratios.

Run by `./gesuibo bench`. Nothing here fails by time: it prints what it saw.
"""

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import create_engine, make_url

from service.accounts import service as accounts
from service.accounts.actor import terminal_actor
from service.accounts.domain import Role
from service.core.clock import now
from service.core.database import make_engine, transaction
from service.core.identity import new_id
from service.core.settings import Settings
from service.tags.domain import mint_code
from tests.benchmarks.load import Measured, Request, measure, request

ROOT = Path(__file__).parents[2]
PASSWORD = secrets.token_urlsafe(16)
SEARCH_WORD = "%E6%B1%9A%E6%B0%B4"  # 汚水


@dataclass(frozen=True)
class World:
    url: str
    tags: list[str]
    staff_token: str
    phone_token: str


@dataclass(frozen=True)
class Case:
    """One job, asked of the product and of the baseline."""

    name: str
    ours: Callable[[int], Request]
    bare: Callable[[int], Request]


def _id(group: str, number: int) -> str:
    return f"00000000-0000-7000-{group}-{number:012x}"


@contextmanager
def database(maintenance_url: str) -> Iterator[str]:
    name = f"gesuibo_bench_{uuid4().hex[:8]}"
    maintenance = make_url(maintenance_url).set(drivername="postgresql")
    dsn = maintenance.render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        yield make_url(maintenance_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(
                sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
            )


def migrate(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        config = Config(str(ROOT / "alembic.ini"))
        config.set_main_option("script_location", str(ROOT / "service" / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    engine.dispose()


def fill(url: str, positions: int) -> list[str]:
    """The generated city; returns the tag codes in the order of the positions."""
    tags = [mint_code() for _ in range(min(positions, 8000))]
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    script = (ROOT / "tests" / "benchmarks" / "city.sql").read_text(encoding="utf-8")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(script.replace(":positions", str(positions)).encode())
        with connection.cursor().copy(
            "copy qr_tag (id, tag_code, position_id, facility_id, state) from stdin"
        ) as copy:
            for number, code in enumerate(tags):
                place = (_id("8003", number), _id("8002", number % 77))
                copy.write_row((_id("8007", number), code, *place, "in_use"))
        connection.execute("vacuum analyze")
    return tags


def people(settings: Settings) -> tuple[str, str]:
    engine = make_engine(settings)
    with transaction(engine) as session:
        by = terminal_actor("bench")
        company = accounts.company_for(session, "B")
        for name, role in (("staff", Role.STAFF), ("worker", Role.CONTRACTOR)):
            accounts.create_user(
                session,
                username=f"bench-{name}",
                display_name=name,
                role=role,
                password=PASSWORD,
                company=company if role is Role.CONTRACTOR else None,
                by=by,
            )
        tokens = [
            accounts.enrol_phone(session, f"bench-{name}", PASSWORD, name="b", settings=settings)
            for name in ("staff", "worker")
        ]
    engine.dispose()
    staff, worker = tokens
    assert staff is not None
    assert worker is not None
    return staff.token, worker.token


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(module: str, ready: str, environment: dict[str, str]) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", module, "--port", str(port), "--log-level", "error"],
        cwd=ROOT,
        env=os.environ | environment,
    )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=1).read()
                break
            except OSError:
                time.sleep(0.1)
        else:
            sys.exit(f"{module} did not start")
        yield port
    finally:
        process.terminate()
        process.wait()


def cases(world: World) -> list[Case]:
    tags, count = world.tags, len(world.tags)

    def tag(number: int) -> str:
        return tags[number * 7919 % count]

    def ours_report(number: int) -> Request:
        moment = now().isoformat()
        told = {
            "id": str(new_id()),
            "position_id": _id("8003", number * 7919 % count),
            "symptoms": ["S01"],
            "occurred_at": moment,
            "captured_at": moment,
            "body": "ポンプが起動しない。",
            "operation_effect": "stopped",
        }
        return request(
            "POST",
            "/mobile/v1/fault-reports",
            token=world.phone_token,
            body=json.dumps(told).encode(),
        )

    def bare_report(number: int) -> Request:
        place = number * 7919 % count
        told = {
            "id": str(new_id()),
            "case_id": str(new_id()),
            "facility_id": _id("8002", place % 77),
            "position_id": _id("8003", place),
            "device_id": _id("8004", place),
            "company_id": str(UUID("00000000-0000-7000-8000-000000000001")),
            "body": "ポンプが起動しない。",
        }
        return request("POST", "/reports", body=json.dumps(told).encode())

    def bare_tag(number: int) -> Request:
        return request("GET", f"/tags/{tag(number)}")

    return [
        Case(
            "tag JSON",
            lambda n: request("GET", f"/mobile/v1/tags/{tag(n)}", token=world.phone_token),
            bare_tag,
        ),
        Case(
            "tag page HTML",
            lambda n: request("GET", f"/T/{tag(n)}", token=world.phone_token, accept="text/html"),
            bare_tag,
        ),
        Case("report POST", ours_report, bare_report),
        Case(
            "list 50 rows",
            lambda n: request("GET", "/api/v1/positions?limit=50", token=world.staff_token),
            lambda n: request("GET", "/list"),
        ),
        Case(
            "search 2 characters",
            lambda n: request(
                "GET", f"/api/v1/positions?limit=50&q={SEARCH_WORD}", token=world.staff_token
            ),
            lambda n: request("GET", f"/search?q={SEARCH_WORD}"),
        ),
    ]


def _middle(rounds: list[Measured]) -> Measured:
    target = median(one.per_second for one in rounds)
    return min(rounds, key=lambda one: abs(one.per_second - target))


def compare(case: Case, ours: int, bare: int, *, rounds: int, seconds: float) -> dict[str, object]:
    """Rounds of both, by turns; the median round of each."""
    measure(ours, case.ours, seconds=0.5)
    measure(bare, case.bare, seconds=0.5)
    seen_ours, seen_bare = [], []
    for _ in range(rounds):
        seen_ours.append(measure(ours, case.ours, seconds=seconds))
        seen_bare.append(measure(bare, case.bare, seconds=seconds))
    mine, base = _middle(seen_ours), _middle(seen_bare)
    return {
        "case": case.name,
        "ratio": round(mine.per_second / base.per_second, 3),
        "per_second": round(mine.per_second),
        "baseline_per_second": round(base.per_second),
        "p50_ms": round(mine.percentile_ms(50), 1),
        "p95_ms": round(mine.percentile_ms(95), 1),
        "p99_ms": round(mine.percentile_ms(99), 1),
        "baseline_p50_ms": round(base.percentile_ms(50), 1),
        "baseline_p95_ms": round(base.percentile_ms(95), 1),
        "wrong_answers": sum(one.wrong for one in (*seen_ours, *seen_bare)),
    }


def run(
    maintenance_url: str, *, positions: int, rounds: int, seconds: float
) -> list[dict[str, object]]:
    with database(maintenance_url) as url, tempfile.TemporaryDirectory() as state:
        migrate(url)
        settings = Settings(database_url=url, owner_database_url=url, state_dir=Path(state))
        tags = fill(url, positions)
        staff_token, phone_token = people(settings)
        world = World(url, tags, staff_token, phone_token)
        dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        ours_environment = {
            "GESUIBO_DATABASE_URL": url,
            "GESUIBO_STATE_DIR": state,
            "GESUIBO_POOL_SIZE": "16",
        }
        with (
            server("app.asgi:app", "/readyz", ours_environment) as ours,
            server("tests.benchmarks.bare:app", "/list", {"BENCH_DSN": dsn}) as bare,
        ):
            return [
                compare(case, ours, bare, rounds=rounds, seconds=seconds) for case in cases(world)
            ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--positions", type=int, default=8000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    url = os.environ.get("GESUIBO_TEST_DATABASE_URL")
    if not url:
        sys.exit("GESUIBO_TEST_DATABASE_URL is missing: run this with ./gesuibo bench")
    rows = run(url, positions=given.positions, rounds=given.rounds, seconds=given.seconds)
    if given.json:
        print(json.dumps({"positions": given.positions, "cases": rows}))
        return
    for row in rows:
        print("  ".join(f"{key}={value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
