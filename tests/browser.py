"""Fixtures for tests in a real browser: Chromium, accessibility rules, a served application.

A page that asks anything of another host fails its test.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from starlette.types import ASGIApp

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=30_000)  # a slow machine fails no test
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


@contextmanager
def served(app: ASGIApp, *, lifespan: Literal["auto", "off"] = "auto") -> Iterator[str]:
    """The application behind a real server on a free port."""
    config = uvicorn.Config(
        app, port=0, log_level="error", lifespan=lifespan, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def chromium() -> str:
    """Where it is; without it the test is skipped."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("chromium is not installed")
    return found


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """One for each module: while it is open, this thread has a running event loop."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens windows with cookies of their own, in Japanese; a foreign request fails the test."""
    foreign: list[str] = []
    contexts: list[BrowserContext] = []

    def open_window(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"locale": "ja-JP", "timezone_id": "Asia/Tokyo"} | options)
        context.on(
            "request",
            lambda request: (
                foreign.append(request.url)
                if request.url.startswith("http") and "//127.0.0.1:" not in request.url
                else None
            ),
        )
        contexts.append(context)
        return context

    yield open_window
    for context in contexts:
        context.close()
    assert foreign == []


@pytest.fixture
def violations() -> Callable[[Page], list[str]]:
    """What breaks WCAG 2.2 AA on the page as it stands."""

    def run(page: Page) -> list[str]:
        page.evaluate(AXE.read_text() + ";0")  # a script element would break the policy
        found = page.evaluate(
            "rules => axe.run(document, {runOnly: rules})"
            ".then(r => r.violations.map(v => `${v.id}: ${v.nodes[0].html} (${v.nodes.length})`))",
            RULES,
        )
        return list(found)

    return run
