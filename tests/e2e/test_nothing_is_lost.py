"""A thousand reports through a bad day: none lost, none doubled, every photo whole.

What the phone has confirmed as saved is either in the register exactly once, with all of its
photos, or in the outbox where its owner sees it. Browser and server are killed on the way.
"""

import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Error, Page, Playwright
from sqlalchemy import Engine, text

from service.attachments.domain import store_key
from service.attachments.store import open_store
from service.core.http.static import asset
from service.core.settings import Settings
from tests.browser import CHROMIUM_FLAGS, PHONE, chromium
from tests.e2e.test_field_app import enrolled
from tests.tagged_city import TaggedCity, build

pytestmark = pytest.mark.e2e
ROUNDS = 11
REPORTS_A_ROUND = 100
FULL_ROUND = 2  # the browser is new: one that has run for a while does not look at once
EVENING_S = 900
ROOT = Path(__file__).parents[2]

KEEP = """async ([outboxUrl, idsUrl, position, user, from, count, seed]) => {
  const outbox = await import(outboxUrl);
  const { uuid7, sha256 } = await import(idsUrl);
  const kept = [];
  let refused = 0;
  for (let n = from; n < from + count; n++) {
    const id = uuid7();
    const photos = [];
    for (let k = 0; k < (n % 2 ? 0 : n % 10 ? 1 : 3); k++) {
      const canvas = new OffscreenCanvas(n % 20 ? 40 : 700, n % 20 ? 30 : 500);
      const pen = canvas.getContext("2d");
      for (let dot = 0; dot < (n % 20 ? 20 : 60000); dot++) {
        pen.fillStyle = `hsl(${(n * 37 + k * 91 + dot * seed) % 360} 80% ${dot % 90}%)`;
        pen.fillRect((dot * 7919) % canvas.width, (dot * 104729) % canvas.height, 3, 2);
      }
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: n % 20 ? 0.5 : 0.95 });
      const bytes = await blob.arrayBuffer();
      const hash = await sha256(bytes);
      if (!photos.some((one) => one.sha256 === hash))
        photos.push({ sha256: hash, name: `${n}-${k}.jpg`, type: "image/jpeg", bytes });
    }
    const now = new Date().toISOString();
    const report = {
      id, position_id: position, symptoms: ["S01"], occurred_at: now, captured_at: now,
      body: `chaos ${n}`, announced_photos: photos.map((one) => one.sha256),
    };
    const listed = photos.map(({ bytes, ...one }) => ({ ...one, size: bytes.byteLength }));
    const saved = { id, user, author: "", title: "", place: "", saved_at: now, report };
    try {
      await outbox.keep({ ...saved, photos: listed }, photos);
      kept.push([id, photos.map((one) => one.sha256)]);
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
      refused += 1;
    }
  }
  return [kept, refused];
}"""
FLUSH = """async ([sendingUrl]) => {
  const { flush } = await import(sendingUrl);
  await flush({ evenIfEarly: true });
}"""
LEFT = """async ([outboxUrl]) => {
  const outbox = await import(outboxUrl);
  return (await outbox.items()).map((item) => [item.id, [item.state.phase, item.state.reason]]);
}"""
ASK_AGAIN = """async ([sendingUrl, id]) => {
  const { flush } = await import(sendingUrl);
  await flush({ evenIfEarly: true, onlyId: id });
}"""


