"""The printed card is enough: a new contractor does what it says, word for word.

The pictures on the card are those taken here; they are looked at and copied to docs/images by hand.
"""

import re
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, Playwright, Route, expect
from sqlalchemy import Engine, text

from app.asgi import create_app
from service.accounts import enrolment
from service.accounts.actor import terminal_actor
from service.attachments.domain import AttachmentKind
from service.attachments.service import store_registry_file
from service.attachments.store import open_store
from service.core.database import transaction
from service.core.settings import Settings
from tests.browser import served
from tests.e2e.test_field_scanner import filming
from tests.tagged_city import TaggedCity, build

pytestmark = pytest.mark.e2e
SHOTS = Path(__file__).parent / "screenshots"
GUIDES = Path(__file__).parents[2] / "docs" / "guide"
BOLD = re.compile(r"<b>(.*?)</b>")
DONE = {"ja": "報告を受け付けました", "en": "Report received"}


def said(language: str) -> tuple[list[list[str]], list[str]]:
    """What stands in bold in each step, and under the steps."""
    page = (GUIDES / f"contractor-card.{language}.html").read_text()
    steps, more = page.split("</ol>")
    bold = [BOLD.findall(step) for step in steps.split("<li>")[1:]]
    return bold, [words for line in more.split("<p>")[1:] for words in BOLD.findall(line)[1:]]


def nameplate() -> bytes:
    picture = Image.new("RGB", (640, 480), "#9aa3ad")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 70, 580, 410), fill="#e8e8e0", outline="#222", width=6)
    for row, width in enumerate((360, 440, 300, 400, 260)):
        pen.rectangle((100, 120 + row * 54, 100 + width, 138 + row * 54), fill="#333")
    out = BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def prepared(engine: Engine, settings: Settings, tagged: TaggedCity) -> str:
    """The pump has a picture; the code that the foreman's screen shows."""
    by = tagged.city.contractor
    with transaction(engine) as session:
        store_registry_file(
            session,
            open_store(settings),
            SimpleNamespace(file=BytesIO(nameplate()), filename="nameplate.jpg"),
            owner="position_id",
            owner_id=tagged.city.pump_id,
            kind=AttachmentKind.NAMEPLATE,
            by=terminal_actor("test"),
        )
        return enrolment.invite(session, by.username, by=by).code


def shows(page: Page, words: list[str]) -> None:
    for one in words:
        expect(page.get_by_text(one).locator("visible=true").first).to_be_visible()


def picture(page: Page, language: str, number: int) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"card-{language}-{number}.png")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_new_contractor_does_what_the_card_says(
    playwright: Playwright, engine: Engine, settings: Settings, tmp_path: Path, language: str
) -> None:
    tagged = build(engine)
    code = prepared(engine, settings, tagged)
    (read, check, choose, send), more = said(language)
    enrol, unsent, urgent, further = more
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    printed = f"HTTPS://GESUIBO.EXAMPLE.JP/T/{tagged.tag}"
    with (
        served(create_app(engine=engine, settings=settings)) as url,
        filming(playwright, tmp_path, printed, url, None, service_workers="block") as page,
    ):
        page.goto(f"{url}/E/{code}?lang={language}")
        page.get_by_role("button", name=enrol).tap()
        page.wait_for_url(f"{url}/f")
        page.route("**/*.wasm", hold)
        page.goto(f"{url}/f/scan")
        expect(page.locator("video")).to_be_visible()
        shows(page, read)
        picture(page, language, 1)
        page.wait_for_timeout(500)
        held.pop().continue_()
        page.wait_for_url(f"{url}/T/{tagged.tag}")
        shows(page, [*check, urgent])
        picture(page, language, 2)
        shows(page, choose)
        for chosen in ("[name=symptom][value=S04]", "[name=operation_effect][value=stopped]"):
            page.locator(f"label.tile:has({chosen})").tap()
        page.locator("#symptom").scroll_into_view_if_needed()
        picture(page, language, 3)
        page.route("**/mobile/v1/me", hold)
        button, saved = send
        page.get_by_role("button", name=button).tap()
        shows(page, [saved, unsent, further])
        picture(page, language, 4)
        page.unroute("**/mobile/v1/me")
        held.pop().continue_()
        expect(page.get_by_text(DONE[language])).to_be_visible()
    with transaction(engine) as session:
        count = text(
            "select count(*) from case_report cr join fault_case k on k.id = cr.case_id"
            " where k.position_id = :id"
        )
        assert session.execute(count, {"id": tagged.city.pump_id}).scalar_one() == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_card_is_one_page_with_pictures(window: Any, language: str) -> None:
    page = window().new_page()
    page.goto((GUIDES / f"contractor-card.{language}.html").as_uri())
    pictures = page.locator("img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert pictures == [390] * 4
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print")
    page.screenshot(path=SHOTS / f"card-{language}.png")
