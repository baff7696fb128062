"""The report form on a phone: the emergency number before anything else, and photos as HEIC."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import Engine, text

from app.asgi import create_app
from app.worker import drain
from service.core.settings import Settings, get_settings
from tests.browser import PHONE, served
from tests.tagged_city import TaggedCity, build, digest, noise

pytestmark = pytest.mark.e2e
SHOTS = Path(__file__).parent / "screenshots"


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(engine=engine, settings=settings)


def opened(window: Any, url: str, token: str) -> Page:
    context: BrowserContext = window(**PHONE)
    context.add_cookies([{"name": "gesuibo", "value": token, "url": url}])
    context.set_default_timeout(8000)
    return context.new_page()


def tile(page: Page, label: str) -> Locator:
    return page.locator("label.tile", has=page.get_by_text(label, exact=True))


def filed(engine: Engine, body: str) -> list[Any]:
    with engine.connect() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        statement = text(
            "select k.severity, a.id as photo_id, a.mime, a.sha256, a.derived_at"
            " from fault_report r"
            " join case_report cr on cr.report_id = r.id join fault_case k on k.id = cr.case_id"
            " left join attachment a on a.report_id = r.id where r.body = :body"
        )
        return list(connection.execute(statement, {"body": body}))


@pytest.mark.parametrize("place", ["tag", "app", "unregistered"])
def test_emergency_comes_first_and_offers_the_number_before_the_report_goes_on(
    window: Any, app: FastAPI, tagged: TaggedCity, violations: Any, settings: Settings, place: str
) -> None:
    with served(app) as url:
        page = opened(window, url, tagged.city.tokens["contractor"])
        if place == "app":
            page.goto(f"{url}/f/facilities")
            page.get_by_role("button", name="すべて入れる").tap()
            expect(page.get_by_text("端末に入っています", exact=False).first).to_be_visible()
            page.goto(f"{url}/f")
            page.get_by_label("設備を探す").fill("No.2汚水ポンプ")
            page.context.route("**/mobile/v1/positions*", lambda route: route.abort())
            page.get_by_role("button", name="探す").tap()
            page.get_by_role("link", name="No.2汚水ポンプ").tap()
        else:
            page.goto(url + (f"/T/{tagged.tag}" if place == "tag" else "/f/unregistered"))
        expect(page.locator("#report label.tile").first).to_contain_text("緊急")
        call = page.locator("#report a[href^='tel:']")
        expect(call).to_be_hidden()
        tile(page, "緊急").tap()
        expect(call).to_be_visible()
        number = settings.emergency_phone.replace("-", "")
        expect(call).to_have_attribute("href", f"tel:{number}")
        above = call.bounding_box()
        below = page.locator("#symptom").bounding_box()
        assert above is not None
        assert below is not None
        assert above["y"] + above["height"] <= below["y"]
        assert above["height"] >= 56
        assert violations(page) == []
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"emergency-{place}.png")


@pytest.mark.usefixtures("nothing_pending")
def test_what_the_browser_cannot_draw_and_what_the_city_wants_whole_is_sent_as_it_is(
    window: Any, app: FastAPI, engine: Engine, tagged: TaggedCity, monkeypatch: Any
) -> None:
    monkeypatch.setattr(get_settings(), "photo_originals", True)
    large = noise(2400, 1800)
    photo = BytesIO()
    pillow_heif.from_pillow(Image.effect_noise((640, 480), 60).convert("RGB")).save(photo)
    with served(app) as url:
        page = opened(window, url, tagged.city.tokens["contractor"])
        page.goto(f"{url}/T/{tagged.tag}")
        page.locator("#photos").set_input_files(
            [
                {"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": photo.getvalue()},
                {"name": "IMG_2.JPG", "mimeType": "image/jpeg", "buffer": large},
            ]
        )
        expect(page.get_by_role("img", name="IMG_2.JPG")).to_be_visible()
        expect(page.get_by_text("IMG_1.HEIC", exact=True)).to_be_visible()
        for label in ("緊急", "異音", "停止"):
            tile(page, label).tap()
        page.get_by_label("故障の状況").fill("HEICの写真")
        page.get_by_role("button", name="送信する").tap()
        expect(page.get_by_text("報告を受け付けました")).to_be_visible()
        drain(engine)
        row, whole = sorted(filed(engine, "HEICの写真"), key=lambda row: row.mime)
        assert (whole.mime, whole.sha256) == ("image/jpeg", digest(large))
        assert (row.severity, row.mime) == (1, "image/heic")
        assert row.derived_at is not None
        office = opened(window, url, tagged.city.tokens["staff"])
        shown = office.request.get(f"{url}/attachments/{row.photo_id}/thumbnail")
        with Image.open(BytesIO(shown.body())) as picture:
            assert (picture.format, picture.size) == ("JPEG", (320, 240))
