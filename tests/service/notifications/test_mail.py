"""Mails through a real SMTP server on this machine: what arrives, how often, and when not."""

import email
import email.policy
import re
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine, text
from sqlmodel import select
from starlette.testclient import TestClient

from app.asgi import create_app
from app.worker import load_handlers
from service.accounts.models import UserAccount
from service.core.database import transaction
from service.core.outbox import Event
from service.core.settings import Settings
from service.faults import service as faults
from service.faults.schemas import ResponseCreate
from service.faults.vocabulary import ResponseKind
from service.notifications import mail, news, service, tasks, tokens
from service.notifications.domain import Channel, Kind, MailState, Scope
from service.notifications.models import Mail, NotificationChoice, NotificationProfile
from tests.factories import sign_in_client
from tests.service.notifications.conftest import (
    Office,
    actor_of,
    announce_all,
    give_mail,
    last_event,
    make_office,
)


class Postbox:
    """Keeps what it takes; ``answers`` are given, in turn, instead of taking."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answers: list[str] = []
        self.recipients: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        if self.answers:
            return self.answers.pop(0)
        content: Any = envelope.original_content
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture
def postbox(configured: Callable[..., Settings], tidy: None) -> Iterator[Postbox]:
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    configured(smtp_host="127.0.0.1", smtp_port=port, smtp_from="gesuibo@city.example.jp")
    yield box
    controller.stop()


@pytest.fixture
def office(engine: Engine) -> Office:
    with transaction(engine) as session:
        return make_office(session)


def report_to(engine: Engine, office: Office, *readers: UserAccount, **profile: object) -> None:
    with transaction(engine) as session:
        for reader in readers:
            give_mail(session, reader, **profile)
        begin = last_event(session)
        office.report(session, by=office.worker, emergency=True)
        announce_all(session, begin)


def send_all(engine: Engine) -> int:
    count = 0
    while mail.send_once(engine):
        count += 1
    return count


def make_due(engine: Engine, *, minutes: int = 0) -> None:
    """As if time had passed."""
    with transaction(engine) as session:
        session.execute(
            text(
                "update mail set due_at = now(),"
                " claimed_at = claimed_at - make_interval(mins => :minutes)"
            ),
            {"minutes": minutes},
        )


def states(engine: Engine) -> list[str]:
    with transaction(engine) as session:
        return list(session.exec(select(Mail.state)).all())


def test_a_mail_says_what_happened_why_and_how_to_stop_it(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    report_to(engine, office, office.clerk)
    assert send_all(engine) == 1
    (message,) = postbox.taken
    assert postbox.recipients == [f"{office.clerk.username}@example.jp"]
    assert "【緊急】架空見張ポンプ場 No.1汚水ポンプ" in message["Subject"]
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_content()
    assert (
        "この通知は、役割ごとの標準の通知設定で、受け取ることになっているため届きました。" in body
    )
    assert "http://testserver/cases/" in body
    assert "「緊急の報告」のメールを止める:" in body
    link = message["List-Unsubscribe"].strip("<>")
    assert link in body
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Message-ID"].endswith(f".emergency.{office.clerk.id}@testserver>")
    assert message["Content-Transfer-Encoding"] == "base64"
    assert send_all(engine) == 0


def test_english_readers_get_english(engine: Engine, office: Office, postbox: Postbox) -> None:
    with transaction(engine) as session:
        user = session.get(UserAccount, office.clerk.id)
        assert user is not None
        user.language = "en"
    report_to(engine, office, office.clerk)
    send_all(engine)
    (message,) = postbox.taken
    assert "EMERGENCY" in message["Subject"]
    assert "You received this" in message.get_content()


def test_a_server_that_refuses_is_asked_again_later(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    report_to(engine, office, office.clerk)
    postbox.answers = ["451 try later"]
    assert send_all(engine) == 1
    assert states(engine) == [MailState.WAITING]
    assert send_all(engine) == 0  # not yet
    make_due(engine)
    assert send_all(engine) == 1
    assert states(engine) == [MailState.SENT]
    assert len(postbox.taken) == 1


def test_what_cannot_be_sent_is_shown_to_the_administrator(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    report_to(engine, office, office.clerk)
    postbox.answers = ["550 no such mailbox"] * 20
    for _ in range(8):
        make_due(engine)
        assert send_all(engine) == 1
    assert states(engine) == [MailState.FAILED]
    assert postbox.taken == []
    make_due(engine)
    assert send_all(engine) == 0
    with transaction(engine) as session:
        event = session.execute(
            text("select id, topic, payload from outbox_event order by id desc limit 1")
        ).one()
        assert event.topic == "mail.failed"
        tasks.announce(session, Event(event.id, event.topic, event.payload))
        count = session.execute(
            text("select count(*) from notification where user_id = :id and kind = 'system'"),
            {"id": office.admin.id},
        ).scalar_one()
        assert count == 1
        row = session.exec(select(Mail)).one()
        service.send_mail_again(session, row.id, by=actor_of(office.admin))
    postbox.answers = []
    assert send_all(engine) == 1
    assert len(postbox.taken) == 1


class Killed(BaseException):
    """The process ends here."""


def and_die(settings: Settings, message: EmailMessage) -> None:
    mail.post(settings, message)
    raise Killed


def before_it_could(settings: Settings, message: EmailMessage) -> None:
    raise Killed


def test_a_worker_killed_after_sending_sends_once_more_with_the_same_id(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    report_to(engine, office, office.clerk)
    with pytest.raises(Killed):
        mail.send_once(engine, carry=and_die)
    assert states(engine) == [MailState.SENDING]
    assert send_all(engine) == 0  # another worker may still be at it
    make_due(engine, minutes=11)
    assert send_all(engine) == 1
    assert len(postbox.taken) == 2
    assert len({message["Message-ID"] for message in postbox.taken}) == 1
    assert states(engine) == [MailState.SENT]


def test_a_worker_killed_twice_leaves_it_to_people(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    report_to(engine, office, office.clerk)
    for _ in range(2):
        with pytest.raises(Killed):
            mail.send_once(engine, carry=and_die)
        make_due(engine, minutes=11)
    send_all(engine)
    assert len(postbox.taken) == 2
    assert states(engine) == [MailState.UNSURE]


def test_a_worker_killed_before_sending_sends_it_later(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    report_to(engine, office, office.clerk)
    with pytest.raises(Killed):
        mail.send_once(engine, carry=before_it_could)
    make_due(engine, minutes=11)
    send_all(engine)
    assert len(postbox.taken) == 1
    assert states(engine) == [MailState.SENT]


def test_a_line_that_breaks_after_the_text_counts_as_maybe_sent(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    report_to(engine, office, office.clerk)

    def broken(settings: Settings, message: EmailMessage) -> None:
        mail.post(settings, message)
        raise mail.MayHaveLeft

    for _ in range(5):
        mail.send_once(engine, carry=broken)
        make_due(engine)
    assert len(postbox.taken) == 2
    assert states(engine) == [MailState.UNSURE]


def test_a_day_comes_in_one_mail_with_a_link_for_each_kind(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    with transaction(engine) as session:
        give_mail(session, office.clerk, delivery="daily")
        for kind in (Kind.REPORT, Kind.TAG):
            row = NotificationChoice(
                user_id=office.clerk.id, kind=kind, channel=Channel.MAIL, scope=Scope.ALL
            )
            session.add(row)
        session.flush()
        begin = last_event(session)
        office.report(session, by=office.worker)
        announce_all(session, begin)
        payload = {"tag_code": "ABCD1234", "position_id": str(office.pump_id)}
        tasks.announce(session, Event(2**41, "tag.disputed", payload))
    assert send_all(engine) == 0
    make_due(engine)
    assert send_all(engine) == 1
    (message,) = postbox.taken
    assert "2 件の知らせ" in message["Subject"]
    body = message.get_content()
    assert body.count("のメールを止める:") == 2
    assert message["Message-ID"].startswith("<digest.")


def test_somebody_who_has_left_gets_nothing(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    report_to(engine, office, office.clerk)
    with transaction(engine) as session:
        session.execute(
            text("update user_account set disabled_at = now() where id = :id"),
            {"id": office.clerk.id},
        )
    send_all(engine)
    assert postbox.taken == []
    assert states(engine) == [MailState.DROPPED]


def test_what_is_switched_off_while_it_waits_does_not_come(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    report_to(engine, office, office.clerk)
    with transaction(engine) as session:
        profile = session.get(NotificationProfile, office.clerk.id)
        assert profile is not None
        token = tokens.issue(profile.token_key, office.clerk.id, Kind.EMERGENCY)
        service.switch_off(session, token)
    send_all(engine)
    assert postbox.taken == []
    assert states(engine) == [MailState.DROPPED]


def test_what_is_out_of_sight_when_it_is_sent_does_not_come(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    with transaction(engine) as session:
        give_mail(session, office.worker, delivery="daily")
        filed = office.report(session, by=office.worker)
        begin = last_event(session)
        new = ResponseCreate(kind=ResponseKind.INSTRUCTION, description="停止してください。")
        faults.add_response(session, filed.case_id, new, by=actor_of(office.clerk))
        announce_all(session, begin)
        session.execute(
            text("update contract set ends_on = current_date - 2 where company_id = :id"),
            {"id": office.worker.company_id},
        )
    make_due(engine)
    send_all(engine)
    assert postbox.taken == []
    assert states(engine) == [MailState.DROPPED]


def test_a_name_with_line_breaks_adds_no_header(
    engine: Engine, office: Office, postbox: Postbox
) -> None:
    with transaction(engine) as session:
        session.execute(
            text("update facility set name = :name where id = :id"),
            {"name": "見張\r\nBcc: everybody@example.jp", "id": office.facility_id},
        )
    report_to(engine, office, office.clerk)
    send_all(engine)
    (message,) = postbox.taken
    assert message["Bcc"] is None
    assert "見張 Bcc: everybody@example.jp" in message["Subject"]


def test_without_a_mail_server_nothing_is_tried(engine: Engine, office: Office, tidy: None) -> None:
    report_to(engine, office, office.clerk)
    assert states(engine) == []
    assert not mail.send_once(engine)


def test_the_worker_knows_every_topic() -> None:
    handlers = load_handlers()
    for topic in news.TOPICS:
        assert tasks.announce in handlers[topic]


def test_an_address_is_told_to_confirm_itself_once_a_minute(
    engine: Engine, settings: Settings, office: Office, postbox: Postbox
) -> None:
    app = create_app(engine=engine, settings=settings)
    client = sign_in_client(app, office.clerk)
    form = {"mail_address": "clerk@city.example.jp"}
    assert client.post("/notifications/settings/address", data=form).status_code == 303
    (message,) = postbox.taken
    assert postbox.recipients == ["clerk@city.example.jp"]
    link = re.search(r"http://testserver(/notifications/confirm/\S+)", message.get_content())
    assert link is not None
    assert client.post("/notifications/settings/address", data=form).status_code == 429
    assert "確認待ち" in client.get("/notifications/settings").text
    visitor = TestClient(app, follow_redirects=False)
    assert visitor.post(link[1]).status_code == 200
    assert "確認済" in client.get("/notifications/settings").text
    client.post("/notifications/settings/address", data={"mail_address": ""})
    with transaction(engine) as session:
        profile = session.get(NotificationProfile, office.clerk.id)
        assert profile is not None
        assert (profile.mail_address, profile.mail_confirmed_at) == (None, None)


def test_a_mail_server_that_is_away_is_said_at_once(
    engine: Engine, settings: Settings, office: Office, configured: Callable[..., Settings]
) -> None:
    configured(smtp_host="127.0.0.1", smtp_port=1)
    client = sign_in_client(create_app(engine=engine, settings=settings), office.clerk)
    form = {"mail_address": "clerk@city.example.jp"}
    answer = client.post("/notifications/settings/address", data=form)
    assert answer.status_code == 503
    assert "メールサーバーに送れませんでした" in answer.text
    with transaction(engine) as session:
        profile = session.get(NotificationProfile, office.clerk.id)
        assert profile is None or profile.mail_address is None