class Server:
    """A process of its own, so that it can be killed without warning."""

    def __init__(self, settings: Settings) -> None:
        self.environment = os.environ | {
            "GESUIBO_DATABASE_URL": settings.database_url,
            "GESUIBO_APP_ROLE": settings.app_role,
            "GESUIBO_STATE_DIR": str(settings.state_dir),
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.start(seed=1)

    def start(self, seed: int) -> None:
        command = [sys.executable, "-m", "tests.e2e.chaotic_server", str(self.port), str(seed)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)  # noqa: S603
        for _ in range(1200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.1)
        raise TimeoutError

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Phone:
    """A browser whose profile outlives it."""

    def __init__(self, playwright: Playwright, folder: Path, url: str, token: str) -> None:
        self.playwright, self.folder, self.url, self.token = playwright, folder, url, token
        self.context = self._open()

    def _open(self) -> BrowserContext:
        context = self.playwright.chromium.launch_persistent_context(
            str(self.folder),
            executable_path=chromium(),
            args=CHROMIUM_FLAGS,
            locale="ja-JP",
            **PHONE,
        )
        context.add_cookies([{"name": "gesuibo_phone", "value": self.token, "url": self.url}])
        return context

    def tab(self) -> Page:
        page = self.context.new_page()
        page.goto(f"{self.url}/f/help")
        return page

    def kill(self) -> None:
        """kill -9 of every process with this profile, and a new start."""
        mark = f"--user-data-dir={self.folder}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
        with suppress(Error):
            self.context.close()
        for lock in self.folder.glob("Singleton*"):
            lock.unlink(missing_ok=True)
        self.context = self._open()


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    server = Server(settings)
    yield server
    server.kill()


@pytest.fixture
def phone(
    playwright: Playwright, tmp_path: Path, server: Server, engine: Engine, tagged: TaggedCity
) -> Iterator[Phone]:
    phone = Phone(playwright, tmp_path / "profile", server.url, enrolled(engine, tagged))
    yield phone
    with suppress(Error):
        phone.context.close()


MODULES = {name: asset(f"js/field/{name}.js") for name in ("outbox", "identifiers", "sending")}


@dataclass
class Day:
    """What was confirmed as saved, with its photos; what a full phone refused; how often the app
    was renewed; what a full phone sent all the same."""

    confirmed: dict[str, list[str]] = field(default_factory=dict)
    refused: int = 0
    renewed: int = 0
    sent_when_full: int = 0


def keep(
    page: Page, tagged: TaggedCity, start: int, count: int
) -> tuple[dict[str, list[str]], int]:
    by = tagged.city.contractor
    arguments = [
        MODULES["outbox"],
        MODULES["identifiers"],
        str(tagged.city.pump_id),
        str(by.id),
        start,
        count,
        start + 7,
    ]
    kept, refused = page.evaluate(KEEP, arguments)
    return dict(kept), refused


def flush(page: Page) -> None:
    with suppress(Error):  # the tab may have been killed, or the network with it
        page.evaluate(FLUSH, [MODULES["sending"]])


def left(page: Page) -> dict[str, list[str]]:
    return dict(page.evaluate(LEFT, [MODULES["outbox"]]))


def filed(engine: Engine, ids: list[str]) -> dict[str, set[str]]:
    """Each report that the register has, with the hashes of the photos that came."""
    with engine.connect() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        statement = text(
            "select r.id::text, (select count(*) from case_report c where c.report_id = r.id),"
            " array(select a.sha256 from attachment a where a.report_id = r.id)"
            " from fault_report r where r.id = any(cast(:ids as uuid[]))"
        )
        rows = connection.execute(statement, {"ids": ids}).all()
    assert all(cases == 1 for _, cases, _ in rows)
    found = {report_id: set(photos) for report_id, _, photos in rows}
    assert len(found) == len(rows)
    return found


def whole(settings: Settings, hashes: set[str]) -> bool:
    store = open_store(settings)
    return all(
        hashlib.sha256(store.read(store_key(one)) or b"").hexdigest() == one for one in hashes
    )


def start_flush(page: Page) -> None:
    """Begins to send and does not wait for it."""
    page.evaluate(f"(given) => void ({FLUSH})(given)", [MODULES["sending"]])


def full_for_a_while(phone: Phone) -> CDPSession:
    session = phone.context.new_cdp_session(phone.context.new_page())
    origin = {"origin": f"{phone.url}/"}
    session.send("Storage.overrideQuotaForOrigin", origin | {"quotaSize": 1})
    assert session.send("Storage.getUsageAndQuota", origin)["overrideActive"]
    return session


def sent_when_full(page: Page) -> int:
    """How many of those that waited have gone although nothing can be written down."""
    before = len(left(page))
    for _ in range(20):
        flush(page)
        if len(left(page)) < before:
            break
        page.wait_for_timeout(500)
    return before - len(left(page))


UPDATE = """async () => {
  const app = await navigator.serviceWorker.getRegistration();
  await app.update();
  for (let n = 0; n < 100 && !app.waiting; n++) await new Promise((r) => setTimeout(r, 100));
  app.waiting?.postMessage("skip");
  return app.waiting !== null;
}"""


def update(page: Page) -> bool:
    """Takes the new version of the app, as the button 「新しい版にする」 does."""
    with suppress(Error):
        return bool(page.evaluate(UPDATE))
    return False


def accident(number: int, phone: Phone, server: Server, chance: random.Random) -> bool:
    """In the middle of sending, the browser or the server is killed, or the app renewed.

    Answers whether it was renewed.
    """
    one, other = phone.context.pages[-2:]
    start_flush(one)
    time.sleep(chance.random())
    if number % 3 == 0:
        return update(other)
    if number % 3 == 1:
        phone.kill()
    elif number % 3 == 2:
        server.kill()
        flush(other)
        server.start(seed=number)
    return False


def bad_day(phone: Phone, server: Server, tagged: TaggedCity) -> Day:
    """Writes reports in two tabs while everything goes wrong."""
    chance = random.Random(20261123)  # noqa: S311  # to be repeatable, not secret
    day = Day()
    half = REPORTS_A_ROUND // 2
    for number in range(ROUNDS):
        full = full_for_a_while(phone) if number == FULL_ROUND else None
        one, other = phone.tab(), phone.tab()
        phone.context.set_offline(chance.random() < 0.5)
        for place, page in enumerate((one, other)):
            start = (2 * number + place) * half
            kept, refused = keep(page, tagged, start, half)
            day.confirmed |= kept
            day.refused += refused
        if full:
            phone.context.set_offline(False)
            day.sent_when_full = sent_when_full(other)
            full.send("Storage.overrideQuotaForOrigin", {"origin": f"{phone.url}/"})
        phone.context.set_offline(False)
        start_flush(one)
        flush(other)
        other.wait_for_timeout(2000)
        day.renewed += accident(number, phone, server, chance)
        for page in phone.context.pages[1:]:
            page.close()
    return day


@pytest.mark.timeout(1500)  # minutes on a busy machine
def test_nothing_is_lost_and_nothing_doubled(
    phone: Phone,
    server: Server,
    engine: Engine,
    settings: Settings,
    tagged: TaggedCity,
    capsys: pytest.CaptureFixture[str],
) -> None:
    day = bad_day(phone, server, tagged)
    confirmed = day.confirmed
    assert len(confirmed) >= 1000
    assert day.refused == ROUNDS * REPORTS_A_ROUND - len(confirmed)
    assert min(day.refused, day.renewed, day.sent_when_full) > 0
    page = phone.tab()
    waiting = left(page)
    there = filed(engine, list(confirmed))
    whole_now = {one for one, photos in confirmed.items() if there.get(one) == set(photos)}
    assert set(confirmed) - whole_now <= set(waiting)  # sent whole, or visible here
    after_the_day = len(waiting)

    evening = time.monotonic() + EVENING_S
    while time.monotonic() < evening:  # the phone lies in the office and somebody looks at it
        flush(page)
        page.wait_for_timeout(100)  # another flush may be at it
        waiting = left(page)
        for report_id, (phase, _) in waiting.items():
            if phase == "needs_human":
                page.evaluate(ASK_AGAIN, [MODULES["sending"], report_id])
        if not waiting:
            break
    assert waiting == {}
    there = filed(engine, list(confirmed))
    assert there == {one: set(photos) for one, photos in confirmed.items()}
    assert whole(settings, set().union(*there.values()))
    photos = sum(len(one) for one in there.values())
    with capsys.disabled():
        sys.stdout.write(
            f"\n{ROUNDS * REPORTS_A_ROUND} written, {day.refused} refused by a full phone "
            f"(which sent {day.sent_when_full} meanwhile), {len(confirmed)} confirmed as saved, "
            f"{len(whole_now)} sent during the day, {after_the_day} waiting at its end, "
            f"app renewed {day.renewed} times, browser and server killed; "
            f"{len(there)} reports and {photos} photos in the register, 0 lost, 0 doubled\n"
        )
