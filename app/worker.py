"""Claims outbox rows, runs their handlers, seals the trail, sums tallies; long work has lanes.

Any number of workers may run: rows are claimed with SKIP LOCKED, sealing takes a lock of its own,
and so do imports. A large import or print run takes minutes: each sort has a thread of its own,
and mail never waits.
"""

import importlib
import logging
import signal
from collections.abc import Callable
from threading import Event as Flag
from threading import Thread

import psycopg
from sqlalchemy import Engine
from sqlmodel import Session

from importers import tasks as imports
from service.analytics import scheduled
from service.audit.service import seal_pending
from service.core import outbox
from service.core.database import application_url, libpq_conninfo, make_engine, transaction
from service.core.settings import Settings, get_settings
from service.notifications import alarms, deliveries, mail
from service.registry.queries import facets
from service.tags import press

log = logging.getLogger("gesuibo.worker")
Handler = Callable[[Session, outbox.Event], None]
TASK_MODULES = (
    "service.audit.tasks",
    "service.attachments.tasks",
    "service.notifications.tasks",
)
LANES: dict[str, Callable[[Engine], bool]] = {
    "imports": imports.work_once,
    "labels": press.work_once,
    "mail": mail.send_once,
    "webhooks": deliveries.deliver_once,
    "alarms": alarms.ring_once,
    "reports": scheduled.announce_once,
}
IDLE_S = 5.0


def load_handlers() -> dict[str, list[Handler]]:
    """Every ``tasks`` module names its handlers: ``HANDLERS = {"topic": handler}``."""
    handlers: dict[str, list[Handler]] = {}
    for name in TASK_MODULES:
        module = importlib.import_module(name)
        for topic, handler in module.HANDLERS.items():
            handlers.setdefault(topic, []).append(handler)
    return handlers


def work_once(engine: Engine, handlers: dict[str, list[Handler]]) -> bool:
    """Handles one event; False when there was none. A failure is noted and tried again later."""
    with transaction(engine) as session:
        event = outbox.claim(session)
        if event is None:
            return False
        try:
            with session.begin_nested():
                for handler in handlers.get(event.topic, ()):
                    handler(session, event)
        except Exception as error:
            log.exception("outbox_failed", extra={"event_id": event.id, "topic": event.topic})
            outbox.fail(session, event, repr(error))
        else:
            outbox.complete(session, event)
    return True


def drain(engine: Engine) -> int:
    """Handles everything that is due and seals the trail; for tests and the terminal."""
    handlers, count = load_handlers(), 0
    while work_once(engine, handlers) or any(lane(engine) for lane in LANES.values()):
        count += 1
    with transaction(engine) as session:
        seal_pending(session)
    return count


def _wait(settings: Settings) -> None:
    """Sleeps until something was saved, at most IDLE_S."""
    conninfo = libpq_conninfo(application_url(settings))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"listen {outbox.CHANNEL}")
        for _ in connection.notifies(timeout=IDLE_S, stop_after=1):
            return


def run(settings: Settings, stop: Flag) -> None:
    engine = make_engine(settings)
    handlers = load_handlers()

    def outbox_once() -> None:
        while not stop.is_set() and work_once(engine, handlers):
            pass
        with transaction(engine) as session:
            seal_pending(session)
        with transaction(engine) as session:
            facets.sum_up(session)

    def all_of(lane: Callable[[Engine], bool]) -> Callable[[], None]:
        def work() -> None:
            while not stop.is_set() and lane(engine):
                pass

        return work

    # A step that is cut short by the end of the process is begun again by the next one.
    for name, lane in LANES.items():
        arguments = (settings, stop, all_of(lane))
        Thread(target=_keep_on, args=arguments, daemon=True, name=name).start()
    _keep_on(settings, stop, outbox_once)
    engine.dispose()


def _keep_on(settings: Settings, stop: Flag, work: Callable[[], None]) -> None:
    while not stop.is_set():
        try:
            work()
            _wait(settings)
        except Exception:
            log.exception("worker_lost_database")
            stop.wait(IDLE_S)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stop = Flag()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(get_settings(), stop)


if __name__ == "__main__":
    main()
