"""Every report at a desk and on a phone: legible, nothing runs over, nothing foreign is asked."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from app.asgi import create_app
from service.analytics.catalogue import KINDS
from service.core.settings import Settings
from tests.browser import DESKTOP, PHONE, served

pytestmark = pytest.mark.e2e
SHOTS = Path(__file__).parents[2] / "e2e" / "screenshots"


@pytest.fixture
def url(analytics_settings: Settings, analytics_engine: Engine) -> Iterator[str]:
    with served(create_app(analytics_settings, analytics_engine)) as address:
        yield address


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1440"])
def test_every_report_can_be_read(
    window: Callable[..., BrowserContext],
    url: str,
    engineer: TestClient,
    quiet_city: dict[str, UUID],
    violations: Callable[[Page], list[str]],
    size: dict[str, Any],
    request: pytest.FixtureRequest,
):
    context = window(**size)
    token = engineer.cookies["gesuibo"]
    context.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
    page = context.new_page()
    mark = request.node.callspec.id
    for name in KINDS:
        page.goto(f"{url}/analytics/{name}?from=2022-04&to=2025-03")
        expect(page.locator("nav.report-links [aria-current]")).to_have_count(1)
        assert violations(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name
        result = page.locator(".result, main .table-wrap, .empty").first.bounding_box()
        assert result, name
        assert result["y"] < size["viewport"]["height"], name
        page.screenshot(path=SHOTS / f"analytics-{name}-{mark}.png", full_page=True)
    for path in ("/analytics", "/analytics/verification"):
        page.goto(url + path)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_tables_fit_a4_across_when_printed(
    window: Callable[..., BrowserContext],
    url: str,
    engineer: TestClient,
    quiet_city: dict[str, UUID],
):
    """The verdict stands in the last column: a table that runs over loses it."""
    context = window(viewport={"width": 1046, "height": 700})
    token = engineer.cookies["gesuibo"]
    context.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
    page = context.new_page()
    page.emulate_media(media="print")
    for name in ("failure-rate", "plan", "plan-devices", "priority"):
        page.goto(f"{url}/analytics/{name}?from=2022-04&to=2025-03")
        edges = "t => t.getBoundingClientRect().right - innerWidth"
        assert page.locator("table.rates").first.evaluate(edges) <= 0, name


def test_conditions_are_folded_on_a_phone_and_open_at_a_desk(
    window: Callable[..., BrowserContext],
    url: str,
    engineer: TestClient,
    quiet_city: dict[str, UUID],
):
    """By the style sheet alone: the same page without any script."""
    token = engineer.cookies["gesuibo"]
    for size, is_folded in ((PHONE, True), (DESKTOP, False)):
        context = window(**size, java_script_enabled=False)
        context.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
        page = context.new_page()
        page.goto(f"{url}/analytics/trend?from=2022-04&to=2025-03&facility=P01&rain=out")
        summary, months = page.locator(".conditions > summary"), page.get_by_label("始まりの月")
        expect(summary).to_be_visible(visible=is_folded)
        expect(months).to_be_visible(visible=not is_folded)
        if is_folded:
            expect(summary).to_contain_text(
                "2022-04～2025-03 / 北ポンプ場 / 強い雨の日の故障: 除く"
            )
            summary.focus()
            page.keyboard.press("Enter")
        expect(months).to_be_visible()
        months.fill("2023-04")
        page.get_by_role("button", name="絞り込む").click()
        expect(page).to_have_url(re.compile("from=2023-04.*facility=P01.*rain=out"))
