"""Days that no manual has: years turn, two edit at once, somebody is away, nothing was wrong."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text

from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.clock import now, today
from service.core.database import transaction
from service.core.settings import Settings
from service.faults import approval_offices
from service.faults.approval_offices import AbsenceChange, PostCreate, RouteCreate
from service.faults.schemas import CaseChange, ResponseCreate
from service.faults.service import add_response, change_case, file_report, take_step
from service.faults.steps import Step
from service.faults.vocabulary import ApprovalRole
from tests.browser import DESKTOP, PHONE, served
from tests.e2e.office_screens import Screens, colleague, press_until, tile
from tests.service.faults.conftest import AsActor, City, as_actor, make_report, rows
from tests.tagged_city import TaggedCity, application, build

__all__ = ["as_actor"]
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


@pytest.fixture(scope="module")
def city(tagged: TaggedCity) -> City:
    return tagged.city


@pytest.fixture(scope="module")
def address(engine: Engine, settings: Settings) -> Iterator[str]:
    with served(application(engine, settings)) as url:
        yield url


@pytest.fixture
def screens(
    address: str,
    city: City,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
) -> Screens:
    return Screens(address, dict(city.tokens), window, violations, "bonus")


def _filed(as_actor: AsActor, city: City, **changes: Any) -> UUID:
    with as_actor(city.contractor) as session:
        return file_report(session, make_report(city, **changes), by=city.contractor).case_id


def _case(as_actor: AsActor, city: City, case_id: object) -> Any:
    with as_actor(city.staff) as session:
        return rows(session, "select * from fault_case where id = :id", id=case_id)[0]


def test_a_call_is_written_down_by_keyboard_alone(
    screens: Screens, city: City, as_actor: AsActor
) -> None:
    """代行入力: no mouse; whoever called is the reporter, the clerk the one who wrote."""
    page = screens.of("staff", **DESKTOP)
    page.goto(f"{screens.url}/reports/new?position={city.pump_id}")
    press_until(page, "Tab", tile(page, "異音").locator("input"))
    page.keyboard.press("Space")
    press_until(page, "Tab", page.get_by_label("報告の内容"))
    page.keyboard.insert_text("運転音が大きいと電話があった。")
    press_until(page, "Tab", page.get_by_label("電話をかけてきた人"))
    page.keyboard.insert_text("辻堂 太郎")
    screens.seen(page, "1-call")
    press_until(page, "Tab", page.get_by_role("button", name="報告を記録する"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/**")
    expect(page.locator(".timeline")).to_contain_text("代行入力")
    expect(page.locator(".timeline")).to_contain_text("辻堂 太郎")
    with as_actor(city.staff) as session:
        report = rows(
            session,
            "select r.* from fault_report r join case_report l on l.report_id = r.id"
            " where l.case_id = :id",
            id=page.url.rsplit("/", 1)[1],
        )[0]
    assert (report.entry_mode, report.reporter_name) == ("on_behalf", "辻堂 太郎")
    assert report.created_by == city.staff.id


def test_a_fault_that_an_inspection_finds_on_a_stopped_spare(
    screens: Screens, city: City, as_actor: AsActor
) -> None:
    """It is answered like any other, stopped nothing, and is no failure in the rates."""
    found = _filed(
        as_actor, city, detection="statutory_inspection", operation_effect="none", symptoms=["S21"]
    )
    page = screens.of("staff", **DESKTOP)
    page.goto(f"{screens.url}/cases/{found}")
    form = page.locator('form[action$="/judgement"]')
    form.get_by_label("故障に計上する").uncheck()
    form.get_by_label("変更の理由").fill("停止中の予備機の点検指摘")
    form.get_by_role("button", name="判断を保存する").click()
    expect(page.locator(".facts", has_text="故障に計上")).to_contain_text("いいえ")
    page.get_by_role("button", name="受け付ける").click()
    for step in ("resolve", "close"):
        fold = page.locator("details.step", has=page.locator(f"[name={step}-version]"))
        fold.locator("summary").click()
        if step == "resolve":
            fold.get_by_label("停止なし（運転は止まらなかった）").check()
        fold.locator("button[type=submit]").click()
    expect(page.locator(".page-head .badge").first).to_have_text("完結")
    screens.seen(page, "2-spare")
    case = _case(as_actor, city, found)
    assert (case.counts_as_failure, case.stop_from) == (False, case.stop_to)
    page.goto(f"{screens.url}/monthly?month={today():%Y-%m}&facility_id={city.facility_id}")
    row = page.locator("tr", has_text=case.case_no)
    expect(row).to_contain_text("計上しない")


def test_a_case_that_is_open_across_two_fiscal_years(
    screens: Screens, city: City, as_actor: AsActor
) -> None:
    """It happened in March and arrives now: March counts it, this month lists it as late."""
    march = datetime(2026, 3, 30, 3, tzinfo=UTC)
    found = _filed(as_actor, city, occurred_at=march, body="年度末の漏水。")
    case = _case(as_actor, city, found)
    page = screens.of("staff", **DESKTOP)
    page.goto(f"{screens.url}/monthly?month=2026-03&facility_id={city.facility_id}")
    expect(page.locator("[data-figure=cases]")).to_contain_text("1")
    expect(page.locator("tr", has_text=case.case_no)).to_be_visible()
    page.goto(f"{screens.url}/monthly?month={today():%Y-%m}&facility_id={city.facility_id}")
    expect(page.locator("section", has_text="遅着一覧")).to_contain_text(case.case_no)
    screens.seen(page, "3-across-years")
    assert case.device_id == city.new_device_id, "the device that stood there on 30 March"


def test_nothing_was_wrong_after_three_visits(
    screens: Screens, city: City, as_actor: AsActor
) -> None:
    found = _filed(as_actor, city, symptoms=["S25"], body="警報が出てすぐ復帰した。")
    page = screens.of("staff", **PHONE)
    page.goto(f"{screens.url}/cases/{found}")
    page.get_by_role("button", name="受け付ける").click()
    for visit in range(1, 4):
        page.locator("#response > summary").click()
        page.locator("#response-description").fill(f"{visit}回目。異常なし。")
        page.locator("#response button[type=submit]").last.click()
        expect(page.locator(".timeline")).to_contain_text(f"第{visit}回")
    fold = page.locator("details.step", has=page.locator("[name=dismiss-version]"))
    fold.locator("summary").click()
    fold.get_by_label("理由").fill("3回確かめて異常なし")
    fold.locator("button[type=submit]").click()
    expect(page.locator(".page-head .badge").first).to_have_text("対象外")
    screens.seen(page, "4-nothing-wrong")
    page.goto(f"{screens.url}/cases?state=open&facility_id={city.facility_id}")
    expect(page.locator(f'[data-row="{found}"]')).to_have_count(0)


def test_two_clerks_edit_the_same_case(screens: Screens, city: City, as_actor: AsActor) -> None:
    """The second sees the first one's change, keeps what was typed, and both are saved."""
    found = _filed(as_actor, city)
    first, second = (screens.of("staff", **DESKTOP) for _ in range(2))
    for page in (first, second):
        page.goto(f"{screens.url}/cases/{found}")
    form = first.locator('form[action$="/judgement"]')
    form.get_by_label("緊急度").select_option("A")
    form.get_by_label("変更の理由").fill("現地で確認")
    form.get_by_role("button", name="判断を保存する").click()
    expect(first.locator(".page-head .badge").last).to_contain_text("A")
    form = second.locator('form[action$="/judgement"]')
    form.get_by_label("原因区分").select_option("foreign_matter")
    form.get_by_label("変更の理由").fill("写真で確認")
    form.get_by_role("button", name="判断を保存する").click()
    told = second.get_by_role("alert").first
    expect(told).to_contain_text("ほかの人の変更")
    expect(told).to_contain_text("現地で確認")
    form = second.locator('form[action$="/judgement"]')
    expect(form.get_by_label("緊急度")).to_have_value("A")
    expect(form.get_by_label("原因区分")).to_have_value("foreign_matter")
    screens.seen(second, "5-two-at-once")
    form.get_by_role("button", name="判断を保存する").click()
    expect(second.locator(".facts", has_text="原因区分")).to_be_visible()
    case = _case(as_actor, city, found)
    assert (case.urgency, case.cause_group) == ("A", "foreign_matter")


