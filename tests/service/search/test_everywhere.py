"""One box finds the register, the cases and what people wrote about them, however it was typed."""

from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.database import transaction
from service.core.settings import Settings
from service.faults import inbox
from service.faults.schemas import ResponseCreate
from service.faults.service import add_response, file_report
from service.registry.queries import found
from service.tags.domain import grouped, mint_code
from service.tags.models import QrTag
from tests.browser import DESKTOP, PHONE, served
from tests.service.faults.conftest import AsActor, City, make_report, rows

WORDS = {
    "body": "ｳｴｽが羽根車に巻き付き。澤田さんより電話",
    "temporary_action": "予備機Ｎｏ．３へ切替え",
    "description": "メカニカルシール(MS-40B)を交換した",
}


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> Any:
    return create_app(engine=engine, settings=settings)


@pytest.fixture(scope="module")
def case_id(city: City, engine: Engine) -> str:
    report = make_report(city, body=WORDS["body"], temporary_action=WORDS["temporary_action"])
    with transaction(engine, city.contractor.identity) as session:
        case = file_report(session, report, by=city.contractor).case_id
    with transaction(engine, city.staff.identity) as session:
        response = ResponseCreate(kind="permanent_fix", description=WORDS["description"])
        add_response(session, case, response, by=city.staff)
    return str(case)


def _client(app: Any, city: City, who: str, accept: str = "text/html") -> TestClient:
    return TestClient(
        app,
        headers={"origin": "http://testserver", "accept": accept},
        cookies={"gesuibo": city.tokens[who]},
        follow_redirects=False,
    )


@pytest.mark.parametrize(
    "typed",
    [
        "ウエス",
        "うえす 羽根",
        "沢田",
        "巻",
        "no.3 切替",
        "ms40b",
        "メカニカルシール",
        "異音",
        "汚水 辻堂 ウエス",
    ],
)
@pytest.mark.parametrize("walking", [False, True])
def test_a_case_is_found_by_what_was_written(
    city: City,
    case_id: str,
    as_actor: AsActor,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    *,
    walking: bool,
) -> None:
    if walking:  # as if every word were too common to name its places
        monkeypatch.setattr(found, "FEW", -1)
        monkeypatch.setattr(found, "_PER_ROW", 0)
    wanted = inbox.CaseFilter(words=typed, facility_id=city.facility_id)
    with as_actor(city.staff) as session:
        assert [str(row.id) for row in inbox.list_cases(session, wanted).cases] == [case_id]
        nothing = inbox.CaseFilter(words=f"{typed} 存在しない言葉")
        assert inbox.list_cases(session, nothing).cases == []


def test_a_case_is_found_by_the_device_that_failed(
    city: City, case_id: str, as_actor: AsActor
) -> None:
    with as_actor(city.staff) as session:
        now, before = f"D{city.mark}1", f"D{city.mark}0"
        cases = inbox.list_cases(session, inbox.CaseFilter(words=now)).cases
        assert [str(row.id) for row in cases] == [case_id]
        assert inbox.list_cases(session, inbox.CaseFilter(words=before)).cases == []


@pytest.mark.parametrize("typed", ["ウエス", "MS40B", "沢"])
def test_another_company_finds_nothing_of_it(
    city: City, case_id: str, as_actor: AsActor, typed: str
) -> None:
    with as_actor(city.contractor) as session:
        cases = inbox.list_cases(session, inbox.CaseFilter(words=typed)).cases
        assert case_id in {str(row.id) for row in cases}
    for by in (city.other_contractor, city.ended_contractor):
        with as_actor(by) as session:
            assert (
                rows(
                    session, "select gesuibo.cases_written(:w, :p)", w=typed.lower(), p=f"%{typed}%"
                )
                == []
            )
            cases = inbox.list_cases(session, inbox.CaseFilter(words=typed)).cases
            assert case_id not in {str(row.id) for row in cases}


def test_the_page_and_the_interface_tell_the_same(app: Any, city: City, case_id: str) -> None:
    page = _client(app, city, "staff").get("/search", params={"q": f"ウエス {city.facility_code}"})
    assert f"/cases/{case_id}" in page.text
    answer = _client(app, city, "staff", "application/json").get(
        "/api/v1/search", params={"q": f"汚水ポンプ {city.facility_code}"}
    )
    found_there = answer.json()
    assert [row["id"] for row in found_there["positions"]] == [str(city.pump_id)]
    assert case_id in {row["id"] for row in found_there["cases"]}
    assert found_there["alike"] == []
    assert "search_text" not in answer.text


def test_a_name_typed_wrong_is_suggested(app: Any, city: City, engine: Engine) -> None:
    answer = _client(app, city, "staff", "application/json").get(
        "/api/v1/search", params={"q": "No.2汚水ぽんぶ"}
    )
    assert "No.2汚水ポンプ" in answer.json()["alike"]


def test_the_number_on_a_tag_leads_to_what_bears_it(app: Any, city: City, engine: Engine) -> None:
    code = mint_code()
    with transaction(engine) as committed:
        committed.add(
            QrTag(
                tag_code=code,
                position_id=city.pump_id,
                facility_id=city.facility_id,
                state="in_use",
            )
        )
    for typed in (code, grouped(code).lower(), f"https://old.example/T/{code}"):
        answer = _client(app, city, "staff").get("/search", params={"q": typed})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/T/{code}")
    unknown = _client(app, city, "staff").get("/search", params={"q": mint_code()})
    assert unknown.status_code == 200


@pytest.mark.e2e
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1440"])
def test_the_results_can_be_read_by_everybody(
    app: Any, city: City, case_id: str, window: Any, violations: Any, size: dict[str, Any]
) -> None:
    with served(app) as url:
        context = window(**size)
        context.add_cookies([{"name": "gesuibo", "value": city.tokens["staff"], "url": url}])
        page = context.new_page()
        page.goto(f"{url}/search?q=汚水 {city.facility_code}")
        assert page.get_by_role("heading", name="案件").is_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
