"""The city asks, the company answers, and no other company sees anything of it."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from starlette.testclient import TestClient

from app.asgi import create_app
from app.worker import drain
from service.accounts.actor import Actor
from service.core.clock import today
from service.core.errors import Forbidden, NotFound
from service.core.identity import new_id
from service.core.settings import Settings
from service.faults.schemas import CaseChange
from service.faults.service import change_case, file_report
from service.work_requests import queries, service
from service.work_requests.domain import (
    NoCompany,
    NotNow,
    OnlyTheCity,
    RecordKind,
    RequestState,
    WordsMissing,
)
from service.work_requests.schemas import RecordCreate, RequestCreate
from tests.browser import DESKTOP, PHONE, served
from tests.service.faults.conftest import AsActor, City, make_report, rows


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> Any:
    return create_app(engine=engine, settings=settings)


@pytest.fixture(scope="module")
def address(app: Any) -> Iterator[str]:
    with served(app) as url:
        yield url


def _client(app: Any, city: City, who: str) -> TestClient:
    return TestClient(
        app,
        headers={"origin": "http://testserver", "accept": "text/html"},
        cookies={"gesuibo": city.tokens[who]},
        follow_redirects=False,
    )


@pytest.fixture
def case_id(city: City, as_actor: AsActor) -> UUID:
    with as_actor(city.contractor) as session:
        return file_report(session, make_report(city), by=city.contractor).case_id


@pytest.fixture
def request_id(city: City, as_actor: AsActor, case_id: UUID) -> UUID:
    new = RequestCreate(body="軸封部を確認し、部品を見積もってください", due_on=today())
    with as_actor(city.staff) as session:
        return service.ask(session, case_id, new, by=city.staff).id


def _answer(as_actor: AsActor, by: Any, request_id: UUID, kind: str, body: str = "") -> Any:
    with as_actor(by) as session:
        new = RecordCreate(kind=RecordKind(kind), body=body)
        return service.answer(session, request_id, new, by=by)


def test_a_request_goes_from_asking_to_done_and_back(
    city: City, as_actor: AsActor, request_id: UUID
):
    company, staff = city.contractor, city.staff
    assert _answer(as_actor, company, request_id, "acknowledged") is RequestState.ACKNOWLEDGED
    _answer(as_actor, company, request_id, "work", "グランドパッキンを増し締め")
    assert _answer(as_actor, company, request_id, "done", "漏れが止まった") is RequestState.DONE
    with pytest.raises(NotNow):
        _answer(as_actor, company, request_id, "work", "もう一度")
    state = _answer(as_actor, staff, request_id, "returned", "まだ漏れている")
    assert state is RequestState.ACKNOWLEDGED
    with as_actor(company) as session:
        found = queries.request(session, request_id)
        told = [row.kind for row in queries.records(session, request_id)]
    assert found is not None
    assert found.state == "acknowledged"
    assert told == ["acknowledged", "work", "done", "returned"]


def test_a_second_acknowledgement_is_refused(city: City, as_actor: AsActor, request_id: UUID):
    _answer(as_actor, city.contractor, request_id, "acknowledged")
    with pytest.raises(NotNow):
        _answer(as_actor, city.contractor, request_id, "acknowledged")


def test_a_record_sent_twice_by_a_phone_is_one_record(app: Any, city: City, request_id: UUID):
    address = f"/mobile/v1/work-requests/{request_id}/records"
    company, foreign = (_client(app, city, who) for who in ("contractor", "other_contractor"))
    company.headers["accept"] = foreign.headers["accept"] = "application/json"
    seen = {"id": str(new_id()), "kind": "acknowledged"}
    assert [company.post(address, json=seen).status_code for _ in range(2)] == [201, 200]
    work = {"id": str(new_id()), "kind": "work", "started_at": "2026-11-24T10:05:00+09:00"}
    told = work | {"body": "増し締め"}
    answers = [company.post(address, json=told) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].json() == {"record_id": told["id"], "state": "acknowledged"}
    other = company.post(address, json=told | {"body": "別のこと"})
    assert (other.status_code, other.json()["code"]) == (409, "same-id-other-content")
    assert company.post(address, json=work | {"id": str(new_id())}).status_code == 422
    items = company.get("/mobile/v1/work-requests").json()["items"]
    (mine,) = [one for one in items if one["id"] == str(request_id)]
    assert [one["kind"] for one in mine["records"]] == ["acknowledged", "work"]
    assert mine["records"][1]["started_at"] is not None
    assert foreign.get("/mobile/v1/work-requests").json()["items"] == []
    assert foreign.post(address, json=told | {"id": str(new_id())}).status_code == 404


def test_what_was_done_needs_words(city: City, as_actor: AsActor, request_id: UUID):
    _answer(as_actor, city.contractor, request_id, "acknowledged")
    with pytest.raises(WordsMissing):
        _answer(as_actor, city.contractor, request_id, "done", "  ")


def test_companies_neither_ask_nor_withdraw(
    city: City, as_actor: AsActor, request_id: UUID, case_id: UUID
):
    with as_actor(city.contractor) as session, pytest.raises(Forbidden):
        service.ask(session, case_id, RequestCreate(body="依頼"), by=city.contractor)
    with pytest.raises(OnlyTheCity):
        _answer(as_actor, city.contractor, request_id, "cancelled", "不要")


def test_a_case_without_company_has_nobody_to_ask(city: City, as_actor: AsActor, case_id: UUID):
    with as_actor(city.staff) as session:
        change_case(session, case_id, CaseChange(company_id=None), by=city.staff)
        with pytest.raises(NoCompany):
            service.ask(session, case_id, RequestCreate(body="依頼"), by=city.staff)


def test_another_company_sees_and_changes_nothing(
    app: Any, city: City, as_actor: AsActor, request_id: UUID, case_id: UUID
):
    _answer(as_actor, city.contractor, request_id, "acknowledged")
    for other in (city.other_contractor, city.ended_contractor):
        with as_actor(other) as session:
            assert queries.request(session, request_id) is None
            assert queries.records(session, request_id) == []
            assert queries.of_case(session, case_id) == []
            assert rows(session, "select 1 from work_request") == []
            assert rows(session, "select 1 from work_record") == []
        with pytest.raises(NotFound):
            _answer(as_actor, other, request_id, "work", "他社の作業")
    client = _client(app, city, "other_contractor")
    assert client.get(f"/work/{request_id}").status_code == 404
    assert client.get(f"/cases/{case_id}/requests").status_code == 404
    answer = client.post(f"/work/{request_id}/records/work", data={"work-body": "他社の作業"})
    assert answer.status_code == 404
    own = {"company_id": str(city.company_id)}
    assert "青空" not in client.get("/work").text + client.get("/work/month", params=own).text
    book = load_workbook(io.BytesIO(client.get("/work/month.xlsx", params=own).content))
    assert [sheet.max_row for sheet in book] == [1, 1, 1]


@pytest.mark.parametrize(
    ("kind", "company"), [("work", "company_id"), ("work", "other_company_id")]
)
def test_the_database_itself_refuses_a_foreign_record(
    city: City, as_actor: AsActor, request_id: UUID, kind: str, company: str
):
    """Not even with the application's checks out of the way."""
    values = {
        "id": new_id(),
        "request": request_id,
        "company": getattr(city, company),
        "kind": kind,
    }
    statement = text(
        "insert into work_record (id, request_id, company_id, kind, author_name)"
        " values (:id, :request, :company, :kind, '他社')"
    )

    def insert(by: Actor, **changes: Any) -> None:
        with as_actor(by) as session:
            session.execute(statement, values | changes)

    with pytest.raises(DBAPIError):
        insert(city.other_contractor)
    with pytest.raises(DBAPIError):
        insert(city.contractor, company=city.company_id, kind="cancelled")


