"""A case's photos side by side and large with their hash; faults of the same model beside it."""

import io
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.worker import drain
from service.core.database import transaction
from service.core.settings import Settings
from service.faults.service import file_report
from service.registry.models import DeviceModel
from tests.browser import DESKTOP, PHONE, served
from tests.e2e.office_screens import Screens
from tests.service.faults.conftest import AsActor, City, as_actor, make_report
from tests.tagged_city import TaggedCity, application, build

__all__ = ["as_actor"]
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


def _photo(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(file, "JPEG")
    return file.getvalue()


def _answered(app: Any, city: City, case_id: object, kind: str, content: bytes) -> None:
    staff = TestClient(
        app,
        headers={"origin": "http://testserver"},
        cookies={"gesuibo": city.tokens["staff"]},
        follow_redirects=False,
    )
    data = {
        "response-kind": "permanent_fix",
        "response-description": f"{kind} の写真",
        "photo_kind": kind,
    }
    photo = {"photos": (f"{kind}.jpg", content, "image/jpeg")}
    answer = staff.post(f"/cases/{case_id}/responses", data=data, files=photo)
    assert answer.status_code == 303


@pytest.mark.usefixtures("nothing_pending")
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_photos_open_large_and_the_original_is_what_was_sent(
    engine: Engine,
    settings: Settings,
    tagged: TaggedCity,
    as_actor: AsActor,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict[str, Any],
) -> None:
    city = tagged.city
    app = application(engine, settings)
    before, after = _photo("saddlebrown"), _photo("seagreen")
    with as_actor(city.contractor) as session:
        case_id = file_report(session, make_report(city), by=city.contractor).case_id
    _answered(app, city, case_id, "before", before)
    _answered(app, city, case_id, "after", after)
    drain(engine)
    with served(app) as url:
        screens = Screens(url, city.tokens, window, violations, "photos")
        page = screens.of("staff", **size)
        page.goto(f"{url}/cases/{case_id}")
        pair = page.locator(".compare figure")
        expect(pair).to_have_count(2)
        expect(pair.first).to_contain_text("処置前")
        expect(pair.last).to_contain_text("処置後")
        name = "phone" if size is PHONE else "desk"
        screens.seen(page, f"1-pair-{name}")
        # By keyboard: Enter opens, arrows go on, Escape leaves.
        pair.first.get_by_role("link").press("Enter")
        box = page.get_by_role("dialog", name="処置前")
        expect(box).to_be_visible()
        expect(box.locator("[data-fact=sha256]")).to_have_text(sha256(before).hexdigest())
        assert box.locator("img").evaluate("picture => picture.decode().then(() => true)")
        screens.seen(page, f"2-large-{name}")
        page.keyboard.press("ArrowRight")
        box = page.get_by_role("dialog", name="処置後")
        expect(box.locator("[data-fact=sha256]")).to_have_text(sha256(after).hexdigest())
        with page.expect_download() as download:
            box.get_by_role("link", name="元のファイルを保存").click()
        assert sha256(download.value.path().read_bytes()).hexdigest() == sha256(after).hexdigest()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        if size is DESKTOP:
            _hidden(screens, page, after)


def _hidden(screens: Screens, page: Page, content: bytes) -> None:
    """A passer-by's face: painted over for the company, whole for the office."""
    photo = page.locator(".compare figure a").last
    address = f"{screens.url}{photo.get_attribute('href')}"
    photo.click()
    page.get_by_role("link", name="写真の一部を隠す").click()
    picture = page.locator("[data-mask] img")
    assert picture.evaluate("picture => picture.decode().then(() => true)")
    place = picture.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + place["width"] * 0.1, place["y"] + place["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] * 0.4, place["y"] + place["height"] * 0.6)
    page.mouse.up()
    expect(page.get_by_label("範囲1 幅")).to_have_value("30")
    screens.seen(page, "3-mask")
    page.get_by_label("隠す理由").select_option(label="人の顔・姿")
    page.get_by_role("button", name="この範囲を隠す").click()
    expect(page.get_by_text("一部を隠しています").first).to_be_visible()
    screens.seen(page, "4-masked")
    seen = screens.of("contractor").request.get(address)
    assert sha256(seen.body()).digest() != sha256(content).digest()
    with Image.open(io.BytesIO(seen.body())) as masked:
        black = [sum(masked.convert("RGB").getpixel((x, 480))) < 30 for x in (400, 1200)]
    assert black == [True, False]
    assert page.request.get(address).body() == content
    assert page.request.get(f"{address}/unmasked").ok
    assert screens.of("contractor").request.get(f"{address}/unmasked").status == 403


def test_faults_of_the_same_model_are_beside_the_case(
    engine: Engine,
    settings: Settings,
    tagged: TaggedCity,
    as_actor: AsActor,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
) -> None:
    city = tagged.city
    with transaction(engine) as session:
        model = DeviceModel(manufacturer="架空製作所", model_no=f"KS-{city.mark}")
        session.add(model)
        session.flush()
        session.execute(
            text(
                "update device set model_id = :model where id = :own or id in"
                " (select device_id from installation where position_id = :other)"
            ),
            {"model": model.id, "own": city.new_device_id, "other": city.other_pump_id},
        )
    with as_actor(city.other_contractor) as session:
        new = make_report(city, position_id=city.other_pump_id, symptoms=["S05"])
        alike = file_report(session, new, by=city.other_contractor)
    with as_actor(city.contractor) as session:
        earlier = file_report(session, make_report(city), by=city.contractor)
        case = file_report(session, make_report(city), by=city.contractor)
    with served(application(engine, settings)) as url:
        screens = Screens(url, city.tokens, window, violations, "similar")
        page = screens.of("staff", **DESKTOP)
        page.goto(f"{url}/cases/{case.case_id}")
        card = page.locator("#similar-body")
        expect(card).to_contain_text(earlier.case_no)
        expect(card).to_contain_text(f"架空製作所 KS-{city.mark}")
        expect(card.get_by_role("link", name=alike.case_no)).to_be_visible()
        screens.seen(page, "1-case")
        page.goto(f"{url}/cases/{case.case_id}/similar")
        screens.seen(page, "2-alone")
        # A company sees its own faults only, also of the same model.
        worker = screens.of("contractor", **PHONE)
        worker.goto(f"{url}/cases/{case.case_id}/similar")
        expect(worker.get_by_role("link", name=earlier.case_no)).to_be_visible()
        expect(worker.get_by_text(alike.case_no)).to_have_count(0)
