"""U7, the office by keyboard: two storm pumps stop at night; clock, checklist, one page."""

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, text

from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.clock import JST, now
from service.core.database import transaction
from service.core.settings import Settings
from service.faults import approval_offices
from service.faults.approval_offices import PostCreate, RouteCreate
from service.faults.vocabulary import ApprovalRole
from tests.browser import DESKTOP, PHONE, served
from tests.e2e.keyboard import Keyboard
from tests.e2e.office_screens import Screens, colleague, tile
from tests.service.faults.conftest import AsActor, as_actor, rows
from tests.tagged_city import TaggedCity, application, build

__all__ = ["as_actor"]
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


@pytest.fixture
def manager(engine: Engine, tagged: TaggedCity) -> Any:
    """A director approves everything; the route is taken away again for other tests."""
    admin = Actor(None, "管理", Role.ADMINISTRATOR)
    with transaction(engine) as session:
        boss = colleague(session, f"manager-{tagged.city.mark}", "部長 五郎")
        first = date(2020, 4, 1)
        route = RouteCreate(
            name="緊急", min_cost_yen=0, steps=[ApprovalRole.DIRECTOR], valid_from=first
        )
        approval_offices.add_route(session, route, by=admin)
        post = PostCreate(role=ApprovalRole.DIRECTOR, user_id=boss, valid_from=date(2026, 4, 1))
        approval_offices.add_post(session, post, by=admin)
    yield f"manager-{tagged.city.mark}"
    with transaction(engine) as session:
        session.execute(text("update approval_route set valid_to = valid_from"))
        session.execute(text("update approval_post set valid_to = valid_from"))


def reported(engine: Engine, tagged: TaggedCity) -> Any:
    """The case of the one report; other tests' cities have nights of their own."""
    with transaction(engine) as session:
        statement = text("select id from fault_case where facility_id = :id")
        return session.execute(statement, {"id": tagged.city.facility_id}).scalar_one()


def test_a_night_from_the_call_to_the_page_for_the_director(
    engine: Engine,
    settings: Settings,
    tagged: TaggedCity,
    manager: str,
    as_actor: AsActor,
    window: Any,
    violations: Any,
) -> None:
    city = tagged.city
    tokens = city.tokens | {"manager": manager}
    with served(application(engine, settings)) as url:
        screens = Screens(url, tokens, window, violations, "u7")
        worker = screens.of("contractor", **PHONE)
        worker.goto(f"{url}/T/{tagged.tag}")
        tile(worker, "緊急").tap()
        expect(worker.locator("#report a[href^='tel:']")).to_be_visible()
        tile(worker, "起動しない").tap()
        tile(worker, "停止").tap()
        tile(worker, "未処理放流").tap()
        screens.seen(worker, "1-phone-first")
        worker.get_by_role("button", name="送信する").tap()
        expect(worker.get_by_text("報告を受け付けました")).to_be_visible()

        # Mail and jobs are not running, no map service exists: the desk works all the same.
        night = screens.of("staff", **PHONE)
        keys = Keyboard(night)
        night.goto(f"{url}/night")
        case_id = reported(engine, tagged)
        card = night.locator(f"[data-row='{case_id}']")
        expect(card).to_be_visible()
        screens.seen(night, "2-night-desk")
        keys.enter(card.get_by_role("button", name="受け付ける"))
        expect(night.get_by_role("heading", name="受け付けた緊急の案件")).to_be_visible()
        at_work = night.locator("section", has_text="受け付けた緊急の案件")
        keys.enter(at_work.locator(f"a[href='/cases/{case_id}']"))
        marks = night.get_by_role("region", name="時刻の印")
        for number in range(1, 5):
            keys.press(str(number))
            expect(night.locator(".mark--set")).to_have_count(number)
        # The alarm was half past midnight by the night's sheet; nobody knows exactly.
        first = marks.locator(".mark").first
        keys.enter(first.locator("summary"))
        sheet = (now().astimezone(JST) - timedelta(days=1)).date()
        # The test's browser speaks English: month, day, year.
        keys.write(first.get_by_label("日付"), f"{sheet - timedelta(days=1):%m%d%Y}")
        keys.write(first.get_by_label("時刻", exact=True), "24:30")
        keys.choose(first.get_by_label("推定"))
        keys.enter(first.get_by_role("button", name="記録する", exact=True))
        expect(marks.locator(".mark").first).to_contain_text("推定")
        notices = night.locator("#notices")
        expect(notices).to_contain_text("届出が要るかもしれません")
        expect(notices).to_contain_text("水質汚濁防止法14条の2")
        screens.seen(night, "3-marks-and-checklist")
        discharge = notices.locator('form[action$="/discharge"]')
        keys.choose(discharge.get_by_label("届け出た"))
        keys.write(discharge.get_by_label("届出先・日時など"), "県水質課 06:40")
        keys.enter(discharge.get_by_role("button", name="記録する"))
        expect(night.locator("#notices")).not_to_contain_text("届出が要るかもしれません")
        keys.done()
        case = night.url.split("#")[0]

        morning = screens.of("staff", **DESKTOP)
        keys = Keyboard(morning)
        morning.goto(case)
        keys.press("d", "Control+Enter")
        expect(morning.locator(".page-head .badge").first).to_have_text("処置完了")
        keys.press("p")
        form = morning.locator('form[action$="/steps/submit"]')
        keys.choose(form.get_by_label("事後決裁", exact=False))
        morning.keyboard.press("Control+Enter")
        expect(
            morning.get_by_text("差戻し・代決・事後決裁では理由を入力してください。").first
        ).to_be_visible()
        form = morning.locator('form[action$="/steps/submit"]')
        keys.write(form.get_by_role("textbox", name="補足"), "夜間の溢水を止めるため先に処置した。")
        morning.keyboard.press("Control+Enter")
        expect(morning.locator(".page-head .badge").first).to_have_text("決裁中")
        keys.done()
        boss = screens.of("manager", **PHONE)
        keys = Keyboard(boss)
        boss.goto(f"{url}/approvals")
        expect(boss.get_by_text("夜間の溢水を止めるため先に処置した。").first).to_be_visible()
        screens.seen(boss, "4-after-the-fact")
        keys.press("j", "Enter")
        expect(boss.locator(".steps, #approval-title").first).to_be_visible()
        keys.press("v", "Control+Enter")
        expect(boss.locator(".page-head .badge").first).to_have_text("完結")
        keys.done()
        morning.goto(f"{case}/paper")
        expect(morning.locator("#main").get_by_text("部長 五郎")).to_be_visible()
        screens.seen(morning, "5-paper")
        pages = morning.pdf(format="A4", print_background=True).count(b"/Type /Page\n")
        assert pages == 1, "one page for the director"
    case_id = case.rsplit("/", 1)[1]
    with as_actor(city.staff) as session:
        row = rows(session, "select * from fault_case where id = :id", id=case_id)[0]
        sent = rows(session, "select topic from outbox_event where topic like '%notice%'")
    # 24:30 of the sheet is half past midnight of the next day.
    assert row.stop_from.astimezone(JST).strftime("%F %H:%M") == f"{sheet} 00:30"
    assert sent == [], "a checklist sends nothing"
