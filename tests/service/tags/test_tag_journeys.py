"""Two journeys in a browser: staff print labels at the desk, a contractor binds a tag on site."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from service.accounts.actor import terminal_actor
from service.core.database import transaction
from service.tags import life
from service.tags.domain import grouped
from service.tags.models import QrTag
from service.tags.service import mint_for_positions
from tests.browser import DESKTOP, PHONE, served
from tests.factories import make_facility, make_position
from tests.service.tags.drawn_labels import text_of
from tests.tagged_city import TaggedCity

pytestmark = pytest.mark.e2e
SCREENSHOTS = Path(__file__).parents[2] / "e2e" / "screenshots"
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1440"])
Window = Callable[..., BrowserContext]
Violations = Callable[[Page], list[str]]


@pytest.fixture(scope="module")
def url(app: FastAPI) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture(scope="module")
def plant(engine: Engine) -> str:
    """A facility with 30 positions and their tags; two in doubt."""
    by = terminal_actor("test")
    with transaction(engine) as session:
        facility = make_facility(session, name="桜橋架空中継ポンプ場")
        first = make_position(session, facility, name="No.1汚水ポンプ", unit_no="No.1")
        for number in range(2, 31):
            make_position(
                session,
                facility,
                class_id=first.class_id,
                name=f"No.{number}汚水ポンプ",
                unit_no=f"No.{number}",
            )
        mint_for_positions(session, by=by, facility_id=facility.id)
        return facility.facility_code


def opened(window: Window, url: str, token: str, size: dict[str, Any]) -> Page:
    context = window(**size)
    context.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
    context.set_default_timeout(30_000)
    return context.new_page()


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def looked_at(page: Page, violations: Violations, name: str) -> None:
    assert violations(page) == []
    overhang = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overhang <= 0, name
    shot(page, name)


@SIZES
def test_staff_print_a_part_used_sheet(
    window: Window,
    url: str,
    tagged: TaggedCity,
    plant: str,
    violations: Violations,
    size: dict[str, Any],
    request: pytest.FixtureRequest,
) -> None:
    mark = request.node.callspec.id
    page = opened(window, url, tagged.city.tokens["staff"], size)
    page.goto(f"{url}/tags?view=in_use&facility={plant}")
    looked_at(page, violations, f"tags-{mark}")
    page.get_by_role("link", name="印刷する", exact=True).click()
    page.get_by_label("印刷するもの").select_option("all")
    page.get_by_label("施設").select_option(plant)
    page.get_by_label("開始位置").fill("5")
    page.get_by_label("開始位置").press("Tab")
    expect(page.get_by_role("heading", name="30枚、用紙2枚")).to_be_visible()
    picture = page.get_by_role("img", name="1枚目の見本")
    expect(picture).to_have_js_property("complete", value=True)
    looked_at(page, violations, f"tags-print-{mark}")
    page.get_by_role("button", name="印刷用ファイルを作る").click()
    expect(page.get_by_text("全30枚のQRコードを画像から読み取り")).to_be_visible()
    looked_at(page, violations, f"tags-run-{mark}")
    pdf = page.request.get(
        url + str(page.get_by_role("link", name="ラベルを開く").get_attribute("href"))
    )
    assert "桜橋架空中継ポンプ場" in text_of(pdf.body())
    page.goto(f"{url}/tags/printers")
    looked_at(page, violations, f"tags-printers-{mark}")
    page.goto(f"{url}/tags/{tagged.tag}/history")
    looked_at(page, violations, f"tag-history-{mark}")
    page.goto(f"{url}/tags?view=stock")
    looked_at(page, violations, f"tags-stock-{mark}")


def test_a_contractor_binds_a_tag_on_site(
    window: Window, url: str, tagged: TaggedCity, engine: Engine, violations: Violations
) -> None:
    by = terminal_actor("test")
    with transaction(engine) as session:
        ids = life.mint_stock(session, 1, by=by)
        life.issue(session, ids, tagged.city.company_id, by=by)
        code = session.get_one(QrTag, ids[0]).tag_code
    page = opened(window, url, tagged.city.tokens["contractor"], PHONE)
    page.goto(f"{url}/T/{code}")
    page.get_by_label("設置箇所を探す").fill("汚水")
    page.get_by_role("button", name="探す").tap()
    found = page.get_by_role("link", name="No.2汚水ポンプ")
    expect(found).to_be_visible()
    looked_at(page, violations, "bind-search")
    found.tap()
    expect(page.get_by_role("button", name="ここに割り当てる")).to_be_visible()
    looked_at(page, violations, "bind-confirm")
    page.get_by_role("button", name="ここに割り当てる").tap()
    expect(page.get_by_text("このQRタグを割り当てました")).to_be_visible()
    looked_at(page, violations, "bind-done")
    expect(page.get_by_text(grouped(code))).to_be_visible()
    page.get_by_role("button", name="この機器ではない").tap()
    expect(page.get_by_text("QRタグの取り違えとして記録しました")).to_be_visible()
    looked_at(page, violations, "not-this")
