"""The field app in WebKit, the engine of every iPhone: the tag page reports, the app starts.

Driven by the W3C WebDriver protocol. Skipped where Debian's webkit2gtk-driver and xvfb are missing;
the CI script installs them.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from sqlalchemy import Engine, text

from app.asgi import create_app
from service.core.settings import Settings
from tests.browser import served
from tests.tagged_city import TaggedCity, build

MINI_BROWSERS = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
DRIVER, SCREEN = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE_S = 20

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not (MINI_BROWSERS and DRIVER and SCREEN), reason="webkit2gtk-driver or xvfb is missing"
    ),
]


class WebKit:
    """One window of WebKitGTK's MiniBrowser."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        options = {"binary": str(MINI_BROWSERS[-1]), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self.session = ""
        self.session = "/" + self("POST", "/session", capabilities=wanted)["sessionId"]

    def __call__(self, method: str, path: str, **body: Any) -> Any:
        where = f"/session{self.session}{path}" if self.session else path
        answer = self.client.request(method, where, json=body if method == "POST" else None)
        answer.raise_for_status()
        return answer.json()["value"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(httpx.HTTPError):
            self("DELETE", "")

    def go(self, address: str) -> None:
        self("POST", "/url", url=address)

    def run(self, script: str, *args: Any) -> Any:
        return self("POST", "/execute/sync", script=script, args=args)

    def click(self, css: str) -> None:
        found = self("POST", "/element", using="css selector", value=css)[ELEMENT]
        self("POST", f"/element/{found}/click")

    def write(self, css: str, words: str) -> None:
        found = self("POST", "/element", using="css selector", value=css)[ELEMENT]
        self("POST", f"/element/{found}/value", text=words)

    def waits_for(self, script: str) -> None:
        until(lambda: bool(self.run(f"return {script}")), script)


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def screen() -> Iterator[str]:
    """The name of a display that nobody sees."""
    assert SCREEN is not None
    reading, writing = os.pipe()
    command = [
        SCREEN,
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "800x1200x24",
        "-nolisten",
        "tcp",
    ]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:  # noqa: S603
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()


@pytest.fixture
def webkit(tmp_path: Path) -> Iterator[WebKit]:
    assert DRIVER is not None
    port = free_port()
    with screen() as display:
        own = {
            "DISPLAY": display,
            "HOME": str(tmp_path),
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # only this very product is opened
            "GDK_BACKEND": "x11",
        }
        command = [DRIVER, f"--port={port}", "--host=127.0.0.1"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, env=os.environ | own, **quiet) as driver:  # noqa: S603
            try:
                with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                    until(lambda: is_up(client), "WebKitWebDriver")
                    with WebKit(client) as browser:
                        yield browser
            finally:
                driver.terminate()


def is_up(client: httpx.Client) -> bool:
    try:
        return client.get("/status").is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


def signed_in(webkit: WebKit, url: str, token: str) -> None:
    webkit.go(f"{url}/f/help")
    webkit("POST", "/cookie", cookie={"name": "gesuibo", "value": token, "path": "/"})


def filed(engine: Engine, body: str) -> int:
    with engine.connect() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        statement = text("select count(*) from fault_report where body = :body")
        count: int = connection.execute(statement, {"body": body}).scalar_one()
        return count


def test_a_tag_page_saves_and_sends_and_the_app_starts(
    webkit: WebKit, engine: Engine, settings: Settings, tagged: TaggedCity
) -> None:
    with served(create_app(engine=engine, settings=settings)) as url:
        signed_in(webkit, url, tagged.city.tokens["contractor"])
        webkit.go(f"{url}/T/{tagged.tag}")
        webkit.waits_for("document.querySelector('#report') !== null")
        for name, value in (("symptom", "S04"), ("operation_effect", "stopped")):
            webkit.run(f"document.querySelector('[name={name}][value={value}]').click()")
        webkit.write("#body", "WebKitから")
        webkit.click("button[form=report]")
        webkit.waits_for("!document.querySelector('#sent').hidden")
        assert filed(engine, "WebKitから") == 1
        webkit.go(f"{url}/f")
        webkit.waits_for("document.querySelector('[data-waiting]').textContent !== ''")
        assert webkit.run("return document.querySelectorAll('a[href=\"/f/scan\"]').length") >= 1
        webkit.run("navigator.serviceWorker.ready.then(() => { document.body.dataset.ready = 1; })")
        webkit.waits_for("document.body.dataset.ready === '1'")
        webkit.go(f"{url}/f")  # now by the service worker
        webkit.waits_for("navigator.serviceWorker.controller !== null")
    webkit.go(f"{url}/f")  # nobody answers any more
    webkit.waits_for("document.querySelector('[data-waiting]')?.textContent !== ''")
    assert webkit.run("return document.querySelectorAll('a[href=\"/f/scan\"]').length") >= 1
