"""Monthly reports as JSON, and what Shift_JIS has to write otherwise."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.database import transaction
from service.core.settings import Settings
from service.faults.schemas import CaseChange
from service.faults.service import change_case, file_report
from tests.service.faults.conftest import AsActor, City, make_report

AUGUST = "2026-08"


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> Any:
    return create_app(engine=engine, settings=settings)


def _client(app: Any, city: City, who: str) -> TestClient:
    return TestClient(app, headers={"authorization": f"Bearer {city.tokens[who]}"})


def test_figures_issue_and_revision(app: Any, city: City, as_actor: AsActor):
    staff = _client(app, city, "staff")
    wanted = {"month": AUGUST, "facility_id": str(city.facility_id)}
    with as_actor(city.staff) as session:
        new = make_report(city, occurred_at=datetime(2026, 8, 3, 3, tzinfo=UTC))
        filed = file_report(session, new, by=city.staff)
    figures = staff.get("/api/v1/monthly-reports/figures", params=wanted).json()
    assert figures["totals"]["cases"] == 1
    assert [case["case_no"] for case in figures["cases"]] == [filed.case_no]
    assert staff.get("/api/v1/monthly-reports", params=wanted).json() == []
    first = staff.post("/api/v1/monthly-reports", json=wanted)
    assert first.status_code == 201
    assert (first.json()["revision"], first.json()["differences"]) == (1, [])
    again = staff.post("/api/v1/monthly-reports", json=wanted).json()
    assert again["id"] == first.json()["id"], "nothing has changed: the same issue"
    with as_actor(city.staff) as session:
        change_case(session, filed.case_id, CaseChange(urgency="S"), by=city.staff)
    second = staff.post("/api/v1/monthly-reports", json=wanted).json()
    assert second["revision"] == 2
    told = {(one["subject"], one["key"]): one["after"] for one in second["differences"]}
    assert told == {("合計", "urgent"): 1, (filed.case_no, "urgency"): "S"}
    listed = staff.get("/api/v1/monthly-reports", params=wanted).json()
    assert [one["revision"] for one in listed] == [2, 1]
    kept = staff.get(f"/api/v1/monthly-reports/{first.json()['id']}").json()
    assert kept["totals"]["urgent"] == 0, "what was issued stays"


@pytest.mark.parametrize("who", ["contractor", "other_contractor"])
def test_companies_get_none(app: Any, city: City, who: str):
    worker = _client(app, city, who)
    assert worker.get(f"/api/v1/monthly-reports/figures?month={AUGUST}").status_code == 403
    assert worker.post("/api/v1/monthly-reports", json={"month": AUGUST}).status_code == 403


@pytest.mark.parametrize(
    ("month", "status"), [("2026-13", 400), ("26-08", 400), ("", 400), ("0000-01", 422)]
)
def test_what_is_no_month(app: Any, city: City, month: str, status: int):
    answer = _client(app, city, "staff").get(
        "/api/v1/monthly-reports/figures", params={"month": month}
    )
    assert answer.status_code == status


def test_shift_jis_lists_every_character_it_cannot_hold(
    app: Any, city: City, as_actor: AsActor, engine: Engine
):
    name = "十号ソ予備 𠮷野㎥計"
    with transaction(engine) as session:
        session.execute(
            text("update position set name = :name where id = :id"),
            {"name": name, "id": city.other_pump_id},
        )
    with as_actor(city.staff) as session:
        moment = datetime(2026, 8, 4, 3, tzinfo=UTC)
        new = make_report(city, position_id=city.other_pump_id, occurred_at=moment)
        file_report(session, new, by=city.staff)
    staff = _client(app, city, "staff")
    wanted = {"month": AUGUST, "facility_id": str(city.other_facility_id)}
    issued = staff.post("/api/v1/monthly-reports", json=wanted).json()["id"]
    folded = staff.get(f"/api/v1/monthly-reports/{issued}/folded.json").json()
    assert folded == [
        {"line_no": 2, "column": "設備名", "old": "𠮷", "new": "〓"},
        {"line_no": 2, "column": "設備名", "old": "㎥", "new": "m3"},
    ]
    table = staff.get(f"/monthly/{issued}/cp932.csv")
    assert table.headers["x-folded-count"] == "2"
    assert "十号ソ予備 〓野m3計" in table.content.decode("cp932")
    plain = staff.get(f"/monthly/{issued}/cases.csv").content.decode("utf-8-sig")
    assert name in plain
    page = staff.get(f"/monthly/{issued}/cp932").text
    assert "2個を、次のとおり置き換えます" in page
