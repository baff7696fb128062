"""対応依頼 in the field app: read without signal, acknowledged, and the work told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text
from sqlmodel import Session

from app.asgi import create_app
from service.accounts.actor import Actor
from service.core.database import identify, transaction
from service.core.settings import Settings
from service.faults.service import file_report
from service.work_requests import service
from service.work_requests.schemas import RequestCreate
from tests.browser import PHONE, served
from tests.service.faults.conftest import make_report
from tests.tagged_city import TaggedCity, build, jpeg

pytestmark = pytest.mark.e2e
SHOTS = Path(__file__).parent / "screenshots"


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


@pytest.fixture(scope="module")
def url(engine: Engine, settings: Settings) -> Iterator[str]:
    with served(create_app(engine=engine, settings=settings)) as address:
        yield address


def acting(session: Session, by: Actor) -> Actor:
    identify(session, by.identity)
    return by


def asked(engine: Engine, tagged: TaggedCity) -> None:
    city = tagged.city
    with transaction(engine) as session:
        by = acting(session, city.contractor)
        case_id = file_report(session, make_report(city), by=by).case_id
    with transaction(engine) as session:
        new = RequestCreate(body="軸封部を確認してください")
        service.ask(session, case_id, new, by=acting(session, city.staff))


def looked_at(page: Page, violations: Any, name: str) -> None:
    assert violations(page) == []
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def opened(window: Any, url: str, tagged: TaggedCity) -> Page:
    context = window(**PHONE)
    token = tagged.city.tokens["contractor"]
    context.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
    context.set_default_timeout(30_000)
    page: Page = context.new_page()
    page.goto(f"{url}/f")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_timeout(300)
    page.reload()
    expect(page.get_by_role("link", name="QRタグを読む")).to_be_visible()
    return page


def told(engine: Engine, body: str) -> list[Any]:
    """Reports that say so, with their photos, their record of a request and what they correct."""
    statement = text(
        "select r.kind, r.observed, cr.case_id, r.corrects_id, w.kind as record,"
        " (select count(*) from attachment a where a.report_id = r.id) as photos,"
        " cardinality(r.announced_photos) as announced"
        " from fault_report r join case_report cr on cr.report_id = r.id"
        " left join work_record w on w.id = r.id where r.body = :body"
    )
    with transaction(engine) as session:
        return list(session.execute(statement, {"body": body}))


def photo(page: Page, name: str, colour: str) -> None:
    chosen = {"name": name, "mimeType": "image/jpeg", "buffer": jpeg(1200, 900, colour)}
    page.locator("#photos").set_input_files([chosen])
    expect(page.get_by_role("img", name=name)).to_be_visible()


def test_a_request_is_answered_without_signal_with_photos_and_times_and_told_once(
    window: Any, url: str, engine: Engine, tagged: TaggedCity, violations: Any
) -> None:
    asked(engine, tagged)
    page = opened(window, url, tagged)
    page.get_by_role("link", name="市からの対応依頼").tap()
    expect(page.get_by_text("軸封部を確認してください")).to_be_visible()
    looked_at(page, violations, "field-work-asked")
    page.context.set_offline(True)
    page.get_by_role("button", name="受領する").tap()
    expect(page.get_by_text("受領する: 端末に保存済み・未送信")).to_be_visible()
    page.get_by_role("link", name="作業を記録する").tap()

    page.get_by_role("button", name="到着はいま").tap()
    expect(page.get_by_label("到着", exact=True)).not_to_have_value("")
    page.locator("label.tile", has=page.get_by_label("到着は推定")).tap()
    page.locator("label.tile", has=page.get_by_text("調整・増し締め", exact=True)).tap()
    photo(page, "処置後.jpg", "green")
    page.get_by_label("測定値").fill("電流 12.3 A")
    looked_at(page, violations, "field-more-work")
    page.reload()  # the camera has thrown the page out of memory
    expect(page.get_by_label("到着", exact=True)).not_to_have_value("")
    expect(page.get_by_role("img", name="処置後.jpg")).to_be_visible()
    page.get_by_role("button", name="作業を記録する").tap()
    expect(page.get_by_text("まだ送れていません", exact=False)).to_be_visible()
    expect(page.get_by_role("link", name="未送信 2")).to_be_visible()
    page.goto(f"{url}/f/work")
    expect(page.get_by_text("作業の記録: 端末に保存済み・未送信")).to_be_visible()
    looked_at(page, violations, "field-work-unsent")
    page.context.set_offline(False)
    expect(page.get_by_text("調整・増し締め")).to_be_visible()  # by itself, and read back
    expect(page.get_by_text("受領・作業中")).to_be_visible()
    expect(page.get_by_text("端末に保存済み", exact=False)).to_have_count(0)
    (work,) = told(engine, "調整・増し締め")
    assert (work.kind, work.record, work.photos, work.announced) == ("follow_up", "work", 1, 1)
    assert work.observed["estimated_times"] == ["arrived"]

    page.get_by_role("link", name="作業を記録する").tap()
    page.get_by_role("button", name="完了を伝える").tap()
    problem = page.get_by_label("内容").evaluate("field => field.validationMessage")
    assert problem == "内容を選ぶか、書いてください。"
    page.get_by_label("内容").fill("完了しました")
    page.get_by_role("button", name="完了を伝える").tap()
    expect(page.get_by_text("報告を受け付けました")).to_be_visible()
    page.goto(f"{url}/f/work")
    expect(page.get_by_text("作業完了")).to_be_visible()
    assert [(one.kind, one.record) for one in told(engine, "完了しました")] == [("final", "done")]


def test_more_and_corrections_follow_a_report_that_still_waits_on_the_phone(
    window: Any, url: str, engine: Engine, tagged: TaggedCity, violations: Any
) -> None:
    page = opened(window, url, tagged)
    page.goto(f"{url}/T/{tagged.tag}")
    page.context.set_offline(True)
    for label in ("異音", "停止"):
        page.locator("label.tile", has=page.get_by_text(label, exact=True)).tap()
    page.get_by_label("故障の状況").fill("夜中の速報")
    page.get_by_role("button", name="送信する").tap()
    page.get_by_role("link", name="続報を書く").tap()
    expect(page.get_by_text("No.2汚水ポンプ")).to_be_visible()
    page.get_by_role("button", name="復旧はいま").tap()
    page.get_by_label("内容").fill("夜中の続報")
    looked_at(page, violations, "field-more-follow-up")
    page.get_by_role("button", name="続報を送る").tap()
    expect(page.get_by_role("link", name="未送信 2")).to_be_visible()
    page.goto(f"{url}/f/outbox")
    expect(page.get_by_text("続報 No.2汚水ポンプ")).to_be_visible()
    looked_at(page, violations, "field-outbox-follow-up")
    page.context.set_offline(False)
    expect(page.get_by_text("未送信の報告はありません。")).to_be_visible()
    (first,), (second,) = told(engine, "夜中の速報"), told(engine, "夜中の続報")
    assert (first.case_id, second.kind) == (second.case_id, "follow_up")
    assert "restored_at" in second.observed

    page.goto(f"{url}/f/reports")
    page.locator("summary", has_text="速報").or_(page.locator("summary").nth(1)).first.tap()
    page.get_by_role("link", name="この報告を訂正する").first.tap()
    expect(page.get_by_role("heading", name="報告を訂正する")).to_be_visible()
    looked_at(page, violations, "field-more-correction")
    page.get_by_label("内容").fill("停止ではなく能力低下でした")
    page.get_by_role("button", name="訂正を送る").tap()
    expect(page.get_by_text("報告を受け付けました")).to_be_visible()
    (right,) = told(engine, "停止ではなく能力低下でした")
    assert right.kind == "correction"
    assert right.corrects_id is not None
    assert right.case_id == first.case_id


def test_what_follows_a_report_that_was_thrown_away_stands_alone(
    window: Any, url: str, engine: Engine, tagged: TaggedCity
) -> None:
    page = opened(window, url, tagged)
    page.goto(f"{url}/T/{tagged.tag}")
    page.route("**/mobile/v1/fault-reports", lambda route: route.fulfill(status=422, json={}))
    for label in ("異音", "停止"):
        page.locator("label.tile", has=page.get_by_text(label, exact=True)).tap()
    page.get_by_role("button", name="送信する").tap()
    page.get_by_role("link", name="続報を書く").tap()
    page.get_by_label("内容").fill("ひとりで立つ続報")
    page.get_by_role("button", name="続報を送る").tap()
    page.goto(f"{url}/f/outbox")
    page.unroute("**/mobile/v1/fault-reports")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="送らずに消す").tap()
    expect(page.get_by_text("未送信の報告はありません。")).to_be_visible()
    (alone,) = told(engine, "ひとりで立つ続報")
    assert alone.kind == "first"
