"""Webhooks over real HTTP: signed as others verify it, tried again, guarded, switched off."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlmodel import Session, select
from standardwebhooks import Webhook as Verifier

from app.asgi import create_app
from service.core.database import transaction
from service.core.settings import Settings, get_settings
from service.notifications import deliveries, webhooks
from service.notifications.address_guard import Guard, is_public
from service.notifications.models import Webhook, WebhookDelivery
from service.notifications.schemas import WebhookCreate
from service.notifications.webhook_domain import BACKOFF, AddressRefused, Topic, backoff
from tests.factories import sign_in_client
from tests.service.notifications.conftest import (
    Office,
    actor_of,
    announce_all,
    last_event,
    make_office,
)

if TYPE_CHECKING:
    from starlette.testclient import TestClient


class Receiver(ThreadingHTTPServer):
    """Answers with ``statuses`` in turn, then 200; keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses: list[int] = []
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.location = ""
        self.silence_s = 0.0
        self.ending = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
        if self.server.silence_s:
            self.server.ending.wait(self.server.silence_s)
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.send_response(status)
        if self.server.location:
            self.send_header("location", self.server.location)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def receiver(configured: Callable[..., Settings], tidy: None) -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    configured(webhook_hosts=f"127.0.0.1:{server.server_port}")
    yield server
    server.ending.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def office(engine: Engine) -> Office:
    with transaction(engine) as session:
        return make_office(session)


def listen(engine: Engine, office: Office, receiver: Receiver, *topics: Topic) -> Webhook:
    new = WebhookCreate(
        name="中央監視",
        url=f"http://127.0.0.1:{receiver.server_port}/hook",
        topics=list(topics or (Topic.REPORT_FILED,)),
    )
    with transaction(engine) as session:
        return webhooks.add_webhook(session, new, by=actor_of(office.admin))


def report(engine: Engine, office: Office) -> None:
    with transaction(engine) as session:
        begin = last_event(session)
        office.report(session, by=office.worker)
        announce_all(session, begin)


def deliver_all(engine: Engine) -> int:
    count = 0
    while deliveries.deliver_once(engine):
        count += 1
    return count


def only(session: Session) -> WebhookDelivery:
    return session.exec(select(WebhookDelivery)).one()


