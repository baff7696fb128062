"""Inspections and part replacements over HTTP: versions, pages, rights."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from service.registry.models import Position
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


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(settings, engine)


@pytest.fixture
def position(engine: Engine) -> Position:
    with transaction(engine) as session:
        position = make_position(session)
        make_installation(session, position, make_device(session))
        return position


@pytest.fixture(scope="module")
def staff(app: FastAPI, engine: Engine) -> TestClient:
    with transaction(engine) as session:
        user = make_user(session)
    return sign_in_client(app, user)


@pytest.fixture
def contractor(app: FastAPI, engine: Engine, position: Position) -> Iterator[TestClient]:
    with transaction(engine) as session:
        company = make_company(session)
        facility = session.get(type(make_facility(session)), position.facility_id)
        make_contract(session, company, [facility])
        user = make_user(session, Role.CONTRACTOR, company)
    with sign_in_client(app, user) as client:
        yield client


def _day(text: str) -> dict:
    return {"start": text, "end": text, "precision": "day"}


def _inspection(position: Position, day: str, **more: object) -> dict:
    return {
        "position_id": str(position.id),
        "kind": "periodic",
        "inspected": _day(day),
        "health": 3,
        "items": [{"item": "電流", "value": 12.5, "unit": "A", "judgement": "good"}],
    } | more


def _replacement(position: Position, day: str, **more: object) -> dict:
    return {
        "position_id": str(position.id),
        "part_name": "軸受",
        "replaced": _day(day),
        "cost_yen": 48400,
    } | more


def test_an_inspection_is_recorded_read_and_corrected(staff, position):
    made = staff.post("/api/v1/inspections", json=_inspection(position, "2025-05-01"))
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    read = staff.get(address)
    assert read.json()["items"][0]["value"] == 12.5
    assert read.json()["position_code"] == position.position_code
    change = {"health": 2, "reason": "転記の誤り"}
    assert staff.patch(address, json=change).status_code == 428
    headers = {"if-match": read.headers["etag"]}
    assert staff.patch(address, json={"health": 2}, headers=headers).status_code == 422
    changed = staff.patch(address, json=change, headers=headers)
    assert (changed.status_code, changed.json()["health"]) == (200, 2)
    assert staff.patch(address, json=change, headers=headers).status_code == 412
    card = staff.get(f"/api/v1/positions/{position.id}").json()
    assert (card["health"], card["health_judged_on"]) == (2, "2025-05-01")


def test_lists_go_on_page_by_page(staff, position):
    for day in ("2025-01-01", "2025-01-02", "2025-01-03"):
        assert staff.post("/api/v1/inspections", json=_inspection(position, day)).is_success
        assert staff.post("/api/v1/part-replacements", json=_replacement(position, day)).is_success
    for name, field in (("inspections", "inspected"), ("part-replacements", "replaced")):
        first = staff.get(f"/api/v1/{name}?position={position.id}&limit=2").json()
        second = staff.get(first["next"]).json()
        days = [item[field]["start"] for item in first["items"] + second["items"]]
        assert days == ["2025-01-03", "2025-01-02", "2025-01-01"]
        assert second["next"] is None
        assert staff.get(f"/api/v1/{name}?cursor=WyJ4Il0").status_code == 422
        assert staff.get(f"/api/v1/{name}?facility=NONE").json()["items"] == []


def test_an_unknown_day_and_a_repeated_part_are_refused(staff, position):
    unknown = _inspection(position, "2025-01-01", inspected={"precision": "unknown"})
    assert staff.post("/api/v1/inspections", json=unknown).status_code == 422
    part = _replacement(position, "2025-02-01")
    assert staff.post("/api/v1/part-replacements", json=part).status_code == 201
    again = staff.post("/api/v1/part-replacements", json=part)
    assert (again.status_code, again.json()["code"]) == (422, "replacement-repeated")


def test_contractors_read_their_facilities_without_costs_and_write_nothing(
    staff, contractor, position, engine
):
    with transaction(engine) as session:
        elsewhere = make_position(session)
    for place in (position, elsewhere):
        assert staff.post(
            "/api/v1/part-replacements", json=_replacement(place, "2025-03-01")
        ).is_success
        assert staff.post("/api/v1/inspections", json=_inspection(place, "2025-03-01")).is_success
    parts = contractor.get("/api/v1/part-replacements").json()["items"]
    assert [(row["position_id"], row["cost_yen"]) for row in parts] == [(str(position.id), None)]
    seen = contractor.get("/api/v1/inspections").json()["items"]
    assert {row["position_id"] for row in seen} == {str(position.id)}
    denied = contractor.post("/api/v1/inspections", json=_inspection(position, "2025-04-01"))
    assert denied.status_code == 403


def test_what_is_due_comes_with_the_longest_overdue_first(staff, position):
    late = _inspection(position, "2025-01-01", next_due_on="2025-07-01")
    soon = _inspection(position, "2025-01-01", kind="statutory", next_due_on="2025-06-01")
    for sent in (late, soon):
        assert staff.post("/api/v1/inspections", json=sent).is_success
    rows = staff.get("/api/v1/inspections/due?limit=500").json()["items"]
    mine = [row["kind"] for row in rows if row["position_id"] == str(position.id)]
    assert mine == ["statutory", "periodic"]
    assert all(row["overdue_days"] > 0 for row in rows if row["position_id"] == str(position.id))
