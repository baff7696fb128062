"""A real worker in a process of its own is killed with -9 at the worst moments.

Whoever receives sees each event's id at least once and at most twice.
"""

import email
import email.policy
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy import Engine, text

from service.core.database import make_engine, transaction
from service.core.settings import Settings, get_settings
from service.notifications import webhooks
from service.notifications.schemas import WebhookCreate
from service.notifications.webhook_domain import Topic
from tests.own_database import own_settings
from tests.service.notifications.conftest import Office, actor_of, give_mail, make_office
from tests.service.notifications.test_webhooks import Handler

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60


@dataclass
class Consumers:
    """A mail server and a receiver of webhooks; each kills whoever hands something over, once."""

    worker: subprocess.Popen[bytes] | None = None
    kill_at_mail: bool = False
    kill_at_webhook: bool = False
    mails: list[str] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)

    def kill(self) -> None:
        assert self.worker
        os.kill(self.worker.pid, signal.SIGKILL)
        self.worker.wait()

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802, ARG002
        content: Any = envelope.original_content
        message = email.message_from_bytes(content, policy=email.policy.default)
        self.mails.append(message["Message-ID"])
        if self.kill_at_mail:
            self.kill_at_mail = False
            self.kill()
        return "250 OK"


@pytest.fixture(scope="module")
def settings(maintenance_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database of its own: the worker does whatever is due in it."""
    with own_settings(maintenance_url, "killed", tmp_path_factory.mktemp("killed")) as own:
        yield own


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Iterator[Engine]:
    engine = make_engine(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def consumers() -> Iterator[tuple[Consumers, dict[str, str]]]:
    both = Consumers()

    class Killing(Handler):
        def do_POST(self) -> None:  # noqa: N802
            both.hooks.append(self.headers["webhook-id"])
            if both.kill_at_webhook:
                both.kill_at_webhook = False
                both.kill()
            super().do_POST()

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the one who asked is gone
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Killing)
    server.statuses, server.taken, server.silence_s, server.location = [], [], 0.0, ""  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    post = Controller(both, hostname="127.0.0.1", port=port)
    post.start()
    environment = {
        "GESUIBO_SMTP_HOST": "127.0.0.1",
        "GESUIBO_SMTP_PORT": str(port),
        "GESUIBO_SMTP_FROM": "gesuibo@city.example.jp",
        "GESUIBO_WEBHOOK_HOSTS": f"127.0.0.1:{server.server_port}",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        get_settings.cache_clear()
        yield both, environment | {"hook": f"http://127.0.0.1:{server.server_port}/hook"}
    get_settings.cache_clear()
    post.stop()
    server.shutdown()
    server.server_close()
    thread.join()
    if both.worker and both.worker.poll() is None:
        both.worker.kill()
        both.worker.wait()


def _begin(both: Consumers) -> None:
    both.worker = subprocess.Popen([sys.executable, "-m", "app.worker"], cwd=ROOT)


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so() and time.monotonic() < end:
        time.sleep(0.05)
    assert is_so()


def _waiting(engine: Engine, table: str, *settled: str) -> list[str]:
    with transaction(engine) as session:
        states = session.execute(text(f"select state from {table}")).scalars().all()
    return [state for state in states if state not in settled]


def _leases_end(engine: Engine) -> None:
    """As if the minutes had passed after which another worker may take over."""
    with transaction(engine) as session:
        for table in ("mail", "webhook_delivery"):
            session.execute(
                text(f"update {table} set claimed_at = claimed_at - interval '11 minutes'")
            )


@pytest.mark.slow
def test_mails_and_webhooks_survive_kill_9(
    engine: Engine, consumers: tuple[Consumers, dict[str, str]]
) -> None:
    both, where = consumers
    with transaction(engine) as session:
        office: Office = make_office(session)
        give_mail(session, office.clerk)
        new = WebhookCreate(name="中央監視", url=where["hook"], topics=[Topic.REPORT_FILED])
        webhooks.add_webhook(session, new, by=actor_of(office.admin))
    for number, armed in enumerate(("kill_at_mail", "kill_at_webhook"), start=1):
        setattr(both, armed, True)
        with transaction(engine) as session:
            for _ in range(3):
                office.report(session, by=office.worker, emergency=True)
        _begin(both)
        _until(lambda: both.worker is not None and both.worker.poll() == -signal.SIGKILL)
        assert getattr(both, armed) is False, "killed after it had handed something over"
        _leases_end(engine)
        _begin(both)
        _until(lambda: not _waiting(engine, "mail", "sent"))
        _until(lambda: not _waiting(engine, "webhook_delivery", "delivered"))
        both.kill()
        with transaction(engine) as session:
            planned = session.execute(text("select count(*) from mail")).scalar_one()
        assert len(set(both.hooks)) == 3 * number, "never zero"
        assert len(set(both.mails)) == planned == 3 * number, "never zero"
    for ids in (both.mails, both.hooks):
        assert max(ids.count(one) for one in ids) == 2, "at most twice, and the kill was real"
