"""The tag page in a phone's browser: three taps, nothing lost, nothing doubled."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import Engine, text

from service.core.database import transaction
from tests.browser import PHONE, served
from tests.tagged_city import TaggedCity, jpeg

pytestmark = pytest.mark.e2e
SCREENSHOTS = Path(__file__).parents[2] / "e2e" / "screenshots"
Window = Callable[..., BrowserContext]
Violations = Callable[[Page], list[str]]
REPORTS = "**/mobile/v1/fault-reports"


@pytest.fixture(scope="module")
def url(app: FastAPI) -> Iterator[str]:
    with served(app) as address:
        yield address


def opened(window: Window, url: str, token: str | None, **options: Any) -> Page:
    context = window(**(PHONE | options))
    if token:
        context.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
    context.set_default_timeout(30_000)
    return context.new_page()


@pytest.fixture
def phone(window: Window, url: str, tagged: TaggedCity) -> Page:
    page = opened(window, url, tagged.city.tokens["contractor"])
    page.goto(f"{url}/T/{tagged.tag}")
    return page


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def filed(engine: Engine, tagged: TaggedCity, body: str) -> list[Any]:
    with transaction(engine) as session:
        statement = text(
            "select r.id, r.report_no, cardinality(r.announced_photos) as announced,"
            " (select count(*) from attachment a where a.report_id = r.id) as received"
            " from fault_report r where company_id = :company_id and body = :body"
        )
        values = {"company_id": tagged.city.company_id, "body": body}
        return list(session.execute(statement, values))


def choose(page: Page, *labels: str) -> None:
    for label in labels:
        page.locator("label.tile", has=page.get_by_text(label, exact=True)).tap()


def test_three_taps_from_the_page_to_the_receipt(
    phone: Page, engine: Engine, tagged: TaggedCity, violations: Violations
) -> None:
    assert violations(phone) == []
    shot(phone, "tag-page")
    choose(phone, "起動しない", "予備機で継続")
    phone.get_by_role("button", name="送信する").tap()
    expect(phone.get_by_text("報告を受け付けました")).to_be_visible()
    (report,) = filed(engine, tagged, "")
    expect(phone.get_by_text(f"受付番号 {report.report_no}", exact=True)).to_be_visible()
    assert violations(phone) == []
    shot(phone, "tag-page-sent")


def test_photos_follow_the_report_one_by_one(
    phone: Page, engine: Engine, tagged: TaggedCity, tmp_path: Path
) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(900 + number, 600))
    choose(phone, "異音", "停止")
    phone.get_by_label("故障の状況").fill("写真が二枚")
    phone.locator("#photos").set_input_files([tmp_path / "1.jpg", tmp_path / "2.jpg"])
    phone.get_by_role("button", name="送信する").tap()
    expect(phone.get_by_text("報告を受け付けました")).to_be_visible()
    (report,) = filed(engine, tagged, "写真が二枚")
    assert (report.announced, report.received) == (2, 2)


def test_without_signal_the_report_stays_on_the_phone_and_goes_later(
    phone: Page, engine: Engine, tagged: TaggedCity
) -> None:
    phone.context.set_offline(True)
    choose(phone, "振動", "能力低下")
    phone.get_by_label("故障の状況").fill("圏外で書いた")
    phone.get_by_role("button", name="送信する").tap()
    expect(phone.get_by_text("まだ送れていません", exact=False)).to_be_visible()
    expect(phone.get_by_text("未送信 1")).to_be_visible()
    shot(phone, "tag-page-unsent")
    assert filed(engine, tagged, "圏外で書いた") == []
    phone.context.set_offline(False)
    expect(phone.get_by_text("報告を受け付けました")).to_be_visible()
    expect(phone.get_by_text("未送信 1")).to_have_count(0)
    assert len(filed(engine, tagged, "圏外で書いた")) == 1


def test_a_lost_answer_makes_no_second_report(
    phone: Page, engine: Engine, tagged: TaggedCity
) -> None:
    attempts: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        attempts.append(route.request.url)
        if len(attempts) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.route(REPORTS, lose_the_first_answer)
    choose(phone, "詰まり・閉塞", "停止")
    phone.get_by_label("故障の状況").fill("応答が消えた")
    phone.get_by_role("button", name="送信する").tap()
    phone.get_by_role("button", name="もう一度送る").tap()
    expect(phone.get_by_text("報告を受け付けました")).to_be_visible()
    assert len(filed(engine, tagged, "応答が消えた")) == 1


def test_an_unsent_report_goes_when_the_page_is_opened_again(
    phone: Page, engine: Engine, tagged: TaggedCity
) -> None:
    phone.route(REPORTS, lambda route: route.fulfill(status=503, body="{}"))
    choose(phone, "異音", "停止")
    phone.get_by_label("故障の状況").fill("閉じてから送る")
    phone.get_by_role("button", name="送信する").tap()
    expect(phone.get_by_text("まだ送れていません", exact=False)).to_be_visible()
    phone.unroute(REPORTS)
    phone.reload()
    expect(phone.get_by_text("報告を受け付けました")).to_be_visible()
    assert len(filed(engine, tagged, "閉じてから送る")) == 1


def test_signing_out_in_between_loses_nothing(
    phone: Page, engine: Engine, tagged: TaggedCity, url: str
) -> None:
    phone.context.clear_cookies()
    choose(phone, "異音", "停止")
    phone.get_by_label("故障の状況").fill("ログインが切れた")
    phone.get_by_role("button", name="送信する").tap()
    expect(phone.get_by_text("この端末の登録が切れています", exact=False)).to_be_visible()
    token = tagged.city.tokens["contractor"]
    phone.context.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
    phone.get_by_role("button", name="もう一度送る").tap()
    expect(phone.get_by_text("報告を受け付けました")).to_be_visible()
    assert len(filed(engine, tagged, "ログインが切れた")) == 1


def test_typed_text_survives_leaving_the_page(phone: Page) -> None:
    choose(phone, "異音")
    phone.get_by_label("故障の状況").fill("書きかけ")
    phone.reload()
    expect(phone.get_by_label("故障の状況")).to_have_value("書きかけ")
    expect(phone.get_by_role("radio", name="異音")).to_be_checked()


def test_a_refused_photo_is_named_and_the_report_stands(
    phone: Page, engine: Engine, tagged: TaggedCity, tmp_path: Path
) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"not a photo")
    choose(phone, "異音", "停止")
    phone.get_by_label("故障の状況").fill("壊れた写真")
    phone.locator("#photos").set_input_files(tmp_path / "broken.jpg")
    phone.get_by_role("button", name="送信する").tap()
    expect(phone.get_by_text("受け付けられませんでした: broken.jpg", exact=False)).to_be_visible()
    expect(phone.get_by_text("要確認・未送信 1")).to_be_visible()
    (report,) = filed(engine, tagged, "壊れた写真")
    assert report.received == 0


def test_without_javascript_the_form_works(
    window: Window, url: str, engine: Engine, tagged: TaggedCity, tmp_path: Path
) -> None:
    (tmp_path / "1.jpg").write_bytes(jpeg(700, 500))
    token = tagged.city.tokens["contractor"]
    page = opened(window, url, token, java_script_enabled=False)
    page.goto(f"{url}/T/{tagged.tag.lower()}")
    choose(page, "異音", "停止", "溢水")
    page.get_by_label("故障の状況").fill("スクリプトなし")
    page.locator("#photos").set_input_files(tmp_path / "1.jpg")
    page.get_by_role("button", name="送信する").tap()
    expect(page.get_by_role("heading", name="報告を受け付けました")).to_be_visible()
    (report,) = filed(engine, tagged, "スクリプトなし")
    assert report.received == 1
    expect(page.get_by_text(report.report_no)).to_be_visible()
    shot(page, "tag-receipt")


@pytest.mark.parametrize("who", [None, "other_contractor"])
def test_the_public_page_is_for_everybody(
    window: Window, url: str, tagged: TaggedCity, violations: Violations, who: str | None
) -> None:
    page = opened(window, url, tagged.city.tokens[who] if who else None)
    page.goto(f"{url}/T/{tagged.tag}")
    expect(page.get_by_role("link", name="緊急のときは電話", exact=False)).to_be_visible()
    assert violations(page) == []
    shot(page, f"tag-public-{who or 'visitor'}")


@pytest.mark.parametrize("look", [("light", "ja"), ("dark", "en")], ids="-".join)
def test_targets_are_large_and_nothing_runs_over_at_320_px(
    window: Window, url: str, tagged: TaggedCity, violations: Violations, look: tuple[str, str]
) -> None:
    scheme, language = look
    narrow = {"viewport": {"width": 320, "height": 640}, "color_scheme": scheme}
    page = opened(window, url, tagged.city.tokens["contractor"], **narrow)
    page.goto(f"{url}/T/{tagged.tag}?lang={language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    heights = page.evaluate(
        "[...document.querySelectorAll('.tile, .button, input[type=file], textarea, select,"
        " input[type=datetime-local], summary')].filter(e => e.offsetParent)"
        ".map(e => [e.className || e.tagName, e.getBoundingClientRect().height])"
    )
    assert [(name, height) for name, height in heights if height < 56] == []
    assert violations(page) == []
    shot(page, f"tag-page-320-{scheme}-{language}")
