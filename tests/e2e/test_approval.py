"""A case with costs: sent round, taken back, returned, approved, shown round, printed."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine
from sqlmodel import select

from app.asgi import create_app
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.clock import now
from service.core.database import transaction
from service.core.identity import new_id
from service.core.settings import Settings
from service.faults import approval_offices, service
from service.faults.approval_models import ApprovalPost, ApprovalRoute
from service.faults.approval_offices import PostCreate, RouteCreate
from service.faults.schemas import ReportCreate, ResponseCreate
from service.faults.steps import Step
from service.faults.vocabulary import ApprovalRole, ResponseKind
from tests.browser import DESKTOP, PHONE, served
from tests.factories import PASSWORD, make_facility, make_position, make_user

SHOTS = Path(__file__).parent / "screenshots"
CHIEF, MANAGER, DIRECTOR = ApprovalRole.CHIEF, ApprovalRole.MANAGER, ApprovalRole.DIRECTOR
READS = {"circulate": [DIRECTOR]}


@pytest.fixture
def office(engine: Engine) -> Iterator[dict[str, str]]:
    """A clerk, a chief, a manager, a director who reads; a case that waits for its last steps."""
    with transaction(engine) as session:
        names = ("clerk", "chief", "manager", "director")
        people = {name: make_user(session, Role.STAFF) for name in names}
        people["admin"] = make_user(session, Role.ADMINISTRATOR)
        for name, label in (
            ("clerk", "起案 一子"),
            ("chief", "主査 二郎"),
            ("manager", "課長 三代"),
            ("director", "部長 四郎"),
        ):
            people[name].display_name = label
        admin = Actor(id=people["admin"].id, name="管理", role=Role.ADMINISTRATOR)
        first = date(2020, 4, 1)
        route = RouteCreate(
            name="修繕", min_cost_yen=1, steps=[CHIEF, MANAGER], valid_from=first, **READS
        )
        approval_offices.add_route(session, route, by=admin)
        for role, name in ((CHIEF, "chief"), (MANAGER, "manager"), (DIRECTOR, "director")):
            new = PostCreate(role=role, user_id=people[name].id, valid_from=date(2026, 4, 1))
            approval_offices.add_post(session, new, by=admin)
        clerk = Actor(id=people["clerk"].id, name="起案 一子", role=Role.STAFF)
        place = make_facility(session, name="架空中央ポンプ場")
        then = now() - timedelta(hours=6)
        report = ReportCreate(
            id=new_id(),
            position_id=make_position(session, place, name="No.3雨水ポンプ").id,
            occurred_at=then,
            captured_at=then,
            symptoms=["S01"],
            body="始動しない。現場操作盤でも同じ。",
            temporary_action="No.4へ切り替えた。",
        )
        case_id = service.file_report(session, report, by=clerk).case_id
        service.take_step(session, case_id, Step.ACCEPT, by=clerk)
        fix = ResponseCreate(
            kind=ResponseKind.PERMANENT_FIX,
            description="電磁接触器を交換し、試運転で異常のないことを確かめた。",
            cost_yen=184_000,
            prevention="同じ型式の接触器の開閉回数を点検表に加える。",
        )
        service.add_response(session, case_id, fix, by=clerk)
        service.take_step(session, case_id, Step.RESOLVE, by=clerk)
        made = {"case": str(case_id)} | {name: user.username for name, user in people.items()}
    yield made
    with transaction(engine) as session:  # other tests have routes and posts of their own
        for row in (*session.exec(select(ApprovalRoute)), *session.exec(select(ApprovalPost))):
            row.valid_to = row.valid_from


def _as(page: Page, url: str, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/sign-in")
    page.get_by_label("利用者名").fill(username)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン").click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def _shot(page: Page, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"approval_{name}.png", full_page=True)


def _submit(page: Page) -> None:
    page.locator("summary", has_text="決裁へ回す").click()
    form = page.locator('form[action$="/steps/submit"]')
    form.get_by_label("停止なし（運転は止まらなかった）").check()
    form.get_by_role("button", name="決裁へ回す").click()
    expect(page.get_by_role("heading", name="決裁", exact=False).first).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_case_is_returned_and_then_approved(
    engine: Engine,
    settings: Settings,
    office: dict[str, str],
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict,
) -> None:
    name = "phone" if size is PHONE else "desk"
    with served(create_app(settings, engine)) as url:
        page = window(**size).new_page()
        case = f"{url}/cases/{office['case']}"
        _as(page, url, office["clerk"])
        page.goto(case)
        _submit(page)
        _shot(page, f"{name}_submitted")
        assert violations(page) == []
        page.locator("summary", has_text="引き戻す").click()
        page.get_by_label("理由", exact=True).and_(page.locator("#withdraw-comment")).fill(
            "金額を直す。"
        )
        page.get_by_role("button", name="引き戻す").click()
        expect(page.locator(".page-head .badge").first).to_have_text("差戻し")
        expect(page.locator("#approval-title")).to_contain_text("引戻し")
        expect(page.locator(".timeline")).to_contain_text("金額を直す。")
        _shot(page, f"{name}_taken_back")
        _submit(page)

        _as(page, url, office["chief"])
        page.goto(f"{url}/approvals")
        card = page.locator("article", has_text="架空中央ポンプ場").last
        _shot(page, f"{name}_desk")
        assert violations(page) == []
        card.get_by_role("button", name="差し戻す").click()
        expect(
            page.get_by_text("差戻し・代決・事後決裁では理由を入力してください。")
        ).to_be_visible()
        card = page.locator("article", has_text="架空中央ポンプ場").last
        card.get_by_label("意見・理由").fill("交換後の写真を付けてください。")
        card.get_by_role("button", name="差し戻す").click()

        _as(page, url, office["clerk"])
        page.goto(case)
        expect(page.get_by_text("交換後の写真を付けてください。").first).to_be_visible()
        _submit(page)
        for who in ("chief", "manager"):
            _as(page, url, office[who])
            page.goto(case)
            page.get_by_role("button", name="承認する").click()
            page.wait_for_url(case)
        expect(page.get_by_text("完結").first).to_be_visible()
        _shot(page, f"{name}_closed")
        assert violations(page) == []
        page.get_by_role("link", name="様式で印刷").click()
        expect(page.get_by_role("heading", name="故障報告書兼対応記録")).to_be_visible()
        expect(page.locator("#main").get_by_text("課長 三代")).to_be_visible()
        _shot(page, f"{name}_paper")
        assert violations(page) == []

        _as(page, url, office["director"])
        page.goto(f"{url}/approvals")
        shown = page.locator("section", has=page.get_by_role("heading", name="供覧"))
        expect(shown).to_contain_text("架空中央ポンプ場")
        _shot(page, f"{name}_shown_round")
        assert violations(page) == []
        shown.get_by_role("button", name="見た").click()
        expect(page.get_by_role("heading", name="供覧")).to_have_count(0)
        page.goto(f"{case}/paper")
        expect(page.locator("#main").get_by_text("部長 四郎")).to_be_visible()

        _as(page, url, office["admin"])
        page.goto(f"{url}/admin/approvals")
        _shot(page, f"{name}_offices")
        assert violations(page) == []
