"""Search and lists of the register at any size: times as staff and as a contractor, and indexes.

`GESUIBO_TEST_DATABASE_URL=… uv run python -m tests.benchmarks.searching 1000000`. Times are of the
queries that pages and API call, through the driver and under row-level security, without HTTP.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from service.core.database import RowIdentity, make_engine, transaction
from service.core.settings import Settings
from service.registry.queries import devices, facets, facilities, positions
from tests.benchmarks.serving import database, fill, migrate

STAFF = RowIdentity("staff")
CONTRACTOR = RowIdentity("contractor", UUID("00000000-0000-7000-8000-000000000001"))
ROUNDS = 21
ALIASES = """
    insert into equipment_alias (id, position_id, kind, name, period)
    select gen_random_uuid(), p.id, 'old_number', '旧P-' || right(p.position_code, 7), '(,)'
    from position p where right(p.position_code, 3) = '000';
    update position p set alias_names = array[a.name]
    from equipment_alias a where a.position_id = p.id;
    vacuum analyze position;
"""


@dataclass(frozen=True)
class Question:
    name: str
    ask: Callable[[Session], Any]


def questions(count: int) -> list[Question]:
    """What people ask of a register of this size, the usual first."""
    last = count - 1
    code = f"F{last % 77:03}-P-{last:07}"
    deep = f"F{69:03}-P-0000000"

    def listed(conditions: dict[str, Any], after: str = "") -> Callable[[Session], Any]:
        return lambda session: positions.page(session, conditions, after=after, limit=51)

    def ordered(sort: str, after: tuple[str, str] | None) -> Callable[[Session], Any]:
        return lambda session: positions.sorted_page(session, {}, sort, after=after, limit=51)

    return [
        Question("list, first page", listed({})),
        Question("list, nine tenths in", listed({}, deep)),
        Question("list of one facility", listed({"facility": "F040"})),
        Question("search 汚水", listed({"q": "汚水"})),
        Question("search 汚水, nine tenths in", listed({"q": "汚水"}, deep)),
        Question("search two words", listed({"q": "第40 仕切"})),
        Question("search a code", listed({"q": code})),
        Question("search a code without dashes", listed({"q": code.replace("-", "")})),
        Question("search an old number", listed({"q": f"旧P{(last // 1000) * 1000:07}"})),
        Question("search a serial number", listed({"q": f"L{last}"})),
        Question("search what is nowhere", listed({"q": "存在しない言葉"})),
        Question(
            "devices by serial number",
            lambda s: devices.page(s, q=f"L{last}", class_code=None, after="", limit=21),
        ),
        Question("facilities by name", lambda s: facilities.named(s, "第40", limit=20)),
        Question("sorted by name", ordered("name", None)),
        Question("sorted by health, deep", ordered("health", ("4", deep))),
        Question("sorted by installation", ordered("-installed", None)),
        Question(
            "one facility by installation",
            lambda s: positions.sorted_page(
                s, {"facility": "F040"}, "-installed", after=None, limit=51
            ),
        ),
        Question("facets", lambda s: facets.facets(s, {})),
        Question("facets of a facility", lambda s: facets.facets(s, {"facility": "F040"})),
        Question("facets of 汚水", lambda s: facets.facets(s, {"q": "汚水"})),
        Question("names alike", lambda s: positions.alike(s, "汚水ぽんぶ")),
    ]


@contextmanager
def explaining(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The statements that run meanwhile, with their values."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        seen.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def indexes(engine: Engine, who: RowIdentity, question: Question) -> list[str]:
    """Which indexes EXPLAIN names for the last statement of the question, scans of tables too."""
    with transaction(engine, who) as session:
        with explaining(engine) as seen:
            question.ask(session)
        statement, values = seen[-1]
        cursor = session.connection().connection.cursor()
        cursor.execute("explain (format json) " + statement, values)
        plan = cursor.fetchone()[0]
    return sorted(set(_named(plan)))


def _named(plan: Any) -> Iterator[str]:
    if isinstance(plan, list):
        for part in plan:
            yield from _named(part)
    elif isinstance(plan, dict):
        if "Index Name" in plan:
            yield plan["Index Name"]
        elif plan.get("Node Type") in {"Seq Scan", "Parallel Seq Scan"}:
            yield f"scan of {plan['Relation Name']}"
        for part in plan.values():
            yield from _named(part)


def times_ms(engine: Engine, who: RowIdentity, question: Question, limit_s: float) -> list[float]:
    """Sorted; the first is thrown away, and a slow question is asked less often."""
    found: list[float] = []
    began = time.perf_counter()
    for number in range(ROUNDS + 1):
        with transaction(engine, who) as session:
            started = time.perf_counter()
            question.ask(session)
            if number:
                found.append((time.perf_counter() - started) * 1000)
        if found and time.perf_counter() - began > limit_s:
            break
    return sorted(found)


def measure(url: str, count: int) -> list[dict[str, Any]]:
    migrate(url)
    fill(url, count)
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in ALIASES.split(";"):
            if statement.strip():
                connection.execute(statement)
    engine = make_engine(Settings(database_url=url))
    rows = []
    for question in questions(count):
        row: dict[str, Any] = {"question": question.name}
        for name, who in (("staff", STAFF), ("contractor", CONTRACTOR)):
            try:
                found = times_ms(engine, who, question, limit_s=6)
            except OperationalError:
                row[f"{name}_p50_ms"] = row[f"{name}_p95_ms"] = None  # the server's time limit
                continue
            row[f"{name}_p50_ms"] = round(found[len(found) // 2], 1)
            row[f"{name}_p95_ms"] = round(found[int(len(found) * 0.95)], 1)
        row["indexes"] = indexes(engine, STAFF, question)
        rows.append(row)
        print(json.dumps(row, ensure_ascii=False), flush=True)
    engine.dispose()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("positions", type=int, nargs="?", default=8_000)
    given = parser.parse_args()
    with database(os.environ["GESUIBO_TEST_DATABASE_URL"]) as url:
        measure(url, given.positions)


if __name__ == "__main__":
    main()
