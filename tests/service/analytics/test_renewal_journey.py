"""計画担当が改築計画を作る: from the ranking to the plan and back to the cases behind a figure."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Page, expect
from pypdfium2 import PdfDocument
from sqlalchemy import Engine

from app.asgi import create_app
from service.core.settings import Settings
from tests.browser import DESKTOP, served

pytestmark = pytest.mark.e2e
SHOTS = Path(__file__).parents[2] / "e2e" / "screenshots"


@pytest.fixture
def desk(
    window: Callable[..., BrowserContext],
    analytics_settings: Settings,
    analytics_engine: Engine,
    engineer: TestClient,
    quiet_city: dict[str, UUID],
) -> Iterator[Page]:
    with served(create_app(analytics_settings, analytics_engine)) as url:
        context = window(**DESKTOP, accept_downloads=True)
        token = engineer.cookies["gesuibo"]
        context.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
        page = context.new_page()
        page.goto(f"{url}/analytics")
        yield page
        context.close()


def saved(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(download.value.path()).read_bytes()


def test_from_the_ranking_to_the_plan(desk: Page, violations: Callable[[Page], list[str]]) -> None:
    desk.get_by_role("link", name="更新の優先度").first.click()
    expect(desk.get_by_text("設置年の分からない1台は順位の外です。")).to_be_visible()
    expect(desk.locator("tbody tr").last).to_contain_text("設置年を調べる")
    expect(desk.locator("tbody tr").first).to_contain_text("要確認")
    first = desk.locator("tbody th").first.inner_text()

    desk.get_by_label("経過年数の重み").fill("0")
    desk.get_by_label("故障の重み").fill("100")
    desk.get_by_role("button", name="絞り込む").click()
    assert "w_age=0" in desk.url
    assert violations(desk) == []
    desk.screenshot(path=SHOTS / "renewal-priority.png", full_page=True)
    by_failures = desk.locator("tbody th").first.inner_text()
    assert first
    sheets = load_workbook(BytesIO(saved(desk, "Excel"))).worksheets
    assert sheets[0].cell(2, 2).value == by_failures
    conditions = {row[0]: row[1] for row in sheets[1].iter_rows(values_only=True)}
    assert (conditions["経過年数の重み"], conditions["故障の重み"]) == (0, 100)

    desk.locator("tbody input[type=checkbox]").nth(0).check()
    desk.locator("tbody input[type=checkbox]").nth(1).check()
    desk.get_by_role("button", name="印を付けた機器だけで計画する").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("改築計画の機器")
    expect(desk.locator("tbody tr")).to_have_count(2)
    desk.locator("tbody input[type=checkbox]").nth(0).check()
    desk.get_by_role("button", name="印を付けた機器を計画から外す").click()
    expect(desk.locator("tbody tr")).to_have_count(1)
    assert violations(desk) == []
    desk.screenshot(path=SHOTS / "renewal-chosen.png", full_page=True)
    desk.get_by_label("1年の予算").fill("20")
    desk.get_by_role("button", name="絞り込む").click()
    expect(desk.locator("tbody tr")).to_have_count(1)
    desk.get_by_role("link", name="選択をすべて解く").click()
    assert "pick" not in desk.url

    desk.get_by_role("link", name="改築計画の比較").click()
    assert "w_age=0" in desk.url, "the conditions go along"
    desk.get_by_label("1年の予算").fill("10")
    desk.get_by_label("見通す年数").fill("5")
    desk.get_by_role("button", name="絞り込む").click()
    expect(desk.locator("tbody tr")).to_have_count(5)
    expect(desk.locator("tfoot")).to_contain_text("合計")
    assert violations(desk) == []
    desk.screenshot(path=SHOTS / "renewal-plan.png", full_page=True)
    shown = desk.locator(".findings li").first.inner_text()
    pdf = PdfDocument(saved(desk, "PDF"))
    paper = "".join("".join(page.get_textpage().get_text_range() for page in pdf).split())
    assert "".join(shown.split()) in paper

    desk.get_by_role("link", name="改築計画の機器").click()
    expect(desk.locator("tbody tr").first).to_contain_text("2027")
    desk.locator("tbody th a").first.click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("ポンプ")


def test_every_figure_leads_to_its_cases(desk: Page) -> None:
    desk.get_by_role("link", name="故障率", exact=True).first.click()
    desk.get_by_label("期間（始まりの月）", exact=True).fill("2022-04")
    desk.get_by_label("期間（終わりの月）", exact=True).fill("2025-03")
    desk.get_by_role("button", name="絞り込む").click()
    desk.get_by_role("link", name="汚水ポンプ").first.click()
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    desk.locator("tbody details summary").first.click()
    desk.locator("tbody details a").first.click()
    assert "/cases/" in desk.url


def test_two_periods_are_compared_at_the_desk(desk: Page) -> None:
    desk.get_by_role("link", name="期間の比較").first.click()
    desk.get_by_label("期間（始まりの月）", exact=True).fill("2024-04")
    desk.get_by_label("期間（終わりの月）", exact=True).fill("2025-03")
    desk.get_by_label("前の期間（始まりの月）").fill("2022-04")
    desk.get_by_label("前の期間（終わりの月）").fill("2023-03")
    desk.get_by_role("button", name="絞り込む").click()
    row = desk.locator("tbody tr").first
    expect(row).to_contain_text("全体")
    assert row.locator("td").nth(0).inner_text() == "1"
    assert row.locator("td").nth(2).inner_text() == "4"
