"""Photos and papers of the register: added by staff, seen by whoever sees the record."""

import io

import pytest
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.actor import terminal_actor
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from service.tags import service as tags
from tests.browser import DESKTOP, PHONE, served
from tests.factories import (
    PASSWORD,
    make_company,
    make_contract,
    make_facility,
    make_position,
    make_user,
    sign_in_client,
)


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(settings, engine)


@pytest.fixture(scope="module")
def city(engine: Engine) -> dict[str, object]:
    with transaction(engine) as session:
        facility = make_facility(session)
        company = make_company(session)
        make_contract(session, company, [facility])
        return {
            "position": str(make_position(session, facility).id),
            "facility": str(facility.id),
            "elsewhere": str(make_position(session).id),
            "staff": make_user(session),
            "worker": make_user(session, Role.CONTRACTOR, company),
        }


def _picture(colour: int = 90) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), (colour, 120, 150)).save(file, "JPEG")
    return file.getvalue()


def _send(client: TestClient, path: str, name: str, content: bytes) -> int:
    files = {"files": (name, content)}
    answer = client.post(path, data={"kind": "nameplate"}, files=files, follow_redirects=False)
    return answer.status_code


def test_a_nameplate_is_kept_and_shown_to_those_who_see_the_place(app: FastAPI, city: dict):
    staff, worker = sign_in_client(app, city["staff"]), sign_in_client(app, city["worker"])
    path = f"/positions/{city['position']}/files"
    assert _send(staff, path, "銘板.jpg", _picture()) == 303
    for client in (staff, worker):
        page = client.get(path).text
        assert "銘板.jpg" in page
    elsewhere = f"/positions/{city['elsewhere']}/files"
    assert _send(staff, elsewhere, "ほか.jpg", _picture(91)) == 303
    assert "ほか.jpg" not in worker.get(elsewhere).text
    assert _send(worker, path, "x.jpg", _picture(92)) == 403


def test_the_tag_page_shows_what_the_equipment_looks_like(app: FastAPI, city: dict, engine: Engine):
    with transaction(engine) as session:
        position = make_position(session)
        code = tags.mint_one(session, position.id, by=terminal_actor("test")).tag_code
    staff = sign_in_client(app, city["staff"])
    assert "likeness" not in staff.get(f"/T/{code}").text
    assert _send(staff, f"/positions/{position.id}/files", "銘板.jpg", _picture(33)) == 303
    assert "この機器の写真" in staff.get(f"/T/{code}").text


def test_drawings_of_a_facility_and_what_is_neither(app: FastAPI, city: dict):
    staff = sign_in_client(app, city["staff"])
    path = f"/facilities/{city['facility']}/files"
    assert _send(staff, path, "平面図.pdf", b"%PDF-1.7\n%\xe2\xe3\n") == 303
    answer = staff.post(path, data={"kind": "other"}, files={"files": ("x.exe", b"MZ\x90")})
    assert answer.status_code == 415
    assert "写真として読めない" in answer.text
    assert "平面図.pdf" in staff.get(path).text
    nowhere = "/devices/00000000-0000-7000-8000-000000000000/files"
    assert _send(staff, nowhere, "x.jpg", _picture()) == 404


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_photo_is_added_on_the_position_page(app: FastAPI, city: dict, window, violations, size):
    with served(app) as url:
        page: Page = window(**size).new_page()
        page.goto(f"{url}/sign-in")
        page.get_by_label("利用者名").fill(city["staff"].username)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{url}/positions/{city['position']}")
        page.get_by_text("写真・図面を足す").click()
        name = f"全景-{len(str(size))}.jpg"
        picture = {"name": name, "mimeType": "image/jpeg", "buffer": _picture(len(str(size)))}
        page.get_by_label("ファイル").set_input_files(files=[picture])
        page.get_by_role("button", name="足す", exact=True).click()
        expect(page.get_by_text(name)).to_be_visible()
        assert violations(page) == []