def test_the_month_of_a_company_is_its_own(
    app: Any, city: City, as_actor: AsActor, request_id: UUID
):
    _answer(as_actor, city.contractor, request_id, "acknowledged")
    _answer(as_actor, city.contractor, request_id, "work", "=2+3 を測定")
    client = _client(app, city, "contractor")
    book = load_workbook(io.BytesIO(client.get("/work/month.xlsx").content))
    cases, reports, work = (list(sheet.values) for sheet in book)
    with as_actor(city.contractor) as session:
        own = rows(session, "select case_no from fault_case where company_id = gesuibo.company()")
    assert {row[0] for row in cases[1:]} <= {row.case_no for row in own}
    assert len(reports) > 1
    assert "=2+3 を測定" in [row[7] for row in work]
    cells = [cell for row in book["依頼への対応"].iter_rows() for cell in row]
    assert next(cell for cell in cells if cell.value == "=2+3 を測定").data_type in {"s", "f"}
    assert client.get("/work/month?month=2026-13").status_code == 400


@pytest.mark.usefixtures("nothing_pending")
def test_both_sides_are_told(
    engine: Engine, session: Session, city: City, as_actor: AsActor, request_id: UUID
):
    drain(engine)
    _answer(as_actor, city.contractor, request_id, "acknowledged")
    drain(engine)
    told = rows(
        session,
        "select user_id, reason, facts->>'form' as form from notification"
        " where facts->>'href' = :href",
        href=f"/work/{request_id}",
    )
    assert {(row.user_id, row.reason, row.form) for row in told} == {
        (city.contractor.id, "requested", "work_request"),
        (city.staff.id, "requester", "work_changed"),
    }


@pytest.mark.e2e
def test_asked_on_the_case_acknowledged_on_a_phone(
    window: Callable[..., BrowserContext],
    address: str,
    city: City,
    case_id: UUID,
    violations: Callable[[Page], list[str]],
    tmp_path: Path,
):
    def opened(who: str, **options: Any) -> Page:
        context = window(**options)
        context.add_cookies([{"name": "gesuibo", "value": city.tokens[who], "url": address}])
        return context.new_page()

    office = opened("staff", **DESKTOP)
    office.goto(f"{address}/cases/{case_id}")
    office.get_by_role("link", name="会社に対応を依頼する").click()
    office.get_by_label("依頼の内容").fill(
        "軸封部の漏れを止めてください。\n部品の納期も知らせてください。"
    )
    office.get_by_label("期限").fill("2026-12-01")
    assert violations(office) == []
    office.screenshot(path=tmp_path / "ask.png", full_page=True)
    office.get_by_role("button", name="依頼する", exact=True).click()
    expect(office.get_by_text("未受領")).to_be_visible()

    phone = opened("contractor", **PHONE)
    phone.goto(f"{address}/work")
    assert violations(phone) == []
    phone.screenshot(path=tmp_path / "work_phone.png", full_page=True)
    phone.get_by_role("link", name="軸封部の漏れを止めて").first.click()
    phone.get_by_role("button", name="受領する").click()
    expect(phone.get_by_text("受領・作業中")).to_be_visible()
    phone.locator("#work-body").fill("増し締めした")
    phone.get_by_role("button", name="記録する", exact=True).click()
    expect(phone.get_by_text("増し締めした")).to_be_visible()
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.screenshot(path=tmp_path / "request_phone.png", full_page=True)
    desk = opened("contractor", **DESKTOP)
    desk.goto(f"{address}/work/month")
    assert violations(desk) == []
    desk.screenshot(path=tmp_path / "month.png", full_page=True)
