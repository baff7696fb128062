"""The live feed in a real browser: counted, shown on request, one stream for all windows."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.web.preview_app import make_app

pytestmark = pytest.mark.e2e
ROW = '<tr data-row="{id}"><th scope="row">{id}</th></tr>'


class Newsroom:
    """Serves the event stream, knows its readers, and can go silent."""

    def __init__(self) -> None:
        self.readers: list[asyncio.Queue[str]] = []
        self.loop: asyncio.AbstractEventLoop | None = None
        self.rows = ["R8-1"]
        self.asked: list[str | None] = []

    async def stream(self, request: Request) -> Response:
        self.asked.append(request.query_params.get("after"))
        self.loop = asyncio.get_running_loop()
        queue: asyncio.Queue[str] = asyncio.Queue()
        self.readers.append(queue)

        async def events() -> AsyncIterator[str]:
            yield ": welcome\n\n"
            try:
                while True:
                    yield await queue.get()
            finally:
                self.readers.remove(queue)

        return StreamingResponse(events(), media_type="text/event-stream")

    async def list(self, _request: Request) -> Response:
        return HTMLResponse("".join(ROW.format(id=row) for row in self.rows))

    def send(self, topic: str, number: int, data: str = "{}") -> None:
        assert self.loop
        text = f"id: {number}\nevent: {topic}\ndata: {data}\n\n"
        for queue in self.readers:
            self.loop.call_soon_threadsafe(queue.put_nowait, text)

    def wait_for_readers(self, count: int) -> None:
        deadline = time.monotonic() + 5
        while len(self.readers) != count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.readers) == count


@pytest.fixture
def newsroom() -> Newsroom:
    return Newsroom()


@pytest.fixture
def url(newsroom: Newsroom) -> Iterator[str]:
    routes = [Route("/api/v1/events", newsroom.stream), Route("/rows", newsroom.list)]
    config = uvicorn.Config(
        make_app(routes), port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="ja-JP")
    yield context
    context.close()


def test_new_rows_are_counted_and_shown_on_request(
    context: BrowserContext, url: str, newsroom: Newsroom
):
    page = context.new_page()
    page.goto(f"{url}/live")
    newsroom.wait_for_readers(1)
    newsroom.send("report", 1)
    newsroom.send("report", 2)
    newsroom.send("unrelated", 3)
    button = page.get_by_role("button", name="新着 2 件を表示")
    expect(button).to_be_visible()
    expect(page).to_have_title("(2) 案件 | 下水簿")
    expect(page.locator("[data-row]")).to_have_count(1)
    newsroom.rows = ["R8-3", "R8-2", "R8-1"]
    button.click()
    expect(page.locator("[data-row]")).to_have_count(3)
    expect(button).to_be_hidden()
    expect(page).to_have_title("案件 | 下水簿")


def test_an_emergency_is_announced_with_a_way_there(
    context: BrowserContext, url: str, newsroom: Newsroom
):
    page = context.new_page()
    page.goto(f"{url}/live")
    newsroom.wait_for_readers(1)
    newsroom.send("report", 1, '{"emergency": true, "title": "溢水", "href": "/cases/1"}')
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("緊急の報告が届きました: 溢水")
    expect(alert.get_by_role("link")).to_have_attribute("href", "/cases/1")


def test_an_emergency_never_leads_off_the_site(
    context: BrowserContext, url: str, newsroom: Newsroom
):
    page = context.new_page()
    page.goto(f"{url}/live")
    newsroom.wait_for_readers(1)
    newsroom.send("report", 1, '{"emergency": true, "href": "//elsewhere.example/"}')
    expect(page.get_by_role("alert")).to_contain_text("緊急の報告が届きました")
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(0)


def test_nine_windows_share_one_stream_and_the_next_takes_over(
    context: BrowserContext, url: str, newsroom: Newsroom
):
    pages = [context.new_page() for _ in range(9)]
    for page in pages:
        page.goto(f"{url}/live")
    newsroom.wait_for_readers(1)
    newsroom.send("report", 1)
    for page in pages:
        expect(page.get_by_role("button", name="新着 1 件を表示")).to_be_visible()
    pages[0].close()
    newsroom.send("report", 2)  # lets the server notice that its reader has gone
    newsroom.wait_for_readers(1)
    newsroom.send("report", 3)
    expect(pages[8].get_by_role("button", name="件を表示")).to_be_visible()


def test_when_the_stream_is_down_the_reader_is_told_and_rows_are_polled(
    context: BrowserContext, url: str, newsroom: Newsroom
):
    page = context.new_page()
    page.clock.install()
    page.route("**/api/v1/events", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.goto(f"{url}/live")
    page.evaluate("0")  # the page has heard of the failure before its clock moves
    page.clock.fast_forward(46_000)
    expect(page.get_by_role("status")).to_contain_text("更新が止まっています")
    newsroom.rows = ["R8-3", "R8-2", "R8-1"]
    page.clock.fast_forward(31_000)
    expect(page.get_by_role("button", name="新着 2 件を表示")).to_be_visible()


def test_after_a_sleep_the_stream_goes_on_behind_the_last_event(
    context: BrowserContext, url: str, newsroom: Newsroom
):
    """A dead connection may look alive to a laptop that has slept; it is made anew."""
    page = context.new_page()
    page.clock.install()
    page.goto(f"{url}/live")
    newsroom.wait_for_readers(1)
    newsroom.send("report", 7)
    expect(page.get_by_role("button", name="新着 1 件を表示")).to_be_visible()
    page.clock.fast_forward(600_000)
    expect(page.get_by_role("button", name="新着 1 件を表示")).to_be_visible()
    deadline = time.monotonic() + 30
    while len(newsroom.asked) < 2 and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert newsroom.asked == [None, "7"]


def test_after_a_sleep_without_any_event_the_list_itself_is_looked_at(
    context: BrowserContext, url: str, newsroom: Newsroom
):
    page = context.new_page()
    page.clock.install()
    page.goto(f"{url}/live")
    newsroom.wait_for_readers(1)
    newsroom.rows = ["R8-3", "R8-2", "R8-1"]
    page.clock.fast_forward(600_000)
    expect(page.get_by_role("button", name="新着 2 件を表示")).to_be_visible()


def test_an_emergency_sounds_marks_the_title_and_the_sound_can_be_turned_off(
    context: BrowserContext, url: str, newsroom: Newsroom
):
    page = context.new_page()
    page.goto(f"{url}/live")
    newsroom.wait_for_readers(1)
    newsroom.send("report", 1, '{"emergency": true, "title": "溢水", "href": "/cases/1"}')
    expect(page).to_have_title("【緊急】(1) 案件 | 下水簿")
    expect(page.locator("html[data-sounded]")).to_be_attached()
    page.get_by_role("button", name="音を消す").click()
    expect(page.get_by_role("button", name="音を出す")).to_be_visible()
    page.evaluate("delete document.documentElement.dataset.sounded")
    newsroom.send("report", 2, '{"emergency": true, "title": "放流", "href": "/cases/2"}')
    expect(page.get_by_role("alert")).to_contain_text("放流")
    assert page.evaluate("document.documentElement.dataset.sounded") is None
