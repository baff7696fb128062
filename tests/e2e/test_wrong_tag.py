"""U2 in a browser: a wrong tag is said so and goes to the re-check list; the case is moved."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from app.asgi import create_app
from service.core.database import transaction
from service.core.settings import Settings
from service.registry.models import Facility, Position
from service.tags.domain import grouped
from tests.browser import DESKTOP, PHONE, served
from tests.factories import make_position
from tests.tagged_city import TaggedCity, build, report_json

SHOTS = Path(__file__).parent / "screenshots"


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


def _opened(
    window: Callable[..., BrowserContext], url: str, token: str, size: dict[str, Any]
) -> Page:
    context = window(**size)
    context.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
    context.set_default_timeout(30_000)
    return context.new_page()


@pytest.mark.e2e
def test_a_wrong_tag_costs_nothing_but_a_tap(
    engine: Engine,
    settings: Settings,
    tagged: TaggedCity,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
) -> None:
    with transaction(engine) as session:
        pump = session.get_one(Position, tagged.city.pump_id)
        plant = session.get_one(Facility, tagged.city.facility_id)
        neighbour = make_position(
            session,
            plant,
            class_id=pump.class_id,
            location_id=pump.location_id,
            name=f"隣の架空ポンプ{tagged.city.mark}",
        )
        beside = neighbour.name
    with served(create_app(settings, engine)) as url:
        phone = _opened(window, url, tagged.city.tokens["contractor"], PHONE)
        phone.goto(f"{url}/T/{tagged.tag}")
        expect(phone.get_by_role("heading", level=1)).to_contain_text(pump.name)
        phone.get_by_role("button", name="この機器ではない").tap()
        expect(phone.get_by_text("QRタグの取り違えとして記録しました")).to_be_visible()
        expect(phone.get_by_role("link", name=beside)).to_be_visible()
        assert violations(phone) == []
        phone.screenshot(path=SHOTS / "wrong-tag-390.png", full_page=True)

        desk = _opened(window, url, tagged.city.tokens["staff"], DESKTOP)
        desk.goto(f"{url}/tags?view=recheck")
        expect(desk.get_by_role("row").filter(has_text=grouped(tagged.tag))).to_contain_text("1件")
        assert violations(desk) == []
        desk.screenshot(path=SHOTS / "wrong-tag-1440.png", full_page=True)

        filed = desk.request.post(
            f"{url}/api/v1/reports", data=report_json(tagged.city), headers={"origin": url}
        )
        assert filed.status == 201, filed.text()
        case_id = filed.json()["case_id"]
        desk.goto(f"{url}/cases/{case_id}")
        desk.get_by_role("link", name="別の設置箇所に直す").click()
        box = desk.get_by_label("設置箇所コード").first
        box.press_sequentially(beside)
        expect(desk.locator("#targets option")).to_have_count(1, timeout=30_000)
        box.fill(desk.locator("#targets option").get_attribute("value") or "")
        desk.get_by_label("直す理由").fill("隣のタグを読んだ")
        desk.screenshot(path=SHOTS / "wrong-tag-move.png", full_page=True)
        assert violations(desk) == []
        desk.get_by_role("button", name="この設置箇所にする").click()
        expect(desk.get_by_role("link", name=beside).first).to_be_visible()
        told = desk.get_by_role("listitem").filter(has_text="内容を変更しました")
        expect(told).to_contain_text(pump.name)
        expect(told).to_contain_text(beside)
        expect(told).to_contain_text("隣のタグを読んだ")
        desk.screenshot(path=SHOTS / "wrong-tag-moved.png", full_page=True)
        desk.goto(f"{url}/positions/{neighbour.id}/cases")
        expect(desk.get_by_role("link", name=filed.json()["case_no"])).to_be_visible()
        desk.goto(f"{url}/positions/{pump.id}/cases")
        expect(desk.get_by_role("link", name=filed.json()["case_no"])).to_have_count(0)
        assert violations(desk) == []
