"""One tap for each time of a case, corrected at night; a phrase picked for a response."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from app.asgi import create_app
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.clock import JST, now
from service.core.database import transaction
from service.core.identity import new_id
from service.core.settings import Settings
from service.faults import phrases, service
from service.faults.schemas import ReportCreate
from tests.browser import DESKTOP, PHONE, served
from tests.factories import PASSWORD, make_facility, make_position, make_user

SHOTS = Path(__file__).parent / "screenshots"


@pytest.mark.e2e
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_times_are_tapped_and_corrected(
    engine: Engine,
    settings: Settings,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict,
) -> None:
    with transaction(engine) as session:
        user = make_user(session)
        clerk = Actor(user.id, user.display_name, Role.STAFF)
        then = now() - timedelta(hours=30)
        report = ReportCreate(
            id=new_id(),
            position_id=make_position(session, make_facility(session)).id,
            occurred_at=then,
            captured_at=then,
            symptoms=["S01"],
            body="始動しない。",
            reporter_name="現場 五郎",
            temporary_at=then + timedelta(minutes=40),
            estimated_times=["temporary"],
        )
        case_id = service.file_report(session, report, by=clerk).case_id
        title = f"部品待ち {new_id().hex[-6:]}"
        phrase = phrases.PhraseCreate(title=title, body="部品の納期を確認中です。")
        row = phrases.add_phrase(session, phrase, by=Actor(None, "管理", Role.ADMINISTRATOR))
    with served(create_app(settings, engine)) as url:
        page = window(**size).new_page()
        page.goto(f"{url}/sign-in")
        page.get_by_label("利用者名").fill(user.username)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{url}/cases/{case_id}")
        marks = page.get_by_role("region", name="時刻の印")
        marks.get_by_role("button", name="到着").click()
        expect(page.locator(".mark--set")).to_have_count(1)
        marks.locator(".mark").first.locator("summary").click()
        yesterday = (now().astimezone(JST) - timedelta(days=1)).date()
        marks.get_by_label("日付").first.fill(yesterday.isoformat())
        marks.get_by_label("時刻", exact=True).first.fill("24:00")
        marks.get_by_label("推定").first.check()
        marks.get_by_role("button", name="記録する", exact=True).first.click()
        expect(page.locator(".mark--set")).to_have_count(2)
        expect(marks.locator(".mark").first).to_contain_text("推定")
        # What those on site have told: one tap, and it stays visible who has estimated it.
        temporary = marks.locator(".mark").nth(2)
        expect(temporary).to_contain_text("現場 五郎")
        temporary.get_by_role("button", name="この時刻にする").click()
        expect(page.locator(".mark--set")).to_have_count(3)
        expect(marks.locator(".mark").nth(2).locator(".mark__time")).to_contain_text(
            re.compile("推定.*現場 五郎の報告")
        )
        expect(marks.get_by_role("button", name="この時刻にする")).to_have_count(0)
        name = "phone" if size is PHONE else "desk"
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"marks_{name}.png", full_page=True)
        assert violations(page) == []

        page.locator("#response > summary").click()
        page.locator("#response-description").fill("業者へ連絡した。")
        page.get_by_label("定型文").select_option(title)
        page.get_by_role("button", name="内容に入れる").click()
        expect(page.locator("#response-description")).to_have_value(
            "業者へ連絡した。\n部品の納期を確認中です。"
        )
        assert violations(page) == []
    with transaction(engine) as session:
        by = Actor(None, "管理", Role.ADMINISTRATOR)
        phrases.remove_phrase(session, row.id, by=by)
