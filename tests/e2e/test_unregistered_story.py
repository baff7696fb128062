"""U6, the office by keyboard: what no ledger knows is answered at once and linked later."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine

from service.core.clock import today
from service.core.settings import Settings
from tests.browser import DESKTOP, PHONE, served
from tests.e2e.keyboard import Keyboard
from tests.e2e.office_screens import Screens, tile
from tests.service.faults.conftest import AsActor, as_actor, rows
from tests.tagged_city import TaggedCity, application, build, jpeg

__all__ = ["as_actor"]
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


def test_an_unknown_pump_finds_its_place(
    engine: Engine,
    settings: Settings,
    tagged: TaggedCity,
    as_actor: AsActor,
    window: Any,
    violations: Any,
) -> None:
    city = tagged.city
    with served(application(engine, settings)) as url:
        screens = Screens(url, city.tokens, window, violations, "u6")
        office = screens.of("staff", **DESKTOP)
        keys = Keyboard(office)
        office.goto(f"{url}/")
        before = int(
            office.locator(".card", has_text="今月の台帳未登録")
            .locator(".figure")
            .inner_text()
            .split()[0]
            .rstrip("件")
        )

        phone = screens.of("contractor", **PHONE)
        phone.goto(f"{url}/f/facilities")
        phone.get_by_role("button", name="すべて入れる").tap()
        expect(phone.get_by_text("端末に入っています", exact=False).first).to_be_visible()
        phone.goto(f"{url}/f/unregistered")
        phone.get_by_label("施設").select_option(label="辻堂架空浄化センター")
        phone.get_by_label("どんな機器か").fill("No.2汚水ポンプ 奥の小さい方")
        tile(phone, "異音").tap()
        tile(phone, "影響なし").tap()
        phone.locator("#photos").set_input_files(
            {"name": "銘板.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
        )
        screens.seen(phone, "1-form")
        phone.get_by_role("button", name="送信する").tap()
        expect(phone.get_by_text("報告を受け付けました")).to_be_visible()

        office.goto(f"{url}/")
        card = office.locator(".card", has_text="今月の台帳未登録")
        expect(card.locator(".figure")).to_contain_text(str(before + 1))
        screens.seen(office, "2-dashboard")
        keys.enter(card.get_by_role("link"))
        expect(office.get_by_text("No.2汚水ポンプ 奥の小さい方")).to_be_visible()
        screens.seen(office, "3-queue")
        row = office.locator("tr", has_text="No.2汚水ポンプ 奥の小さい方")
        # Nobody waits for the ledger: the case is accepted first.
        keys.enter(row.get_by_role("rowheader").get_by_role("link"))
        expect(office.locator(".steps")).to_be_visible()
        keys.press("a")
        expect(office.locator(".page-head .badge").first).to_have_text("受付")
        screens.seen(office, "4-case")
        keys.enter(office.get_by_role("link", name="台帳の設備に結び付ける"))
        expect(office.get_by_role("heading", name="この設備ですか")).to_be_visible()
        screens.seen(office, "5-place")
        keys.enter(office.get_by_role("button", name=re.compile("これに結び付ける")).first)
        keys.done()
        expect(office.get_by_role("link", name="No.2汚水ポンプ").first).to_be_visible()
        expect(office.locator(".page-head .badge").first).to_have_text("受付")
        case_id = office.url.rsplit("/", 1)[1]

        # Figures of the position hold the case from now on.
        since = today() - timedelta(days=30)
        rate = f"/positions/{city.pump_id}/cases?from={since}"
        office.goto(url + rate)
        expect(office.locator(f'[data-row="{case_id}"]')).to_be_visible()
    with as_actor(city.staff) as session:
        case = rows(session, "select * from fault_case where id = :id", id=case_id)[0]
    assert (case.position_id, case.device_id) == (city.pump_id, city.new_device_id)
