from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.settings import Settings
from tests.service.faults.conftest import City, make_report


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> Any:
    return create_app(engine=engine, settings=settings)


def _client(app: Any, token: str) -> TestClient:
    return TestClient(app, headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def staff(app: Any, city: City) -> Iterator[TestClient]:
    with _client(app, city.tokens["staff"]) as client:
        yield client


def _filed(client: TestClient, city: City, **changes: Any) -> dict[str, Any]:
    new = make_report(city, **changes).model_dump(mode="json", exclude_unset=True)
    answer = client.post("/api/v1/reports", json=new)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_case_goes_its_whole_way(app: Any, city: City, staff: TestClient):
    filed = _filed(_client(app, city.tokens["contractor"]), city)
    address = f"/api/v1/cases/{filed['case_id']}"
    got = staff.get(address)
    assert (got.json()["state"], got.headers["etag"]) == ("reported", '"1"')

    def act(step: str, body: dict[str, Any] | None = None) -> Any:
        version = staff.get(address).headers["etag"]
        return staff.post(f"{address}/{step}", json=body, headers={"if-match": version})

    assert act("accept").json()["state"] == "accepted"
    assert act("start").json()["state"] == "in_progress"
    assert act("wait", {"wait_reason": "parts"}).json()["wait_reason"] == "parts"
    assert act("resolve", {"stop_from": "2026-11-01T01:00:00Z"}).json()["state"] == "resolved"
    refused = act("close")
    assert (refused.status_code, refused.json()["code"]) == (422, "downtime-unknown")
    assert refused.json()["errors"][0]["pointer"] == "/stop_to"
    closed = act("close", {"stop_to": "2026-11-01T04:30:00Z"})
    assert closed.json()["state"] == "closed"
    assert act("start").json()["code"] == "invalid-transition"
    assert act("reopen", {"reason": "再発"}).json()["state"] == "reopened"


def test_a_change_needs_the_version_that_was_read(city: City, staff: TestClient):
    address = f"/api/v1/cases/{_filed(staff, city)['case_id']}"
    assert staff.patch(address, json={"urgency": "S"}).status_code == 428
    changed = staff.patch(address, json={"urgency": "S"}, headers={"if-match": '"1"'})
    assert (changed.json()["urgency"], changed.headers["etag"]) == ("S", '"2"')
    stale = staff.patch(address, json={"urgency": "A"}, headers={"if-match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")


def test_a_report_sent_twice_answers_200_the_second_time(city: City, staff: TestClient):
    new = make_report(city).model_dump(mode="json", exclude_unset=True)
    first, second = (staff.post("/api/v1/reports", json=new) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["report_no"] == second.json()["report_no"]
    other = staff.post("/api/v1/reports", json=new | {"body": "別の内容"})
    assert (other.status_code, other.json()["code"]) == (409, "same-id-other-content")


@pytest.mark.parametrize(
    "wrong",
    [
        {"symptoms": []},
        {"symptoms": ["S77"]},
        {"occurred_at": "2026-11-01T10:00:00"},
        {"body": "\x00"},
        {"latitude": 91},
        {"announced_photos": ["abc"]},
        {"severity": 5},
        {"unknown": 1},
    ],
)
def test_a_malformed_report_is_refused_with_the_place_named(
    city: City, staff: TestClient, wrong: dict[str, Any]
):
    new = make_report(city).model_dump(mode="json", exclude_unset=True) | wrong
    answer = staff.post("/api/v1/reports", json=new)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{next(iter(wrong))}")


def test_lists_page_by_key_and_filter(city: City, staff: TestClient):
    made = [_filed(staff, city, body=f"検索語{city.mark} {n}")["case_id"] for n in range(5)]
    query = {"q": f"検索語{city.mark.lower()}", "limit": 2, "open": "true"}
    seen: list[str] = []
    address: str | None = None
    while address is not None or not seen:
        answer = (
            staff.get(address) if address else staff.get("/api/v1/cases", params=query)
        ).json()
        seen += [item["id"] for item in answer["items"]]
        address = answer["next"]
    assert seen == made[::-1]
    none = staff.get("/api/v1/cases", params={"q": f"検索語{city.mark}", "urgency": "S"})
    assert none.json()["items"] == []
    assert staff.get("/api/v1/cases", params={"colour": "red"}).status_code == 400
    assert staff.get("/api/v1/cases", params={"cursor": "x"}).json()["code"] == "bad-cursor"
    assert len(staff.get("/api/v1/reports", params={"limit": 3}).json()["items"]) == 3


def test_a_contractor_sees_its_own_and_handles_nothing(app: Any, city: City, staff: TestClient):
    own, other = (_client(app, city.tokens[name]) for name in ("contractor", "other_contractor"))
    filed = _filed(own, city)
    case, report = f"/api/v1/cases/{filed['case_id']}", f"/api/v1/reports/{filed['report_id']}"
    assert own.get(case).status_code == own.get(report).status_code == 200
    assert other.get(case).status_code == other.get(report).status_code == 404
    assert own.post(f"{case}/accept", headers={"if-match": "*"}).status_code == 403
    response = staff.post(
        f"{case}/responses", json={"kind": "site_check", "description": "現地を確認した"}
    )
    assert response.status_code == 201
    assert [r["seq"] for r in own.get(f"{case}/responses").json()] == [1]
    assert other.get(f"{case}/responses").json() == []


def test_merging_by_api_and_back(city: City, staff: TestClient):
    one, two = (_filed(staff, city)["case_id"] for _ in range(2))
    merged = staff.post(
        f"/api/v1/cases/{one}/merge",
        json={"into_id": two, "reason": "同じ警報"},
        headers={"if-match": "*"},
    )
    assert (merged.json()["state"], merged.json()["merged_into_id"]) == ("merged", two)
    back = staff.post(f"/api/v1/cases/{one}/unmerge", headers={"if-match": merged.headers["etag"]})
    assert (back.json()["state"], back.json()["merged_into_id"]) == ("reported", None)
