"""Pages: reading, choosing, the links of mails, night duty, webhooks for the administrator."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlmodel import select
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.models import UserAccount
from service.core.clock import now, today
from service.core.database import transaction
from service.core.settings import Settings
from service.notifications import service, tokens
from service.notifications.domain import Channel, Kind, Scope
from service.notifications.models import Duty, NotificationChoice, NotificationProfile
from tests.factories import make_user, sign_in_client
from tests.service.notifications.conftest import (
    Office,
    actor_of,
    announce_all,
    give_mail,
    last_event,
    make_office,
)

pytestmark = pytest.mark.usefixtures("tidy")


@pytest.fixture
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(engine=engine, settings=settings)


@pytest.fixture
def office(engine: Engine) -> Office:
    with transaction(engine) as session:
        return make_office(session)


def file_report(engine: Engine, office: Office) -> None:
    with transaction(engine) as session:
        begin = last_event(session)
        office.report(session, by=office.worker)
        announce_all(session, begin)


def visitor(app: FastAPI) -> TestClient:
    return TestClient(app, follow_redirects=False)


def token_of(engine: Engine, user: UserAccount, purpose: str, content: str = "") -> str:
    with transaction(engine) as session:
        profile = session.get(NotificationProfile, user.id) or give_mail(session, user)
        return tokens.issue(profile.token_key, user.id, purpose, content)


def chosen(engine: Engine, user: UserAccount) -> dict[tuple[str, str], str]:
    with transaction(engine) as session:
        rows = session.exec(
            select(NotificationChoice).where(NotificationChoice.user_id == user.id)
        ).all()
        return {(row.kind, row.channel): row.scope for row in rows}


def test_messages_are_counted_read_and_lead_to_their_case(
    engine: Engine, app: FastAPI, office: Office
) -> None:
    file_report(engine, office)
    client = sign_in_client(app, office.clerk)
    assert ">1<" in client.get("/notifications/count").text
    page = client.get("/notifications").text
    assert "架空見張ポンプ場 No.1汚水ポンプ の故障報告が届きました" in page
    assert "この通知は、役割ごとの標準の通知設定で" in page
    link = re.search(r"/notifications/[0-9a-f-]+/open", page)
    assert link is not None
    answer = client.get(link[0])
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/cases/")
    assert client.get("/notifications/count").text.strip() == ""
    assert "未読" not in client.get("/notifications").text.partition("<main")[2]
    other = sign_in_client(app, office.colleague)
    assert other.get(link[0]).status_code == 404


def test_everything_is_marked_as_read_for_oneself_only(
    engine: Engine, app: FastAPI, office: Office
) -> None:
    file_report(engine, office)
    client, other = (sign_in_client(app, one) for one in (office.clerk, office.colleague))
    assert client.post("/notifications/read").status_code == 303
    assert client.get("/notifications/count").text.strip() == ""
    assert ">1<" in other.get("/notifications/count").text
    with transaction(engine) as session:
        session.execute(text("update notification set created_at = now() - interval '200 days'"))
    other.post("/notifications/read", data={"id": str(office.pump_id)})
    client.post("/notifications/read")
    assert "既読" not in client.get("/notifications").text.partition("<main")[2]
    assert ">1<" in other.get("/notifications/count").text  # unread ones stay


def test_a_visitor_has_no_messages(app: FastAPI) -> None:
    assert visitor(app).get("/notifications/count").text.strip() == ""
    assert visitor(app).get("/notifications").status_code in {303, 401}


def test_choices_are_kept_where_they_differ_from_the_role(
    engine: Engine, app: FastAPI, office: Office
) -> None:
    client = sign_in_client(app, office.clerk)
    page = client.get("/notifications/settings").text
    assert "メールサーバーが設定されていないため" in page
    sent = {"report.in_app": "all", "report.mail": "all", "emergency.mail": "off"}
    assert client.post("/notifications/settings", data=sent).status_code == 303
    assert chosen(engine, office.clerk) == {("report", "mail"): "all", ("emergency", "mail"): "off"}
    client.post("/notifications/settings", data={"report.mail": "off", "emergency.mail": "all"})
    assert chosen(engine, office.clerk) == {("report", "mail"): "off"}
    bad = client.post("/notifications/settings", data={"report.mail": "perhaps"})
    assert bad.status_code == 422


def test_what_a_role_is_not_offered_cannot_be_chosen(
    engine: Engine, app: FastAPI, office: Office
) -> None:
    client = sign_in_client(app, office.worker)
    client.post("/notifications/settings", data={"approval.mail": "all", "tag.in_app": "all"})
    assert chosen(engine, office.worker) == {}


def test_quiet_hours_and_facilities_are_kept(engine: Engine, app: FastAPI, office: Office) -> None:
    client = sign_in_client(app, office.clerk)
    values = {
        "delivery": "daily",
        "digest_at": "07:30",
        "quiet_from": "22:00",
        "quiet_to": "06:00",
        "facility_ids": [str(office.facility_id)],
    }
    assert client.post("/notifications/settings/rhythm", data=values).status_code == 303
    with transaction(engine) as session:
        profile = session.get(NotificationProfile, office.clerk.id)
        assert profile is not None
        assert (str(profile.quiet_from), profile.delivery) == ("22:00:00", "daily")
        assert profile.facility_ids == [office.facility_id]
    half = client.post("/notifications/settings/rhythm", data=values | {"quiet_to": ""})
    assert half.status_code == 422
    assert 'value="22:00"' in half.text


def test_an_address_without_a_mail_server_is_refused(app: FastAPI, office: Office) -> None:
    client = sign_in_client(app, office.clerk)
    answer = client.post("/notifications/settings/address", data={"mail_address": "a@example.jp"})
    assert answer.status_code == 403
    assert "メールサーバーが設定されていないため" in answer.text


@pytest.mark.parametrize(
    "address", ["nobody", "a@b", "a b@example.jp", "a@example.jp\r\nBcc: x@y.jp"]
)
def test_what_is_no_address_is_refused(
    app: FastAPI, office: Office, configured: Callable[..., Settings], address: str
) -> None:
    configured(smtp_host="127.0.0.1")
    client = sign_in_client(app, office.clerk)
    answer = client.post("/notifications/settings/address", data={"mail_address": address})
    assert answer.status_code == 422
    assert "name@example.jp" in answer.text


def test_the_link_of_a_mail_switches_its_kind_off_without_signing_in(
    engine: Engine, app: FastAPI, office: Office
) -> None:
    path = f"/notifications/off/{token_of(engine, office.clerk, Kind.EMERGENCY)}"
    page = visitor(app).get(path)
    assert page.status_code == 200
    assert "緊急の報告" in page.text
    assert chosen(engine, office.clerk) == {}  # looking changes nothing
    done = visitor(app).post(path, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert "「緊急の報告」のメールを止めました。" in done.text
    assert chosen(engine, office.clerk) == {("emergency", "mail"): "off"}
    with transaction(engine) as session:
        trail = session.execute(
            text("select action from audit_entry where target_id = :id and action = 'mail-off'"),
            {"id": str(office.clerk.id)},
        )
        assert trail.scalar_one() == "mail-off"


def test_one_link_switches_all_mails_off(engine: Engine, app: FastAPI, office: Office) -> None:
    path = f"/notifications/off/{token_of(engine, office.worker, tokens.EVERYTHING)}"
    assert visitor(app).post(path).status_code == 200
    kinds = {kind for (kind, channel) in chosen(engine, office.worker) if channel == "mail"}
    assert {"case", "response", "report"} <= kinds
    assert set(chosen(engine, office.worker).values()) == {"off"}


def test_forged_links_do_nothing(engine: Engine, app: FastAPI, office: Office) -> None:
    genuine = token_of(engine, office.clerk, Kind.EMERGENCY)
    user, kind, signature = genuine.split(".")
    for forged in (
        f"{office.colleague.id.hex}.{kind}.{signature}",  # another person's
        f"{user}.report.{signature}",  # another kind
        f"{user}.{kind}.{'0' * 64}",
        f"{user}.{kind}.{signature[:-1]}",
        f"{user}.confirm.{signature}",
        "x",
        token_of(engine, office.clerk, "confirm", "clerk@example.jp"),
    ):
        path = f"/notifications/off/{forged}"
        assert visitor(app).get(path).status_code == 404
        assert visitor(app).post(path).status_code == 404
    assert chosen(engine, office.clerk) == {}
    assert chosen(engine, office.colleague) == {}


def test_a_link_signed_with_another_persons_key_does_nothing(
    engine: Engine, app: FastAPI, office: Office
) -> None:
    token_of(engine, office.clerk, Kind.EMERGENCY)
    with transaction(engine) as session:
        key = give_mail(session, office.colleague).token_key
    forged = tokens.issue(key, office.clerk.id, Kind.EMERGENCY)
    assert visitor(app).post(f"/notifications/off/{forged}").status_code == 404
    assert chosen(engine, office.clerk) == {}


def test_an_address_is_confirmed_by_whoever_reads_its_mail(
    engine: Engine, app: FastAPI, office: Office
) -> None:
    with transaction(engine) as session:
        profile = give_mail(session, office.clerk)
        profile.mail_confirmed_at = None
        address = profile.mail_address or ""
    path = f"/notifications/confirm/{token_of(engine, office.clerk, service.CONFIRM, address)}"
    assert visitor(app).get(path).status_code == 200
    assert visitor(app).post(path).status_code == 200
    with transaction(engine) as session:
        kept = session.get(NotificationProfile, office.clerk.id)
        assert kept is not None
        assert kept.mail_confirmed_at is not None
        kept.mail_address, kept.mail_confirmed_at = "other@example.jp", None
    assert visitor(app).post(path).status_code == 404  # it was for the former address


def test_the_duty_table(engine: Engine, app: FastAPI, office: Office) -> None:
    client = sign_in_client(app, office.clerk)
    day = today().isoformat()
    values = {
        "user_id": str(office.colleague.id),
        "starts_on": day,
        "ends_on": day,
        "from_time": "00:00",
        "to_time": "00:00",
        "turn": "1",
        "weekdays": [str(today().weekday())],
    }
    assert client.post("/duty", data=values).status_code == 303
    page = client.get("/duty").text
    assert "終日" in page
    assert "いません" not in page
    wrong = client.post("/duty", data=values | {"ends_on": "2020-01-01"})
    assert wrong.status_code == 422
    stranger = client.post("/duty", data=values | {"user_id": str(office.worker.id)})
    assert stranger.status_code == 404
    with transaction(engine) as session:
        (row,) = session.exec(select(Duty)).all()
    assert client.post(f"/duty/{row.id}/remove").status_code == 303
    assert "いません" in client.get("/duty").text


@pytest.mark.parametrize("path", ["/duty", "/admin/mail", "/admin/webhooks"])
def test_contractors_do_not_see_the_offices_pages(app: FastAPI, office: Office, path: str) -> None:
    assert sign_in_client(app, office.worker).get(path).status_code == 403


def test_webhooks_are_kept_on_their_page(
    app: FastAPI, office: Office, configured: Callable[..., Settings]
) -> None:
    configured(webhook_hosts="chat.city.example.jp")
    client = sign_in_client(app, office.admin)
    values = {"name": "庁内チャット", "url": "http://10.0.0.1/x", "topics": ["report.filed"]}
    refused = client.post("/admin/webhooks", data=values)
    assert refused.status_code == 422
    assert 'value="http://10.0.0.1/x"' in refused.text
    values["url"] = "http://chat.city.example.jp/hook"
    made = client.post("/admin/webhooks", data=values)
    assert made.status_code == 200
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made.text)
    assert secret is not None
    page = client.get("/admin/webhooks").text
    link = re.search(r"/admin/webhooks/[0-9a-f-]{36}", page)
    assert link is not None
    assert secret[0] not in client.get(link[0]).text
    assert secret[0] not in client.post(f"{link[0]}/rotate").text
    for action in ("test", "stop", "start"):
        assert client.post(f"{link[0]}/{action}").status_code == 303
    one = client.get(link[0]).text
    assert "試しの送信" in one
    again = re.search(r"/admin/webhooks/[0-9a-f-]+/deliveries/[0-9a-f-]+/again", one)
    assert again is not None
    assert client.post(again[0]).status_code == 303
    assert client.post(f"{link[0]}/explode").status_code == 404
    assert client.post(f"{link[0]}/remove").status_code == 303


def test_mails_in_trouble_are_listed(engine: Engine, app: FastAPI, office: Office) -> None:
    with transaction(engine) as session:
        session.execute(
            text(
                "insert into mail (id, user_id, message_id, due_at, state, attempts, last_error)"
                " values (gen_random_uuid(), :id, '<x@y>', :due, 'failed', 8, '550 no such user')"
            ),
            {"id": office.clerk.id, "due": now()},
        )
    client = sign_in_client(app, office.admin)
    page = client.get("/admin/mail").text
    assert "550 no such user" in page
    again = re.search(r"/admin/mail/[0-9a-f-]+/again", page)
    assert again is not None
    assert client.post(again[0]).status_code == 303
    assert "550 no such user" not in client.get("/admin/mail").text


def test_a_new_person_has_the_defaults_of_the_role(engine: Engine) -> None:
    with transaction(engine) as session:
        user = make_user(session)
        found = service.choices_of(session, actor_of(user))
    assert found[Kind.EMERGENCY][Channel.MAIL] is Scope.ALL
    assert Kind.SYSTEM not in found
