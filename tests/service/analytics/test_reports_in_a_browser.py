"""Every report at a desk and on a phone: legible, nothing runs over, nothing foreign is asked."""

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
