"""U8 by keyboard: one button, the city's Excel; corrected and issued again it is 改訂2."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from service.core.clock import today
from service.core.settings import Settings
from service.faults.schemas import CaseChange
from service.faults.service import change_case, file_report
from service.monthly.domain import ALL_FIGURES
from tests.browser import DESKTOP, PHONE, served
from tests.e2e.keyboard import Keyboard
from tests.e2e.office_screens import Screens
from tests.service.faults.conftest import AsActor, as_actor, make_report
from tests.tagged_city import TaggedCity, application, build

__all__ = ["as_actor"]
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


def _issued(keys: Keyboard) -> Any:
    with keys.page.expect_download() as download:
        keys.enter(keys.page.get_by_role("button", name="Excelで発行する"))
    return load_workbook(io.BytesIO(download.value.path().read_bytes()))


def _on_screen(page: Page) -> dict[str, float]:
    cells = page.locator("[data-figure]")
    cells.first.wait_for()
    found = {}
    for cell in cells.all():
        number = re.match(r"[\d,.]+", cell.inner_text().strip())
        assert number
        found[str(cell.get_attribute("data-figure"))] = float(number[0].replace(",", ""))
    return found


def _in_file(book: Any) -> dict[str, float]:
    keys = {one.label: one.key for one in ALL_FIGURES}
    rows = book["月次報告"].iter_rows(min_row=9, max_row=20)
    return {keys[row[0].value]: row[1].value for row in rows if row[0].value in keys}


def test_a_month_is_issued_corrected_and_issued_again(
    engine: Engine,
    settings: Settings,
    tagged: TaggedCity,
    as_actor: AsActor,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
) -> None:
    city = tagged.city
    with as_actor(city.staff) as session:
        cases = [
            file_report(session, make_report(city, body=body), by=city.staff)
            for body in ("=1+1 異音", "-2 漏水", "振動")
        ]
    with served(application(engine, settings)) as url:
        screens = Screens(url, city.tokens, window, violations, "u8")
        page = screens.of("staff", **DESKTOP)
        keys = Keyboard(page)
        page.goto(f"{url}/monthly?month={today():%Y-%m}&facility_id={city.facility_id}")
        screens.seen(page, "1-month")
        shown = _on_screen(page)
        first = _issued(keys)
        assert _in_file(first) == shown
        assert shown["cases"] == 3
        sheet = first["月次報告"]
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        texts = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value}
        assert any("令和" in words for words in texts)
        assert {"部長", "課長", "担当"} <= texts
        assert first.vba_archive is None
        assert "改訂内容" not in first.sheetnames
        expect(page.get_by_role("heading", name="初版")).to_be_visible()

        with as_actor(city.staff) as session:
            change = CaseChange(urgency="S", counts_as_failure=False)
            change_case(session, cases[2].case_id, change, by=city.staff)
        second = _issued(keys)
        expect(page.get_by_role("heading", name="改訂2")).to_be_visible()
        assert _in_file(second) == _on_screen(page)
        told = [[cell.value for cell in row] for row in second["改訂内容"].iter_rows(min_row=2)]
        assert ["合計", "故障計上", 3, 2, -1] in told
        assert [cases[2].case_no, "緊急度", None, "S"] in [row[:4] for row in told]
        screens.seen(page, "2-second-issue")
        keys.done()
        phone = screens.of("staff", **PHONE)
        phone.goto(page.url.split("&issued")[0])
        screens.seen(phone, "3-phone")
