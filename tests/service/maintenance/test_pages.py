"""Records of a position as staff see and write them."""

import re
from datetime import date

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.database import transaction
from service.core.identity import new_id
from service.core.settings import Settings
from service.registry.models import Position
from tests.browser import DESKTOP, PHONE, served
from tests.factories import (
    make_facility,
    make_installation,
    make_position,
    make_user,
    sign_in_client,
)


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(settings, engine)


@pytest.fixture
def position(engine: Engine) -> Position:
    with transaction(engine) as session:
        position = make_position(session, make_facility(session, name="見本第九ポンプ場"))
        make_installation(session, position, starts_on=date(2001, 4, 1))
        return position


@pytest.fixture(scope="module")
def staff(app: FastAPI, engine: Engine) -> TestClient:
    with transaction(engine) as session:
        user = make_user(session)
    return sign_in_client(app, user)


INSPECTION = {
    "inspected": "2025-05-01",
    "kind": "detailed",
    "seq": "1",
    "inspector": "見本保全",
    "items": "電流=12.3 A ○\n絶縁抵抗=0.8 MΩ △",
    "result": "watch",
    "health": "3",
    "health_basis": "軸受の振動が増えた",
    "next_due_on": "2025-11-01",
    "note": "",
}


def test_staff_record_and_correct_an_inspection(staff, position):
    page = staff.get(f"/positions/{position.id}/inspections/new")
    assert page.status_code == 200
    done = staff.post(
        f"/positions/{position.id}/inspections", data=INSPECTION, follow_redirects=False
    )
    assert done.status_code == 303, done.text
    shown = staff.get(f"/positions/{position.id}/maintenance").text
    assert "電流 12.3 A ○" in shown
    assert "健全度 3 劣化が進行" in shown
    row = staff.get(f"/api/v1/inspections?position={position.id}").json()["items"][0]
    form = staff.get(f"/inspections/{row['id']}").text
    assert "絶縁抵抗=0.8 MΩ △" in form
    sent = INSPECTION | {"version": str(row["version"]), "next_due_on": "", "reason": "予定の取消"}
    assert staff.post(f"/inspections/{row['id']}", data=sent, follow_redirects=False).is_redirect
    assert staff.get(f"/api/v1/inspections/{row['id']}").json()["next_due_on"] is None
    stale = staff.post(f"/inspections/{row['id']}", data=sent)
    assert (stale.status_code, "予定の取消" in stale.text) == (412, True)


def test_nothing_typed_gets_lost(staff, position):
    wrong = INSPECTION | {"items": "電流 12.3", "note": "雨の日"}
    answer = staff.post(f"/positions/{position.id}/inspections", data=wrong)
    assert answer.status_code == 422
    assert "雨の日" in answer.text
    assert "電流=12.3 A ○" in answer.text
    missing = staff.post(f"/positions/{position.id}/part-replacements", data={"part_name": ""})
    assert (missing.status_code, "入力してください。" in missing.text) == (422, True)


def test_staff_record_and_correct_a_part_replacement(staff, position):
    sent = {
        "replaced": "2025-06-01",
        "part_name": "軸受",
        "quantity": "2",
        "seq": "1",
        "cost_yen": "４８，４００円",
        "part_no": "",
        "done_by": "",
        "case_no": "",
        "cause": "摩耗",
        "note": "",
    }
    assert staff.get(f"/positions/{position.id}/part-replacements/new").status_code == 200
    answer = staff.post(
        f"/positions/{position.id}/part-replacements", data=sent, follow_redirects=False
    )
    assert answer.is_redirect, answer.text
    row = staff.get(f"/api/v1/part-replacements?position={position.id}").json()["items"][0]
    assert (row["cost_yen"], row["quantity"]) == (48400, 2)
    assert "摩耗" in staff.get(f"/part-replacements/{row['id']}").text
    more = {"version": str(row["version"]), "cause": "", "reason": "理由は不明だった"}
    changed = staff.post(
        f"/part-replacements/{row['id']}", data=sent | more, follow_redirects=False
    )
    assert changed.is_redirect
    assert staff.get(f"/api/v1/part-replacements/{row['id']}").json()["cause"] is None


def test_devices_show_what_was_done_to_them(staff, position):
    sent = INSPECTION | {"inspected": "2025-06-02"}
    staff.post(f"/positions/{position.id}/inspections", data=sent)
    card = staff.get(f"/api/v1/positions/{position.id}").json()
    page = staff.get(f"/devices/{card['device']['id']}/maintenance")
    assert (page.status_code, "精密点検" in page.text) == (200, True)


def test_pages_are_accessible_on_phones_and_desks(app, staff, position, window, violations):
    late = INSPECTION | {
        "inspected": "2024-05-01",
        "kind": "statutory",
        "next_due_on": "2024-11-01",
    }
    staff.post(f"/positions/{position.id}/inspections", data=late)
    pages = (
        f"/positions/{position.id}",
        f"/positions/{position.id}/inspections/new",
        f"/positions/{position.id}/part-replacements/new",
        "/inspections/due",
    )
    with served(app) as url:
        for size in (PHONE, DESKTOP):
            context = window(**size)
            cookies = [
                {"name": cookie.name, "value": cookie.value, "url": url}
                for cookie in staff.cookies.jar
            ]
            context.add_cookies(cookies)
            page = context.new_page()
            for path in pages:
                page.goto(url + path)
                page.wait_for_load_state("networkidle")
                if path == pages[0]:
                    page.locator(".records").wait_for()
                assert violations(page) == []


def test_a_part_is_recorded_from_the_case_and_shown_there(staff, position, engine):
    report = {
        "id": str(new_id()),
        "position_id": str(position.id),
        "occurred_at": "2026-05-01T09:00:00+09:00",
        "captured_at": "2026-05-01T09:05:00+09:00",
        "symptoms": ["S07"],
        "body": "軸封から水漏れ",
    }
    case_id = staff.post("/api/v1/reports", json=report).json()["case_id"]
    empty = staff.get(f"/cases/{case_id}/parts").text
    assert "記録はありません" in empty
    form = re.search(r'href="(/positions/[^"]+/part-replacements/new\?case=[^"]+)"', empty)
    assert form
    page = staff.get(form[1]).text
    number = re.search(r'name="case_no"[^>]*value="([^"]+)"', page)
    action = re.search(r'action="([^"]+part-replacements[^"]*)"', page)
    assert number
    assert action
    typed = {"replaced": "2026-05-02", "part_name": "メカニカルシール", "case_no": number[1]}
    answer = staff.post(action[1], data=typed, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case_id}")
    assert "メカニカルシール" in staff.get(f"/cases/{case_id}/parts").text
    wrong = staff.post(action[1], data=typed | {"case_no": "R1-XX-0001"}, follow_redirects=False)
    assert wrong.status_code == 422
    assert staff.get(f"/cases/{new_id()}/parts").status_code == 404