@pytest.fixture
def absent_manager(engine: Engine, city: City) -> Iterator[dict[str, str]]:
    """A manager who is away today, with a deputy; the tokens of both."""
    admin = Actor(None, "管理", Role.ADMINISTRATOR)
    ids: dict[str, UUID] = {}
    with transaction(engine) as session:
        for name, label in (("manager", "課長 六郎"), ("deputy", "補佐 七子")):
            ids[name] = colleague(session, f"{name}-{city.mark}", label)
        role = ApprovalRole.MANAGER
        route = RouteCreate(name="修繕", min_cost_yen=0, steps=[role], valid_from=date(2020, 4, 1))
        approval_offices.add_route(session, route, by=admin)
        new = PostCreate(
            role=role, user_id=ids["manager"], deputy_id=ids["deputy"], valid_from=date(2026, 4, 1)
        )
        post = approval_offices.add_post(session, new, by=admin)
        away = AbsenceChange(absent_from=today(), absent_to=today())
        approval_offices.set_absence(session, post.id, away, by=admin)
    yield {name: f"{name}-{city.mark}" for name in ids}
    with transaction(engine) as session:
        session.execute(text("update approval_route set valid_to = valid_from"))
        session.execute(text("update approval_post set valid_to = valid_from"))


def test_the_approver_is_absent(
    screens: Screens, city: City, as_actor: AsActor, absent_manager: dict[str, str], engine: Engine
) -> None:
    """代決 with a reason by the deputy, 後閲 by the manager when back."""
    found = _filed(as_actor, city)
    with as_actor(city.staff) as session:
        take_step(session, found, Step.ACCEPT, by=city.staff)
        fix = ResponseCreate(kind="permanent_fix", description="接点を清掃した。", cost_yen=9_000)
        add_response(session, found, fix, by=city.staff)
        take_step(session, found, Step.RESOLVE, by=city.staff)
    screens.tokens.update(absent_manager)
    clerk = screens.of("staff", **DESKTOP)
    clerk.goto(f"{screens.url}/cases/{found}")
    clerk.locator("summary", has_text="決裁へ回す").click()
    form = clerk.locator('form[action$="/steps/submit"]')
    form.get_by_label("停止なし（運転は止まらなかった）").check()
    form.get_by_role("button", name="決裁へ回す").click()
    deputy = screens.of("deputy", **DESKTOP)
    deputy.goto(f"{screens.url}/cases/{found}")
    deputy.get_by_role("button", name="承認する").click()
    expect(
        deputy.get_by_text("差戻し・代決・事後決裁では理由を入力してください。").first
    ).to_be_visible()
    deputy.goto(f"{screens.url}/cases/{found}")
    deputy.get_by_label("意見・理由").fill("課長出張のため")
    deputy.get_by_role("button", name="承認する").click()
    expect(deputy.locator(".stamps")).to_contain_text("代決")
    manager = screens.of("manager", **PHONE)
    manager.goto(f"{screens.url}/approvals")
    expect(manager.get_by_text("課長出張のため")).to_be_visible()
    screens.seen(manager, "6-review")
    manager.locator(".approval__seen", has_text="課長出張のため").get_by_role(
        "button", name="後閲した"
    ).click()
    expect(manager.get_by_text("課長出張のため")).to_have_count(0)
    clerk.goto(f"{screens.url}/cases/{found}/paper")
    screens.seen(clerk, "6-paper")
    with as_actor(city.staff) as session:
        told = rows(
            session, "select decision from approval where target_id = :id order by id", id=found
        )
    assert [row.decision for row in told] == ["proxy", "post_review"]


