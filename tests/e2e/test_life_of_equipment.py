"""U3, U4 and U9 in a browser: replaced, moved, asked about on a past day, closed at year's end."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from app.asgi import create_app
from service.accounts.domain import Role
from service.core.clock import today
from service.core.database import transaction
from service.core.i18n.dates import fiscal_year
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
SPRING = date(2020, 4, 1)


@pytest.fixture
def city(engine: Engine) -> dict[str, str]:
    with transaction(engine) as session:
        kind = make_class(session, disposal_limit_years=7)
        here = make_facility(session, name="架空東ポンプ場")
        there = make_facility(session, name="架空西ポンプ場")
        pump = make_position(session, here, class_id=kind.id, name="No.2汚水ポンプ")
        spare_place = make_position(session, there, class_id=kind.id, name="No.1汚水ポンプ")
        old = make_device(
            session,
            class_id=kind.id,
            subsidised=True,
            installed_from=SPRING,
            installed_to=SPRING,
            installed_precision="day",
        )
        make_installation(session, pump, old, starts_on=SPRING)
        user = make_user(session, Role.STAFF)
        administrator = make_user(session, Role.ADMINISTRATOR)
        return {
            "pump": str(pump.id),
            "target": spare_place.position_code,
            "target_id": str(spare_place.id),
            "old": old.asset_code,
            "user": user.username,
            "administrator": administrator.username,
        }


def _sign_in(page: Page, url: str, username: str) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("利用者名").fill(username)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン").click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def _shot(page: Page, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"life_{name}.png", full_page=True)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_pump_is_replaced_moved_and_the_year_closed(
    engine: Engine,
    settings: Settings,
    city: dict[str, str],
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict,
) -> None:
    name = "phone" if size is PHONE else "desk"
    with served(create_app(settings, engine)) as url:
        context = window(**size)
        context.set_default_timeout(30_000)
        page = context.new_page()
        _sign_in(page, url, city["user"])
        page.goto(f"{url}/positions/{city['pump']}")
        page.get_by_text("設置・更新・移設などを記録する").click()
        _shot(page, f"{name}_events")
        page.get_by_role("link", name="更新する（機器を取り替える）").click()
        page.get_by_label("取り替えた日").fill("2025-02-14")
        page.get_by_label("製造者", exact=True).fill("架空製作所")
        page.get_by_label("型式", exact=True).fill("KP-200")
        page.get_by_label("工事名・契約番号").fill("令和6年度ポンプ更新工事")
        new = page.get_by_label("機器番号").input_value()
        _shot(page, f"{name}_replace")
        assert violations(page) == []
        page.get_by_role("button", name="記録する").click()
        expect(page.get_by_text("処分制限期間")).to_be_visible()
        expect(page.get_by_label("型式", exact=True)).to_have_value("KP-200")
        _shot(page, f"{name}_warned")
        assert violations(page) == []
        page.get_by_label("確かめました。このまま記録します。").check()
        page.get_by_role("button", name="記録する").click()
        expect(page.get_by_role("heading", name="いまの機器")).to_be_visible()
        expect(page.get_by_role("link", name=new, exact=True).first).to_be_visible()

        page.goto(f"{url}/positions/{city['pump']}?on=2025-02-13")
        expect(page.get_by_text("令和7年2月13日 の時点の台帳")).to_be_visible()
        expect(page.get_by_role("link", name=city["old"], exact=True).first).to_be_visible()
        _shot(page, f"{name}_past")
        assert violations(page) == []

        # A report of the days before, told later, is about the old device, and says so.
        page.goto(f"{url}/reports/new?position={city['pump']}")
        page.get_by_label("発生日時").fill("2025-02-10T08:30")
        page.get_by_role("checkbox", name="異音").check()
        page.get_by_label("報告の内容").fill("更新前の異音")
        page.get_by_role("button", name="報告を記録する").click()
        expect(page.get_by_role("link", name=city["old"], exact=True)).to_be_visible()
        expect(
            page.get_by_text(f"発生日に設置されていた機器です。いまは {new} が設置されています。")
        ).to_be_visible()
        _shot(page, f"{name}_late_report")
        assert violations(page) == []

        page.goto(f"{url}/positions/{city['pump']}/life/move")
        page.get_by_label("移設先の設置箇所コード").fill(city["target"])
        page.get_by_role("button", name="記録する").click()
        page.goto(f"{url}/positions/{city['target_id']}")
        expect(page.get_by_role("link", name=new, exact=True).first).to_be_visible()
        page.get_by_role("link", name="直す").first.click()
        _shot(page, f"{name}_stay")
        assert violations(page) == []

        page.goto(f"{url}/ledgers")
        page.get_by_role("button", name="締め").click()
        expect(page.get_by_text("に締めた台帳").first).to_be_visible()
        _shot(page, f"{name}_ledgers")
        assert violations(page) == []
        address = page.get_by_role("link", name="設備台帳", exact=True).last.get_attribute("href")
        closed = page.request.get(f"{url}{address}").body()
        page.goto(f"{url}/positions/{city['target_id']}/edit")
        page.get_by_label("名称").fill("改称した架空ポンプ")
        page.get_by_label("直す理由・根拠").fill("銘板で確認")
        page.get_by_role("button", name="保存する").click()
        expect(page.get_by_role("heading", name="改称した架空ポンプ")).to_be_visible()
        assert page.request.get(f"{url}{address}").body() == closed, "the closed year stays"
        page.goto(f"{url}/ledgers/{fiscal_year(today())}")
        changed = (
            page.get_by_role("row").filter(has_text="銘板で確認").filter(has_text=city["target"])
        )
        expect(changed).to_contain_text("改称した架空ポンプ")
        expect(page.get_by_text("移設", exact=True).first).to_be_visible()
        _shot(page, f"{name}_year")
        page.goto(f"{url}/spares")
        assert violations(page) == []
        _shot(page, f"{name}_spares")
        _audited(url, city["administrator"], name, lambda: window(**size).new_page(), violations)


def _audited(
    url: str,
    administrator: str,
    name: str,
    opened: Callable[[], Page],
    violations: Callable[[Page], list[str]],
) -> None:
    """The auditor gets an account for some days, reads the year and leaves a trace."""
    office = opened()
    _sign_in(office, url, administrator)
    office.goto(f"{url}/admin/users")
    auditor = f"kansa-{name}"
    office.get_by_label("利用者名").fill(auditor)
    office.get_by_label("氏名").fill("架空 監査")
    office.get_by_label("役割").select_option(label="監査")
    office.get_by_label("有効期限（監査のとき）").fill(today().isoformat())
    office.get_by_label("パスワード").fill(PASSWORD)
    office.get_by_role("button", name="追加する").click()
    expect(office.get_by_role("row").filter(has_text=auditor)).to_contain_text("まで")
    _shot(office, f"{name}_users")
    assert violations(office) == []

    reader = opened()
    _sign_in(reader, url, auditor)
    reader.goto(f"{url}/ledgers")
    expect(reader.get_by_text("に締めた台帳").first).to_be_visible()
    expect(reader.get_by_role("button", name="締め")).to_have_count(0)
    _shot(reader, f"{name}_auditor")
    assert violations(reader) == []
    assert reader.request.post(f"{url}/views", headers={"origin": url}).status == 403

    office.goto(f"{url}/admin/viewings")
    row = office.get_by_role("row").filter(has_text="架空 監査").filter(has_text="/ledgers/")
    expect(row.first).to_contain_text("表示")
    _shot(office, f"{name}_viewings")
    assert violations(office) == []
