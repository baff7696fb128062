"""Notifications in a browser: the bell, reading, choosing, night duty, the link of a mail."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text

from app.asgi import create_app
from service.core.database import transaction
from service.core.settings import Settings
from service.notifications import tokens, webhooks
from service.notifications.domain import Kind
from service.notifications.schemas import WebhookCreate
from service.notifications.webhook_domain import Topic
from tests.browser import DESKTOP, PHONE, served
from tests.factories import PASSWORD
from tests.service.notifications.conftest import (
    Office,
    actor_of,
    announce_all,
    give_mail,
    last_event,
    make_office,
)

SHOTS = Path(__file__).parent / "screenshots"


@pytest.fixture
def office(engine: Engine) -> Iterator[tuple[Office, str]]:
    """An emergency and a report have been told; the link that a mail to the clerk carries."""
    with transaction(engine) as session:
        made = make_office(session)
        made.clerk.display_name, made.colleague.display_name = "当直 一子", "当直 二郎"
        profile = give_mail(session, made.clerk)
        begin = last_event(session)
        made.report(session, by=made.worker)
        made.report(session, by=made.worker, emergency=True)
        announce_all(session, begin)
        token = tokens.issue(profile.token_key, made.clerk.id, Kind.EMERGENCY)
        new = WebhookCreate(
            name="中央監視", url="https://example.jp/hook", topics=[Topic.REPORT_FILED]
        )
        hook = webhooks.add_webhook(session, new, by=actor_of(made.admin))
        webhooks.send_test(session, hook.id, by=actor_of(made.admin))
    yield made, token
    with transaction(engine) as session:
        for table in ("notification", "duty", "case_alarm", "webhook", "notification_profile"):
            session.execute(text(f"delete from {table}"))


def _as(page: Page, url: str, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/sign-in")
    page.get_by_label("利用者名").fill(username)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン").click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def _shot(page: Page, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"notifications_{name}.png", full_page=True)


@pytest.mark.e2e
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_clerk_reads_chooses_and_takes_the_night(
    engine: Engine,
    settings: Settings,
    office: tuple[Office, str],
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict,
) -> None:
    name = "phone" if size is PHONE else "desk"
    people, token = office
    with served(create_app(settings, engine)) as url:
        page = window(**size).new_page()
        _as(page, url, people.clerk.username)
        expect(page.locator(".bell__count")).to_have_text("2")
        page.locator(".bell").click()
        expect(page.get_by_role("heading", name="未読 2 件")).to_be_visible()
        _shot(page, f"{name}_list")
        assert violations(page) == []
        page.get_by_role("link", name="【緊急】").click()
        page.wait_for_url("**/cases/**")
        expect(page.locator(".bell__count")).to_have_text("1")

        page.goto(f"{url}/notifications/settings")
        page.get_by_label("新しい報告 / メール").select_option("受け取る")
        page.get_by_role("button", name="保存する", exact=True).first.click()
        expect(page.get_by_text("保存しました。")).to_be_visible()
        expect(page.get_by_label("新しい報告 / メール")).to_have_value("all")
        page.get_by_label("始まり", exact=True).fill("22:00")
        page.get_by_label("終わり", exact=True).fill("06:00")
        page.get_by_role("button", name="保存する", exact=True).last.click()
        expect(page.get_by_label("始まり", exact=True)).to_have_value("22:00")
        _shot(page, f"{name}_settings")
        assert violations(page) == []

        page.goto(f"{url}/duty")
        page.get_by_label("当直者").select_option("当直 二郎")
        page.get_by_label("始まりの時刻").fill("00:00")
        page.get_by_label("終わりの時刻").fill("00:00")
        page.get_by_role("button", name="当直を登録する").click()
        expect(page.locator(".now-on-call")).to_contain_text("当直 二郎")
        _shot(page, f"{name}_duty")
        assert violations(page) == []

        page.context.clear_cookies()
        page.goto(f"{url}/notifications/off/{token}")
        _shot(page, f"{name}_off")
        assert violations(page) == []
        page.get_by_role("button", name="メールを止める").click()
        expect(page.get_by_text("「緊急の報告」のメールを止めました。")).to_be_visible()

        _as(page, url, people.admin.username)
        page.goto(f"{url}/admin/webhooks")
        _shot(page, f"{name}_webhooks")
        assert violations(page) == []
        page.get_by_role("link", name="中央監視").click()
        page.get_by_role("button", name="鍵を替える").click()
        expect(page.get_by_text("whsec_")).to_be_visible()
        _shot(page, f"{name}_webhook")
        assert violations(page) == []
        page.goto(f"{url}/admin/mail")
        _shot(page, f"{name}_mail")
        assert violations(page) == []
