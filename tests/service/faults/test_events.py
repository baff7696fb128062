"""The stream over a real socket: speed, replay, rights, and what happens when things go away."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlmodel import Session

from app.asgi import create_app
from service.core import outbox
from service.core.database import transaction
from service.core.settings import Settings
from service.faults import events
from service.faults.service import file_report
from tests.browser import served
from tests.service.faults.conftest import AsActor, City, make_report

Received = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def address(engine: Engine, settings: Settings) -> Iterator[str]:
    with served(create_app(engine=engine, settings=settings)) as url:
        yield url


def _parsed(lines: Iterator[str]) -> Iterator[Received]:
    event: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
            continue
        if "data" in event:
            yield event["event"], event["id"], json.loads(event["data"])
        elif event.get("") == "open":
            yield "open", event["id"], {}
        event = {}


@contextmanager
def listening(
    address: str, token: str, last_event_id: str | None = None
) -> Iterator["Queue[Received]"]:
    """A reader in its own thread; it has started when the block begins."""
    heard: Queue[Received] = Queue()
    headers = {"authorization": f"Bearer {token}"}
    if last_event_id is not None:
        headers["last-event-id"] = last_event_id
    client = httpx.Client(timeout=None)  # noqa: S113  # a stream has no end
    stream = client.stream("GET", f"{address}/api/v1/events", headers=headers)
    response = stream.__enter__()
    assert response.status_code == 200, response.read()

    def read() -> None:
        try:
            for event in _parsed(response.iter_lines()):
                heard.put(event)
            heard.put(("end", "", {}))
        except httpx.HTTPError:
            heard.put(("broken", "", {}))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    if last_event_id is None:
        assert heard.get(timeout=5)[0] == "open"
    yield heard
    # Closing the socket ends the reader's thread.
    response.extensions["network_stream"].get_extra_info("socket").shutdown(2)
    thread.join(5)
    stream.__exit__(None, None, None)
    client.close()


def _report(as_actor: AsActor, city: City, **changes: Any) -> str:
    with as_actor(city.contractor) as session:
        return str(file_report(session, make_report(city, **changes), by=city.contractor).report_id)


def test_a_report_is_heard_within_a_second(city: City, as_actor: AsActor, address: str):
    with listening(address, city.tokens["staff"]) as heard:
        for _ in range(3):
            report_id = _report(as_actor, city, environment_effects=["overflow"])
            committed = time.monotonic()
            name, _, data = heard.get(timeout=1)
            assert time.monotonic() - committed < 1
            assert (name, data["topic"], data["report_id"]) == ("report", "report.filed", report_id)
            assert data["emergency"] is True


def test_what_was_missed_is_replayed_behind_the_last_event(
    city: City, as_actor: AsActor, address: str
):
    with listening(address, city.tokens["staff"]) as heard:
        seen = _report(as_actor, city)
        _, last_id, data = heard.get(timeout=2)
        assert data["report_id"] == seen
    missed = [_report(as_actor, city) for _ in range(4)]
    with listening(address, city.tokens["staff"], last_event_id=last_id) as heard:
        assert [heard.get(timeout=2)[2]["report_id"] for _ in missed] == missed
        fresh = _report(as_actor, city)
        assert heard.get(timeout=2)[2]["report_id"] == fresh


def test_a_contractor_hears_its_own_cases_only(city: City, as_actor: AsActor, address: str):
    with (
        listening(address, city.tokens["contractor"]) as own,
        listening(address, city.tokens["other_contractor"]) as foreign,
    ):
        report_id = _report(as_actor, city)
        assert own.get(timeout=2)[2]["report_id"] == report_id
        with pytest.raises(Empty):
            foreign.get(timeout=0.5)


MARKS = {"older transaction, smaller number", "younger transaction, committed first"}


def _marks_of_the_rest(heard: Queue[Any]) -> Iterator[str]:
    """What else comes within a moment; other tests' events may still be on their way."""
    while True:
        try:
            yield heard.get(timeout=0.3)[2].get("mark", "")
        except Empty:
            return