def test_letters_are_read_without_colours(screens: Screens, city: City, as_actor: AsActor) -> None:
    """S, A, B and C in grey: each badge has its letter, and what is urgent a sign of its own."""
    for level in "SABC":
        found = _filed(as_actor, city, symptoms=["S14"])
        with as_actor(city.staff) as session:
            change_case(session, found, CaseChange(urgency=level), by=city.staff)
    page = screens.of("staff", **DESKTOP)
    grey = page.context.new_cdp_session(page)
    grey.send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
    page.goto(f"{screens.url}/inbox?facility_id={city.facility_id}")
    for level in "SABC":
        badge = page.locator("tbody .badge", has_text=level).first
        expect(badge).to_be_visible()
        sign = badge.locator("use").get_attribute("href") or ""
        assert sign.endswith("#warning" if level in "SA" else "#dot")
    screens.seen(page, "7-grey")


def test_difficult_names_go_through_shift_jis(
    screens: Screens, city: City, as_actor: AsActor, engine: Engine
) -> None:
    """十, 予備 and ソ end in bytes that break careless programs; 𠮷 and ㎥ are listed as folded."""
    name = "十号ソ予備 表能 𠮷野㎥計"
    with transaction(engine) as session:
        session.execute(
            text("update position set name = :name where id = :id"),
            {"name": name, "id": city.other_pump_id},
        )
    with as_actor(city.other_contractor) as session:
        new = make_report(city, position_id=city.other_pump_id, body="十分な圧がない")
        file_report(session, new, by=city.other_contractor)
    page = screens.of("staff", **DESKTOP)
    month = f"{now() + timedelta(hours=9):%Y-%m}"
    page.goto(f"{screens.url}/monthly?month={month}&facility_id={city.other_facility_id}")
    with page.expect_download():
        page.get_by_role("button", name="Excelで発行する").click()
    page.get_by_role("link", name="Shift_JISのCSV").first.click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text("𠮷")
    expect(page.locator("tbody")).to_contain_text("m3")
    screens.seen(page, "8-folded")
    address = page.get_by_role("link", name="ダウンロード").get_attribute("href")
    answer = page.request.get(f"{screens.url}{address}")
    assert answer.headers["x-folded-count"] == "2"
    table = answer.body().decode("cp932")
    assert "十号ソ予備 表能 〓野m3計" in table