def make_due(engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(
            text(
                "update webhook_delivery set due_at = now(),"
                " claimed_at = claimed_at - interval '10 minutes'"
            )
        )


def test_others_verify_the_signature_and_read_no_personal_data(
    engine: Engine, office: Office, receiver: Receiver
) -> None:
    hook = listen(engine, office, receiver)
    report(engine, office)
    assert deliver_all(engine) == 1
    ((headers, body),) = receiver.taken
    content = Verifier(hook.secret).verify(body, headers)
    assert content["type"] == "report.filed"
    assert set(content["data"]) == {"case_id", "report_id", "url", "event_id"}
    assert office.worker.display_name not in body.decode()
    assert headers["webhook-id"] == f"evt_{content['data']['event_id']}"
    with pytest.raises(Exception, match="No matching signature"):
        Verifier(hook.secret).verify(body + b" ", headers)


def test_after_a_rotation_both_secrets_verify_for_a_day(
    engine: Engine, office: Office, receiver: Receiver
) -> None:
    old = listen(engine, office, receiver).secret
    with transaction(engine) as session:
        row = session.exec(select(Webhook)).one()
        new = webhooks.rotate_secret(session, row.id, by=actor_of(office.admin)).secret
    report(engine, office)
    deliver_all(engine)
    for secret in (old, new):
        Verifier(secret).verify(receiver.taken[0][1], receiver.taken[0][0])
    with transaction(engine) as session:
        row = session.exec(select(Webhook)).one()
        assert row.previous_until is not None
        row.previous_until -= timedelta(hours=25)
    report(engine, office)
    deliver_all(engine)
    with pytest.raises(Exception, match="No matching signature"):
        Verifier(old).verify(receiver.taken[1][1], receiver.taken[1][0])


def test_a_failure_is_tried_again_with_the_same_id_and_logged(
    engine: Engine, office: Office, receiver: Receiver
) -> None:
    listen(engine, office, receiver)
    receiver.statuses = [500]
    report(engine, office)
    assert deliver_all(engine) == 1
    with transaction(engine) as session:
        row = only(session)
        assert (row.state, row.attempts, row.tries[0]["status"]) == ("waiting", 1, 500)
        assert session.exec(select(Webhook)).one().failing_since is not None
    make_due(engine)
    assert deliver_all(engine) == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1
    with transaction(engine) as session:
        row = only(session)
        assert (row.state, [one["status"] for one in row.tries]) == ("delivered", [500, 200])
        assert session.exec(select(Webhook)).one().failing_since is None


def test_it_is_given_up_after_days_and_can_be_sent_by_hand(
    engine: Engine, office: Office, receiver: Receiver
) -> None:
    hook = listen(engine, office, receiver)
    receiver.statuses = [503] * (len(BACKOFF) + 1)
    report(engine, office)
    for _ in receiver.statuses[:]:
        make_due(engine)
        assert deliver_all(engine) == 1
    with transaction(engine) as session:
        row = only(session)
        assert row.state == "failed"
        webhooks.send_again(session, hook.id, row.id, by=actor_of(office.admin))
    assert deliver_all(engine) == 1
    with transaction(engine) as session:
        assert only(session).state == "delivered"
    assert sum(BACKOFF, timedelta()) > timedelta(days=2)
    assert backoff(len(BACKOFF) + 1) is None


def test_days_of_failure_switch_it_off_and_tell_the_administrator(
    engine: Engine, office: Office, receiver: Receiver
) -> None:
    hook = listen(engine, office, receiver)
    receiver.statuses = [500]
    with transaction(engine) as session:
        session.execute(text("update webhook set failing_since = now() - interval '6 days'"))
        begin = last_event(session)
    report(engine, office)
    deliver_all(engine)
    with transaction(engine) as session:
        row = session.get(Webhook, hook.id)
        assert row is not None
        assert row.disabled_reason == "failing"
        announce_all(session, begin)
        told = session.execute(
            text("select facts->>'name' from notification where user_id = :id and kind = 'system'"),
            {"id": office.admin.id},
        )
        assert list(told.scalars()) == ["中央監視"]
    make_due(engine)
    assert deliver_all(engine) == 0


def test_gone_is_gone(engine: Engine, office: Office, receiver: Receiver) -> None:
    hook = listen(engine, office, receiver)
    receiver.statuses = [410]
    report(engine, office)
    deliver_all(engine)
    with transaction(engine) as session:
        row = session.get(Webhook, hook.id)
        assert row is not None
        assert row.disabled_reason == "gone"


def test_no_redirect_is_followed(engine: Engine, office: Office, receiver: Receiver) -> None:
    listen(engine, office, receiver)
    receiver.statuses, receiver.location = [307], "http://127.0.0.1:1/internal"
    report(engine, office)
    deliver_all(engine)
    with transaction(engine) as session:
        assert only(session).tries[0]["status"] == 307
    assert len(receiver.taken) == 1


def test_a_receiver_that_does_not_answer_is_left(
    engine: Engine, office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "TOTAL_S", 0.5)
    listen(engine, office, receiver)
    receiver.silence_s = 30
    report(engine, office)
    deliver_all(engine)
    with transaction(engine) as session:
        (one,) = only(session).tries
        assert "ReadTimeout" in one["error"]
        assert one["duration_ms"] < 3_000


def test_a_worker_killed_in_between_hands_it_over_again_with_the_same_id(
    engine: Engine, office: Office, receiver: Receiver
) -> None:
    listen(engine, office, receiver)
    report(engine, office)
    with transaction(engine) as session:  # sent, and the process ended before the mark
        claimed = deliveries.queries.claim(session, deliveries.now(), deliveries.LEASE)
    assert claimed is not None
    assert deliveries._ask(claimed, deliveries.now()).is_good
    assert deliver_all(engine) == 0
    make_due(engine)
    assert deliver_all(engine) == 1
    assert deliver_all(engine) == 0
    assert len(receiver.taken) == 2
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",  # noqa: S104
        "100.64.0.1", "224.0.0.1", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
        "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_open_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888"])
