"""事象: cases stand together without being merged; a storm is offered as one."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.errors import Forbidden, NotFound
from service.core.identity import new_id
from service.core.settings import Settings
from service.faults import incident_queries, incidents
from service.faults.incidents import BURST_FROM, IncidentCreate, NoCaseChosen
from service.faults.service import file_report
from tests.service.faults.conftest import AsActor, City, build_city, make_report, rows


@pytest.fixture
def town(session: Session) -> City:
    return build_city(session)


def _cases(session: Session, town: City, count: int) -> list[UUID]:
    return [
        file_report(session, make_report(town), by=town.contractor).case_id for _ in range(count)
    ]


def test_grouped_cases_stay_as_they_are(session: Session, town: City):
    cases = _cases(session, town, 25)
    before = rows(session, "select * from fault_case where id = any(:ids) order by id", ids=cases)
    new = IncidentCreate(name="11月27日の大雨", case_ids=cases)
    storm = incidents.open_incident(session, new, by=town.staff)
    after = rows(session, "select * from fault_case where id = any(:ids) order by id", ids=cases)
    assert before == after
    assert [row.id for row in incident_queries.cases(session, storm.id)] == cases
    found = incident_queries.of_case(session, cases[0])
    assert found is not None
    assert (found.name, found.cases) == ("11月27日の大雨", 25)


def test_a_case_is_of_one_incident_and_leaves_it(session: Session, town: City):
    first, second = _cases(session, town, 2)
    storm = incidents.open_incident(
        session, IncidentCreate(name="大雨", case_ids=[first, second]), by=town.staff
    )
    cut = incidents.open_incident(
        session, IncidentCreate(name="停電", case_ids=[first]), by=town.staff
    )
    assert [row.id for row in incident_queries.cases(session, storm.id)] == [second]
    assert incidents.group(session, cut.id, [first, second], by=town.staff) == 1
    incidents.ungroup(session, cut.id, first, by=town.staff)
    assert [row.id for row in incident_queries.cases(session, cut.id)] == [second]
    told = rows(
        session,
        "select action from audit_entry where target_id = :id and action like '%grouped'"
        " order by id",
        id=str(first),
    )
    assert [row.action for row in told] == ["case.grouped", "case.grouped", "case.ungrouped"]


def test_what_is_not_there_is_not_grouped(session: Session, town: City):
    (case,) = _cases(session, town, 1)
    with pytest.raises(NoCaseChosen):
        incidents.open_incident(session, IncidentCreate(name="空"), by=town.staff)
    with pytest.raises(NotFound):
        incidents.group(session, new_id(), [case], by=town.staff)
    new = IncidentCreate(name="大雨", case_ids=[case])
    with pytest.raises(Forbidden):
        incidents.open_incident(session, new, by=town.contractor)


def test_a_storm_is_seen_when_many_arrive_within_an_hour(session: Session, town: City):
    earlier = "update fault_case set reported_at = reported_at - interval '2 hours'"
    session.execute(text(earlier))  # those of other tests
    few = _cases(session, town, BURST_FROM - 1)
    assert incidents.burst(session) == []
    cases = [*few, *_cases(session, town, 1)]
    assert set(incidents.burst(session)) == set(cases)
    new = IncidentCreate(name="大雨", case_ids=cases)
    incidents.open_incident(session, new, by=town.staff)
    assert not set(incidents.burst(session)) & set(cases)


def test_companies_see_no_incident(
    engine: Engine, settings: Settings, city: City, as_actor: AsActor
):
    with as_actor(city.contractor) as session:
        case = file_report(session, make_report(city), by=city.contractor).case_id
    with as_actor(city.staff) as session:
        new = IncidentCreate(name="大雨", case_ids=[case])
        storm = incidents.open_incident(session, new, by=city.staff).id
    with as_actor(city.contractor) as session:
        assert rows(session, "select 1 from incident") == []
        assert rows(session, "select 1 from incident_case") == []
    app = create_app(engine=engine, settings=settings)
    worker = _client(app, city, "contractor")
    assert worker.get(f"/api/v1/incidents/{storm}").status_code == 403
    assert worker.get(f"/incidents/{storm}").status_code == 403


def _client(app: Any, city: City, who: str) -> TestClient:
    return TestClient(
        app,
        headers={"origin": "http://testserver"},
        cookies={"gesuibo": city.tokens[who]},
        follow_redirects=False,
    )


def test_the_same_by_json(engine: Engine, settings: Settings, city: City, as_actor: AsActor):
    with as_actor(city.contractor) as session:
        first, second = (
            str(file_report(session, make_report(city), by=city.contractor).case_id)
            for _ in range(2)
        )
    staff = _client(create_app(engine=engine, settings=settings), city, "staff")
    made = staff.post("/api/v1/incidents", json={"name": "落雷", "case_ids": [first]})
    assert made.status_code == 201
    address = f"/api/v1/incidents/{made.json()['id']}"
    both = staff.post(f"{address}/cases", json={"case_ids": [second]}).json()
    assert {case["id"] for case in both["cases"]} == {first, second}
    assert staff.delete(f"{address}/cases/{first}").status_code == 204
    assert [case["id"] for case in staff.get(address).json()["cases"]] == [second]
    listed = staff.get("/api/v1/incidents").json()
    assert {"落雷"} <= {one["name"] for one in listed}
    missing = staff.post(f"{address}/cases", json={"case_ids": [str(new_id())]})
    assert missing.status_code == 404
    assert staff.post("/api/v1/incidents", json={"name": "空"}).status_code == 422


def test_chosen_in_the_inbox(engine: Engine, settings: Settings, city: City, as_actor: AsActor):
    with as_actor(city.contractor) as session:
        filed = [
            file_report(session, make_report(city), by=city.contractor) for _ in range(BURST_FROM)
        ]
    staff = _client(create_app(engine=engine, settings=settings), city, "staff")
    page = staff.get("/inbox").text
    assert "この1時間に届いた案件が" in page
    assert f'value="{filed[0].case_id}" form="group"' in page
    ids = [str(one.case_id) for one in filed[:2]]
    empty = staff.post("/incidents", data={"case_ids": ids, "name": ""})
    assert empty.status_code == 422
    assert ids[0] in empty.text
    made = staff.post("/incidents", data={"case_ids": ids, "name": "東町の停電"})
    assert made.status_code == 303
    address = made.headers["location"]
    shown = staff.get(address).text
    assert filed[0].case_no in shown
    assert filed[2].case_no not in shown
    assert staff.post(f"{address}/cases", data={"case_no": "R0-X-1"}).status_code == 422
    assert staff.post(f"{address}/cases", data={"case_no": filed[2].case_no}).status_code == 303
    assert filed[2].case_no in staff.get(address).text
    case = staff.get(f"/cases/{ids[0]}").text
    assert "東町の停電" in case
    assert "関連案件 2件" in case
    staff.post(f"{address}/cases/{ids[0]}/leave")
    assert "東町の停電" in staff.get("/incidents").text
    assert filed[0].case_no not in staff.get(address).text
