"""Part lists hold for a model; each device knows when its own parts were changed."""

from datetime import date

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from service.registry.models import Device, DeviceModel, Position
from tests.browser import PHONE, served
from tests.factories import (
    make_company,
    make_contract,
    make_device,
    make_facility,
    make_installation,
    make_position,
    make_user,
    sign_in_client,
)

INSTALLED = date(2010, 4, 1)


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(settings, engine)


@pytest.fixture(scope="module")
def staff(app: FastAPI, engine: Engine) -> TestClient:
    with transaction(engine) as session:
        user = make_user(session)
    return sign_in_client(app, user)


@pytest.fixture
def twins(engine: Engine) -> tuple[tuple[Position, Device], tuple[Position, Device]]:
    """Two pumps of one model in one station."""
    with transaction(engine) as session:
        facility = make_facility(session)
        model = DeviceModel(manufacturer="見本製作所", model_no=f"{facility.facility_code}-500")
        session.add(model)
        session.flush()
        found = []
        for _ in range(2):
            position = make_position(session, facility)
            device = make_device(
                session,
                model_id=model.id,
                installed_from=INSTALLED,
                installed_to=INSTALLED,
                installed_precision="day",
            )
            make_installation(session, position, device, starts_on=INSTALLED)
            found.append((position, device))
    return found[0], found[1]


def test_a_list_holds_for_the_model_and_dates_for_the_device(staff, twins):
    (position, first), (_, second) = twins
    new = {"part_name": "軸受", "quantity": 2, "interval_years": 8}
    made = staff.post(f"/api/v1/devices/{first.id}/parts", json=new)
    assert (made.status_code, made.json()["due_on"]) == (201, "2018-04-01")
    again = staff.post(f"/api/v1/devices/{first.id}/parts", json=new)
    assert (again.status_code, again.json()["code"]) == (422, "part-listed")
    changed = {
        "position_id": str(position.id),
        "part_name": "軸受",
        "replaced": {"start": "2020-05-01", "end": "2020-05-01", "precision": "day"},
    }
    assert staff.post("/api/v1/part-replacements", json=changed).is_success
    (own,) = staff.get(f"/api/v1/devices/{first.id}/parts").json()
    (other,) = staff.get(f"/api/v1/devices/{second.id}/parts").json()
    assert (own["last_replaced_on"], own["due_on"]) == ("2020-05-01", "2028-05-01")
    assert (other["last_replaced_on"], other["due_on"]) == (None, "2018-04-01")


def test_parts_are_changed_and_taken_off(staff, twins):
    _, device = twins[0]
    made = staff.post(f"/api/v1/devices/{device.id}/parts", json={"part_name": "羽根車"}).json()
    address = f"/api/v1/model-parts/{made['id']}"
    assert staff.patch(address, json={"interval_years": 15}).status_code == 428
    headers = {"if-match": f'"{made["version"]}"'}
    assert staff.patch(address, json={"interval_years": 15}, headers=headers).status_code == 204
    (part,) = staff.get(f"/api/v1/devices/{device.id}/parts").json()
    assert (part["interval_years"], part["quantity"]) == (15, 1)
    assert staff.delete(address, headers=headers).status_code == 412
    headers = {"if-match": f'"{part["version"]}"'}
    assert staff.delete(address, headers=headers).status_code == 204
    assert staff.get(f"/api/v1/devices/{device.id}/parts").json() == []


def test_a_device_without_a_model_has_no_list(staff, engine):
    with transaction(engine) as session:
        device = make_device(session)
    answer = staff.post(f"/api/v1/devices/{device.id}/parts", json={"part_name": "軸受"})
    assert (answer.status_code, answer.json()["code"]) == (409, "model-unknown")
    assert "型式が登録されていない" in staff.get(f"/devices/{device.id}/parts").text


def test_contractors_read_lists_and_change_none(app, engine, staff, twins):
    position, device = twins[0]
    with transaction(engine) as session:
        company = make_company(session)
        facility = session.get(type(make_facility(session)), position.facility_id)
        make_contract(session, company, [facility])
        user = make_user(session, Role.CONTRACTOR, company)
    assert staff.post(f"/api/v1/devices/{device.id}/parts", json={"part_name": "軸受"}).is_success
    with sign_in_client(app, user) as contractor:
        (part,) = contractor.get(f"/api/v1/devices/{device.id}/parts").json()
        denied = contractor.delete(f"/api/v1/model-parts/{part['id']}", headers={"if-match": "*"})
    assert (part["part_name"], denied.status_code) == ("軸受", 403)


def test_staff_keep_the_list_on_a_page(app, staff, twins, window, violations):
    position, device = twins[0]
    address = f"/devices/{device.id}/parts"
    sent = {
        "part_name": "メカニカルシール",
        "part_no": "MS-50",
        "quantity": "1",
        "interval_years": "5",
        "note": "",
    }
    assert staff.post(address, data=sent, follow_redirects=False).is_redirect
    again = staff.post(address, data=sent)
    assert (again.status_code, "すでに部品表にあります" in again.text) == (422, True)
    assert "時期を過ぎています" in staff.get(address).text
    assert "メカニカルシール" in staff.get(f"/positions/{position.id}/part-replacements/new").text
    with served(app) as url:
        context = window(**PHONE)
        context.add_cookies(
            [{"name": c.name, "value": c.value, "url": url} for c in staff.cookies.jar]
        )
        page = context.new_page()
        page.goto(f"{url}/devices/{device.id}")
        page.get_by_text("MS-50").wait_for()
        assert violations(page) == []
        page.get_by_role("link", name="部品表を直す").click()
        page.get_by_role("heading", name="部品を加える").wait_for()
        assert violations(page) == []
        page.get_by_role("button", name="外す").click()
        page.get_by_text("この機種の部品表はまだありません。").wait_for()