def test_addresses_of_the_open_internet(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.jp/hook", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest", "https://example.jp:22/", "https://example.jp:6379/",
        "ftp://example.jp/", "file:///etc/passwd", "gopher://example.jp/", "https://a:b@example.jp/",
        "https://", "//example.jp", "https://example.jp:99999/", "https://[::1",
    ],
)  # fmt: skip
def test_addresses_refused_when_they_are_entered(url: str) -> None:
    with pytest.raises(AddressRefused):
        Guard().check_url(url)


def test_listed_hosts_may_be_inside() -> None:
    guard = Guard({"chat.city.example.jp", "127.0.0.1:8080"})
    for url in ("http://chat.city.example.jp:9000/x", "http://127.0.0.1:8080/x"):
        guard.check_url(url)
    with pytest.raises(AddressRefused):
        guard.check_url("http://127.0.0.1:8081/x")


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_a_name_is_judged_by_the_address_that_is_connected_to(host: str) -> None:
    """However the name came to mean it: the check is on the address of this connection."""
    with pytest.raises(AddressRefused):
        Guard().addresses(host, 443)


def test_a_host_that_is_no_longer_listed_is_not_called(
    engine: Engine, office: Office, receiver: Receiver, configured: Callable[..., Settings]
) -> None:
    listen(engine, office, receiver)
    configured(webhook_hosts="")
    report(engine, office)
    deliver_all(engine)
    assert receiver.taken == []
    with transaction(engine) as session:
        assert only(session).tries[0]["error"] == "webhook-address-refused"


@pytest.fixture
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(engine=engine, settings=settings)


def test_the_api_shows_a_secret_once_and_keeps_the_rules(
    app: FastAPI, office: Office, receiver: Receiver, engine: Engine
) -> None:
    client = sign_in_client(app, office.admin)
    url = f"http://127.0.0.1:{receiver.server_port}/hook"
    new = {"name": "監視", "url": url, "topics": ["report.filed"]}
    made = client.post("/api/v1/webhooks", json=new)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    one = f"/api/v1/webhooks/{made.json()['id']}"
    assert "secret" not in client.get(one).json()
    assert "whsec_" not in client.get("/api/v1/webhooks").text
    assert client.patch(one, json={"name": "x"}).status_code == 428
    tag = client.get(one).headers["etag"]
    changed = client.patch(one, json={"is_active": False}, headers={"if-match": tag})
    assert changed.json()["disabled_at"] is not None
    assert client.patch(one, json={}, headers={"if-match": tag}).status_code == 412
    on = client.patch(one, json={"is_active": True}, headers={"if-match": "*"})
    assert on.json()["disabled_at"] is None
    assert client.post(f"{one}/test").status_code == 202
    deliver_all(engine)
    (log,) = client.get(f"{one}/deliveries").json()["items"]
    assert (log["topic"], log["state"]) == ("webhook.test", "delivered")
    assert json.loads(receiver.taken[0][1])["type"] == "webhook.test"
    assert client.post(f"{one}/deliveries/{log['id']}/resend").json()["state"] == "waiting"
    bad = client.post("/api/v1/webhooks", json=new | {"url": "http://10.0.0.1/"})
    assert bad.json()["code"] == "webhook-address-refused"
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404


@pytest.mark.parametrize("who", ["clerk", "worker"])
def test_only_administrators_see_webhooks(app: FastAPI, office: Office, who: str) -> None:
    client: TestClient = sign_in_client(app, getattr(office, who))
    assert client.get("/api/v1/webhooks").status_code == 403
    new: dict[str, Any] = {"name": "x", "url": "https://example.jp/", "topics": ["report.filed"]}
    assert client.post("/api/v1/webhooks", json=new).status_code == 403
    assert get_settings().webhook_hosts == ""
