"""The page of the monthly report in a browser, and its form's page."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text

from app.asgi import create_app
from service.core.clock import today
from service.core.i18n.locales import Locale
from service.core.settings import Settings
from service.faults.service import file_report
from service.monthly import workbook
from service.monthly.domain import Month
from tests.browser import DESKTOP, PHONE, served
from tests.service.faults.conftest import AsActor, City, make_report
from tests.service.monthly.test_form_file import _form, _with


@pytest.fixture(scope="module")
def address(engine: Engine, settings: Settings) -> Iterator[str]:
    with served(create_app(engine=engine, settings=settings)) as url:
        yield url


@pytest.fixture
def signed_in(
    window: Callable[..., BrowserContext], address: str, city: City
) -> Callable[..., Page]:
    def open_page(**options: Any) -> Page:
        context = window(**options)
        context.add_cookies([{"name": "gesuibo", "value": city.tokens["staff"], "url": address}])
        return context.new_page()

    return open_page


@pytest.fixture(autouse=True)
def standard_form(engine: Engine) -> Iterator[None]:
    yield
    with engine.begin() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        connection.execute(text("update monthly_template set retired_at = now()"))


@pytest.mark.e2e
def test_one_press_gives_the_file(
    signed_in: Callable[..., Page],
    address: str,
    city: City,
    as_actor: AsActor,
    violations: Callable[[Page], list[str]],
    tmp_path: Path,
):
    with as_actor(city.staff) as session:
        file_report(session, make_report(city), by=city.staff)
    page = signed_in(**DESKTOP)
    page.goto(f"{address}/cases")
    page.get_by_role("link", name="月次報告").click()
    month = str(Month.of(today()))
    page.goto(f"{address}/monthly?month={month}&facility_id={city.facility_id}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Excelで発行する").click()
    assert download.value.suggested_filename.startswith("月次報告_")
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    expect(page.get_by_role("heading", name="初版")).to_be_visible()
    assert violations(page) == []
    page.screenshot(path=tmp_path / "monthly.png", full_page=True)
    phone = signed_in(**PHONE)
    phone.goto(page.url)
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.screenshot(path=tmp_path / "monthly_phone.png", full_page=True)


@pytest.mark.e2e
def test_a_form_is_taken_or_refused_with_the_reason(
    signed_in: Callable[..., Page],
    address: str,
    violations: Callable[[Page], list[str]],
    tmp_path: Path,
):
    bad, good = tmp_path / "bad.xlsx", tmp_path / "様式.xlsx"
    bad.write_bytes(_with("xl/vbaProject.bin", b"x", _form()))
    good.write_bytes(workbook.sample(Locale.JA))
    page = signed_in(**DESKTOP)
    page.goto(f"{address}/monthly/form")
    page.set_input_files("#file", bad)
    page.get_by_role("button", name="この様式を使う").click()
    expect(page.get_by_role("alert").filter(has_text="マクロ")).to_be_visible()
    page.set_input_files("#file", good)
    page.get_by_role("button", name="この様式を使う").click()
    expect(page.get_by_text("様式.xlsx", exact=True)).to_be_visible()
    assert violations(page) == []
    page.screenshot(path=tmp_path / "form.png", full_page=True)
    page.get_by_role("button", name="標準の様式に戻す").click()
    expect(page.get_by_text("標準の様式（A4横、決裁欄付き）を使っています。")).to_be_visible()
