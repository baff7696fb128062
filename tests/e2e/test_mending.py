"""The board leads to what mends a record; lists are walked by keys. In Japanese, two widths."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from app.asgi import create_app
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from tests.browser import DESKTOP, PHONE, served
from tests.factories import (
    PASSWORD,
    make_class,
    make_device,
    make_facility,
    make_installation,
    make_position,
    make_user,
)

SHOTS = Path(__file__).parent / "screenshots"


@pytest.mark.e2e
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_missing_date_is_found_and_mended(
    engine: Engine,
    settings: Settings,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict,
) -> None:
    name = "390" if size is PHONE else "1440"
    with transaction(engine) as session:
        kind = make_class(session, verified=False, minor="架空汚水ポンプ")
        plant = make_facility(session, name=f"架空点検場{name}", facility_type="pump_station")
        pump = make_position(session, plant, class_id=kind.id, name="No.1架空ポンプ")
        device = make_device(session, class_id=kind.id, serial_no=f"L02-{name}")
        make_installation(session, pump, device)
        make_position(session, plant, class_id=kind.id, name="No.2架空ポンプ")
        user = make_user(session, Role.STAFF)
    SHOTS.mkdir(exist_ok=True)
    with served(create_app(settings, engine)) as url:
        context = window(**size)
        context.set_default_timeout(30_000)
        page = context.new_page()

        def looked_at(what: str) -> None:
            assert violations(page) == [], what
            page.screenshot(path=SHOTS / f"mending_{what}-{name}.png", full_page=True)

        page.goto(f"{url}/sign-in")
        page.get_by_label("利用者名").fill(user.username)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_url(lambda address: "sign-in" not in address)

        page.goto(f"{url}/quality/no-date")
        looked_at("board")
        row = page.get_by_role("row").filter(has_text=device.asset_code)
        row.get_by_role("link", name="直す").click()
        page.get_by_label("設置年月").fill("S58.3")
        page.get_by_label("直す理由・根拠").fill("完成図書で確認")
        looked_at("device")
        page.get_by_role("button", name="保存する").click()
        expect(page.get_by_text("昭和58年3月").first).to_be_visible()
        looked_at("device-page")
        page.goto(f"{url}/quality/no-date")
        expect(page.get_by_role("row").filter(has_text=device.asset_code)).to_have_count(0)

        page.goto(f"{url}/facilities/{plant.id}/places")
        page.get_by_label("名称", exact=False).last.fill("B2F ポンプ室")
        page.get_by_label("場所コード").fill("B2")
        page.get_by_role("button", name="場所を足す").click()
        expect(page.locator(".tree__name").get_by_text("B2F ポンプ室")).to_be_visible()
        looked_at("places")
        page.goto(f"{url}/positions/{pump.id}/edit")
        page.get_by_label("場所", exact=True).select_option("B2")
        looked_at("position")
        page.get_by_role("button", name="保存する").click()
        expect(page.get_by_text("B2F ポンプ室").first).to_be_visible()

        page.goto(f"{url}/facilities/{plant.id}/edit")
        page.get_by_label("緯度").fill("35.336712")
        page.get_by_label("経度").fill("139.447256")
        looked_at("facility")
        page.get_by_role("button", name="保存する").click()
        expect(page.get_by_text("35.336712, 139.447256")).to_be_visible()
        page.goto(f"{url}/classes?only=unverified")
        looked_at("classes")
        page.goto(f"{url}/models")
        looked_at("models")

        page.goto(f"{url}/positions?q=架空点検場{name}")
        looked_at("list")
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(page.get_by_role("link", name="No.2架空ポンプ")).to_be_focused()
        page.keyboard.press("k")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="No.1架空ポンプ")).to_be_visible()
        looked_at("position-page")
        page.goto(f"{url}/facilities/{plant.id}")
        looked_at("facility-page")
        page.goto(f"{url}/facilities")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="キー操作")).to_be_visible()
        looked_at("keys")
