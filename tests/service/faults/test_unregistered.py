"""台帳未登録: the queue, linking, registering and leaving out; the case never waits for it."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.settings import Settings
from service.faults.overview import overview
from service.faults.service import file_report, take_step
from service.faults.steps import Step
from tests.service.faults.conftest import AsActor, City, make_report, rows


@pytest.fixture(scope="module")
def staff(engine: Engine, settings: Settings, city: City) -> TestClient:
    return TestClient(
        create_app(engine=engine, settings=settings),
        headers={"origin": "http://testserver"},
        cookies={"gesuibo": city.tokens["staff"]},
        follow_redirects=False,
    )


@pytest.fixture
def unknown(city: City, as_actor: AsActor) -> str:
    """A case of something that was described as No.2汚水ポンプ, with no place in the ledger."""
    with as_actor(city.contractor) as session:
        new = make_report(
            city,
            position_id=...,
            facility_id=city.facility_id,
            unregistered_desc="No.2汚水ポンプ 奥の小さい方",
        )
        return str(file_report(session, new, by=city.contractor).case_id)


def _form(staff: TestClient, case_id: str, **values: Any) -> dict[str, Any]:
    page = staff.get(f"/cases/{case_id}/place").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    return values | {"version": version[1]}


def _case(as_actor: AsActor, city: City, case_id: str) -> Any:
    with as_actor(city.staff) as session:
        return rows(session, "select * from fault_case where id = :id", id=case_id)[0]


def test_it_is_queued_and_linked_to_what_was_meant(
    staff: TestClient, unknown: str, city: City, as_actor: AsActor
):
    with as_actor(city.staff) as session:
        take_step(session, unknown, Step.ACCEPT, by=city.staff)  # nothing waits for the ledger
        waiting = overview(session).unregistered_waiting
        assert overview(session).unregistered_month >= 1
    assert f"/cases/{unknown}/place" in staff.get("/unregistered").text
    assert "台帳にない設備の報告です" in staff.get(f"/cases/{unknown}").text
    page = staff.get(f"/cases/{unknown}/place").text
    code = f"{city.facility_code}-P001"
    assert code in page, "the facility's pump of that name is offered"
    wrong = staff.post(
        f"/cases/{unknown}/place", data=_form(staff, unknown, to_position="NOWHERE-1")
    )
    assert wrong.status_code == 422
    assert "この設置箇所コードは台帳にありません。" in wrong.text
    done = staff.post(f"/cases/{unknown}/place", data=_form(staff, unknown, to_position=code))
    assert done.status_code == 303
    case = _case(as_actor, city, unknown)
    assert (case.position_id, case.device_id) == (city.pump_id, city.new_device_id)
    assert case.unregistered_desc == "No.2汚水ポンプ 奥の小さい方"
    assert case.state == "accepted"
    assert f"/cases/{unknown}/place" not in staff.get("/unregistered").text
    with as_actor(city.staff) as session:
        assert overview(session).unregistered_waiting == waiting - 1


def test_it_is_registered_from_the_text(
    staff: TestClient, unknown: str, city: City, as_actor: AsActor
):
    page = staff.get(f"/cases/{unknown}/place").text
    assert 'name="new-name" type="text" value="No.2汚水ポンプ 奥の小さい方"' in page
    code = f"{city.facility_code}-NEW-{unknown[-4:]}"
    values = {
        "new-name": "No.2排水ポンプ",
        "new-position_code": code,
        "new-class_code": f"P{city.mark}",
    }
    refused = staff.post(
        f"/cases/{unknown}/place/new",
        data=_form(staff, unknown, **values | {"new-class_code": "無い分類"}),
    )
    assert refused.status_code == 422
    assert 'value="No.2排水ポンプ"' in refused.text
    made = staff.post(f"/cases/{unknown}/place/new", data=_form(staff, unknown, **values))
    assert made.status_code == 303
    with as_actor(city.staff) as session:
        found = rows(
            session,
            "select p.position_code, p.name from fault_case c"
            " join position p on p.id = c.position_id where c.id = :id",
            id=unknown,
        )
    assert [tuple(row) for row in found] == [(code, "No.2排水ポンプ")]


def test_what_no_ledger_needs_leaves_the_queue_with_a_reason(
    staff: TestClient, unknown: str, city: City, as_actor: AsActor
):
    assert staff.post(f"/cases/{unknown}/place/none", data={"reason": " "}).status_code == 422
    done = staff.post(f"/cases/{unknown}/place/none", data={"reason": "仮設の投光器"})
    assert done.status_code == 303
    assert f"/cases/{unknown}/place" not in staff.get("/unregistered").text
    assert "台帳の対象外: 仮設の投光器" in staff.get(f"/cases/{unknown}").text
    assert _case(as_actor, city, unknown).state == "reported"


def test_a_case_moves_to_the_right_position_with_a_reason(
    staff: TestClient, city: City, as_actor: AsActor
):
    with as_actor(city.staff) as session:
        case_id = str(file_report(session, make_report(city), by=city.staff).case_id)
    code = rows_of(as_actor, city, "select position_code from position where id = :id")
    data = _form(staff, case_id, to_position=code)
    assert staff.post(f"/cases/{case_id}/place", data=data).status_code == 422
    moved = staff.post(f"/cases/{case_id}/place", data=data | {"reason": "タグの貼り違い"})
    assert moved.status_code == 303
    case = _case(as_actor, city, case_id)
    assert case.position_id == city.other_pump_id
    assert case.facility_id == city.other_facility_id
    stale = staff.post(f"/cases/{case_id}/place", data=data | {"reason": "もう一度"})
    assert stale.status_code == 412


def rows_of(as_actor: AsActor, city: City, statement: str) -> str:
    with as_actor(city.staff) as session:
        return str(rows(session, statement, id=city.other_pump_id)[0][0])