def test_an_older_transaction_that_commits_later_is_not_lost(
    city: City, engine: Engine, address: str
):
    """Neither numbers nor transactions come in the order of commits; a reader gets them all."""

    def publish(session: Session, mark: str) -> None:
        outbox.publish(session, "case.changed", {"mark": mark})

    heard_ids: list[str] = []
    with listening(address, city.tokens["staff"]) as heard:
        with transaction(engine) as early, transaction(engine) as late:
            early.execute(text("select pg_current_xact_id()"))
            publish(early, "older transaction, smaller number")
            publish(late, "younger transaction, committed first")
            late.commit()
            _, event_id, data = heard.get(timeout=1)
            assert data["mark"] == "younger transaction, committed first"
            heard_ids.append(event_id)
            early.commit()
        assert heard.get(timeout=1)[2]["mark"] == "older transaction, smaller number"
        assert not {*_marks_of_the_rest(heard)} & MARKS
    # Who broke off between the two gets the other one afterwards, and only that.
    with listening(address, city.tokens["staff"], last_event_id=heard_ids[0]) as heard:
        assert heard.get(timeout=1)[2]["mark"] == "older transaction, smaller number"
        assert not {*_marks_of_the_rest(heard)} & MARKS


def test_a_long_transaction_such_as_an_import_delays_nobody(
    city: City, as_actor: AsActor, engine: Engine, address: str
):
    with listening(address, city.tokens["staff"]) as heard, transaction(engine) as long_one:
        long_one.execute(text("select pg_current_xact_id()"))
        sent = [_report(as_actor, city) for _ in range(3)]
        assert [heard.get(timeout=1)[2]["report_id"] for _ in sent] == sent
        with pytest.raises(Empty):
            heard.get(timeout=0.3)


def test_a_signed_out_reader_is_let_go(
    city: City,
    as_actor: AsActor,
    engine: Engine,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(events, "LOOK_EVERY_S", 0.2)
    with listening(address, city.tokens["engineer"]) as heard:
        with transaction(engine) as session:
            session.execute(
                text("update sign_in set expires_at = now() where user_id = :id"),
                {"id": city.engineer.id},
            )
        assert heard.get(timeout=2)[0] == "end"


def test_nobody_listens_without_signing_in(address: str):
    assert httpx.get(f"{address}/api/v1/events").status_code == 401


def test_no_transaction_is_held_open_and_one_connection_listens(
    city: City, as_actor: AsActor, database_url: str, address: str
):
    idle = text(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and state = 'idle in transaction' and pid <> pg_backend_pid()"
    )
    listeners = text(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and query ilike 'listen gesuibo_outbox'"
    )
    tokens = [city.tokens["staff"]] * 5
    with _all_listening(address, tokens) as streams:
        _report(as_actor, city)
        for heard in streams:
            heard.get(timeout=2)
        time.sleep(0.2)
        owner = create_engine(database_url)
        with owner.connect() as connection:
            assert connection.execute(idle).scalar_one() == 0
            assert connection.execute(listeners).scalar_one() == 1
        owner.dispose()


@contextmanager
def _all_listening(address: str, tokens: list[str]) -> Iterator[list["Queue[Received]"]]:
    if not tokens:
        yield []
        return
    with listening(address, tokens[0]) as heard, _all_listening(address, tokens[1:]) as others:
        yield [heard, *others]


def test_the_stream_goes_on_after_the_database_has_dropped_every_connection(
    city: City, as_actor: AsActor, database_url: str, address: str
):
    owner = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with listening(address, city.tokens["staff"]) as heard:
        with owner.connect() as connection:
            connection.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
            )
        report_id = _eventually(lambda: _report(as_actor, city))
        assert heard.get(timeout=5)[2]["report_id"] == report_id
    owner.dispose()


def _eventually(act: Callable[[], str]) -> str:
    for _ in range(5):
        try:
            return act()
        except Exception:  # noqa: BLE001  # whatever a dropped connection says
            time.sleep(0.1)
    return act()


def test_what_settles_while_the_reader_looks_is_passed_by_once():
    """The horizon is asked for first; an older transaction may commit before the events are."""
    cursor = events.Cursor(after=5)
    horizon = (9, 5)
    cursor.pass_by(outbox.Event(7, "case.changed", {}, 0, 10, settled=True), horizon)
    cursor.settle(horizon)
    assert (cursor.after, cursor.beyond) == (5, {7: 10})
    cursor.settle((12, 8))
    assert (cursor.after, cursor.beyond) == (8, {})
