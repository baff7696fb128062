"""対応依頼 as JSON: asked, acknowledged, told, done; never another company's."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.identity import new_id
from service.core.settings import Settings
from service.faults.service import file_report
from tests.service.faults.conftest import AsActor, City, make_report


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> Any:
    return create_app(engine=engine, settings=settings)


@pytest.fixture
def case_id(city: City, as_actor: AsActor) -> UUID:
    with as_actor(city.contractor) as session:
        return file_report(session, make_report(city), by=city.contractor).case_id


def _client(app: Any, city: City, who: str) -> TestClient:
    return TestClient(app, headers={"authorization": f"Bearer {city.tokens[who]}"})


def test_from_asking_to_done(app: Any, city: City, case_id: UUID):
    staff, worker = (_client(app, city, who) for who in ("staff", "contractor"))
    asked = staff.post(
        f"/api/v1/cases/{case_id}/work-requests",
        json={"body": "羽根車を点検してください。", "due_on": "2026-12-10"},
    )
    assert asked.status_code == 201
    assert (asked.json()["state"], asked.json()["records"]) == ("requested", [])
    address = f"/api/v1/work-requests/{asked.json()['id']}"
    listed = worker.get("/api/v1/work-requests?state=requested").json()
    assert asked.json()["id"] in {one["id"] for one in listed}
    sent = {"id": str(new_id()), "kind": "acknowledged"}
    for _ in range(2):  # sent twice it is one record
        told = worker.post(f"{address}/records", json=sent)
        assert told.status_code == 201
    assert [one["kind"] for one in told.json()["records"]] == ["acknowledged"]
    other = worker.post(f"{address}/records", json=sent | {"kind": "done", "body": "完了"})
    assert other.status_code == 409
    done = {"id": str(new_id()), "kind": "done", "body": "羽根車を交換した。"}
    assert worker.post(f"{address}/records", json=done).json()["state"] == "done"
    back = {"id": str(new_id()), "kind": "returned", "body": "写真がありません。"}
    assert worker.post(f"{address}/records", json=back).status_code == 403
    assert staff.post(f"{address}/records", json=back).json()["state"] == "acknowledged"
    of_case = worker.get(f"/api/v1/cases/{case_id}/work-requests").json()
    assert [one["state"] for one in of_case] == ["acknowledged"]


def test_another_company_sees_and_changes_nothing(app: Any, city: City, case_id: UUID):
    staff, foreign = (_client(app, city, who) for who in ("staff", "other_contractor"))
    asked = staff.post(f"/api/v1/cases/{case_id}/work-requests", json={"body": "点検"}).json()
    address = f"/api/v1/work-requests/{asked['id']}"
    assert foreign.get(address).status_code == 404
    assert foreign.get(f"/api/v1/cases/{case_id}/work-requests").status_code == 404
    sent = {"id": str(new_id()), "kind": "acknowledged"}
    assert foreign.post(f"{address}/records", json=sent).status_code == 404
    listed = foreign.get("/api/v1/work-requests").json()
    assert asked["id"] not in {one["id"] for one in listed}
    assert staff.get(address).json()["state"] == "requested"


def test_only_the_city_asks(app: Any, city: City, case_id: UUID):
    worker = _client(app, city, "contractor")
    answer = worker.post(f"/api/v1/cases/{case_id}/work-requests", json={"body": "点検"})
    assert answer.status_code == 403
    engineer = _client(app, city, "engineer")
    assert engineer.get("/api/v1/work-requests").status_code == 403
