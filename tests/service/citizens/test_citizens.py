"""The citizens' door: shut unless opened, tells receipt number and status, nothing of anybody."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from starlette.testclient import TestClient

from app.asgi import create_app
from app.worker import drain
from service.citizens import queries
from service.citizens.domain import (
    PublicState,
    new_receipt_no,
    public_state,
    read_receipt_no,
)
from service.citizens.pace import FILINGS, LOOKS, Pace
from service.core.errors import TooManyRequests
from service.core.settings import Settings
from service.faults.domain import CaseState
from service.faults.service import file_report, take_step
from service.faults.steps import Step
from tests.browser import DESKTOP, PHONE, served
from tests.service.faults.conftest import AsActor, City, make_report, rows


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> Any:
    return create_app(engine=engine, settings=settings.model_copy(update={"citizen_door": True}))


@pytest.fixture(scope="module")
def address(app: Any) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    FILINGS.forget()
    LOOKS.forget()
    yield
    FILINGS.forget()
    LOOKS.forget()


@pytest.fixture
def citizen(app: Any) -> TestClient:
    headers = {"origin": "http://testserver", "accept": "text/html"}
    return TestClient(app, headers=headers, follow_redirects=False)


@pytest.fixture
def staff(app: Any, city: City) -> TestClient:
    headers = {"origin": "http://testserver", "accept": "text/html"}
    cookies = {"gesuibo": city.tokens["staff"]}
    return TestClient(app, headers=headers, cookies=cookies, follow_redirects=False)


def _told(**changes: str) -> dict[str, str]:
    return {
        "topic": "odour",
        "place": f"架空町{uuid4().hex}",
        "body": "朝から強いにおいがする",
        "contact": "架空 花子 090-0000-0000",
    } | changes


def _file(citizen: TestClient, **changes: str) -> str:
    answer = citizen.post("/citizen", data=_told(**changes))
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)["receipt"][0]


def _shown(citizen: TestClient, receipt: str) -> str:
    page = citizen.get("/citizen/status", params={"receipt": receipt}).text
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<[^>]+>|\s+", " ", main)


def _id_of(session: Session, receipt: str) -> Any:
    return rows(session, "select id from citizen_request where receipt_no = :no", no=receipt)[0].id


def test_it_is_shut_unless_the_city_opens_it(engine: Engine, settings: Settings, city: City):
    shut = TestClient(create_app(engine=engine, settings=settings), headers={"accept": "text/html"})
    assert settings.citizen_door is False
    for path in ("/citizen", "/citizen/status"):
        assert shut.get(path).status_code == 404
    shut.cookies.set("gesuibo", city.tokens["staff"])
    assert shut.get("/citizen/desk").status_code == 404
    answer = shut.post("/citizen", data=_told(), headers={"origin": "http://testserver"})
    assert answer.status_code == 404


def test_the_receipt_shows_the_status_and_nothing_else(
    citizen: TestClient, staff: TestClient, city: City, as_actor: AsActor, session: Session
):
    receipt = _file(citizen)
    assert "受け付けました" in _shown(citizen, receipt)
    assert "受け付けました" in _shown(citizen, receipt.lower().replace("-", " "))
    with as_actor(city.contractor) as acting:
        filed = file_report(acting, make_report(city), by=city.contractor)
    request_id = _id_of(session, receipt)
    answer = staff.post(f"/citizen/desk/{request_id}/case", data={"case_no": filed.case_no})
    assert answer.status_code == 303
    assert "状況を確認しています" in _shown(citizen, receipt)
    with as_actor(city.staff) as acting:
        take_step(acting, filed.case_id, Step.ACCEPT, by=city.staff)
        take_step(acting, filed.case_id, Step.START, by=city.staff)
    shown = _shown(citizen, receipt)
    assert "対応しています" in shown
    told = ("におい", "架空", "090", filed.case_no, "汚水ポンプ", "浄化センター", "青空")
    assert [word for word in told if word in shown] == []


def test_an_unknown_receipt_is_said(citizen: TestClient):
    answer = citizen.get("/citizen/status", params={"receipt": "2222-2222-2222"})
    assert answer.status_code == 422
    assert "この受付番号は見つかりません" in answer.text
    assert citizen.get("/citizen/status", params={"receipt": "%' or 1=1 --"}).status_code == 422


def test_the_database_shows_visitors_no_more_than_that(engine: Engine, citizen: TestClient):
    """Without an identity only the two functions answer, whatever the code above them asks."""
    receipt = _file(citizen)
    with Session(engine) as visitor:
        assert rows(visitor, "select * from citizen_request") == []
        status = queries.status(visitor, receipt)
        near = queries.near(visitor, longitude=None, latitude=None, place="架空町")
    assert status is not None
    assert set(status._fields) == {"receipt_no", "closed_as", "case_state"}
    assert all(
        set(row._fields) == {"topic", "received_on", "closed_as", "case_state", "away_m"}
        for row in near
    )
    statement = text(
        "insert into citizen_request (id, receipt_no, topic, place, body)"
        " values (gen_random_uuid(), 'x', 'odour', 'x', 'x')"
    )
    with Session(engine) as visitor, pytest.raises(DBAPIError):
        visitor.execute(statement)


def test_contractors_see_nothing_of_it(
    app: Any, city: City, as_actor: AsActor, citizen: TestClient
):
    _file(citizen)
    with as_actor(city.contractor) as acting:
        assert rows(acting, "select 1 from citizen_request") == []
    client = TestClient(app, cookies={"gesuibo": city.tokens["contractor"]})
    assert client.get("/citizen/desk").status_code == 403


def test_what_is_near_is_shown_before_it_is_sent(citizen: TestClient, session: Session):
    here = {"longitude": "139.4500", "latitude": "35.3300", "place": f"甲{uuid4().hex}"}
    _file(citizen, **here)
    close = _told(longitude="139.4505", latitude="35.3302", topic="cover", contact="")
    answer = citizen.post("/citizen", data=close)
    assert answer.status_code == 200
    assert "近くから、すでに届いています" in answer.text
    assert "においがする" in answer.text
    assert "朝から強いにおい" not in answer.text.partition("<form")[0]
    assert here["place"] not in answer.text
    assert close["place"] in answer.text
    assert not rows(session, "select 1 from citizen_request where place = :p", p=close["place"])
    assert citizen.post("/citizen", data=close | {"checked": "true"}).status_code == 303
    far = _told(longitude="139.5500", latitude="35.3300")
    assert citizen.post("/citizen", data=far).status_code == 303
    same_words = _told(place=here["place"].replace("甲", "甲 "))
    assert "近くから" in citizen.post("/citizen", data=same_words).text


def test_mistakes_stand_at_the_field_and_nothing_is_lost(citizen: TestClient):
    answer = citizen.post("/citizen", data=_told(body="", place="本町1丁目"))
    assert answer.status_code == 422
    assert "body-error" in answer.text
    assert 'value="本町1丁目"' in answer.text
    odd = citizen.post("/citizen", data=_told(topic="nonsense", longitude="999", latitude="1"))
    assert odd.status_code == 422


def test_foreign_pages_cannot_send(app: Any):
    foreign = TestClient(app, headers={"origin": "https://elsewhere.example"})
    assert foreign.post("/citizen", data=_told()).status_code == 403


def test_one_client_is_slowed_down(citizen: TestClient):
    for _ in range(FILINGS.allowed):
        _file(citizen)
    answer = citizen.post("/citizen", data=_told())
    assert answer.status_code == 429
    for _ in range(LOOKS.allowed):
        citizen.get("/citizen/status", params={"receipt": "2222-2222-2222"})
    answer = citizen.get("/citizen/status", params={"receipt": "2222-2222-2222"})
    assert answer.status_code == 429


def test_a_bucket_fills_again():
    moment = [0.0]
    pace = Pace(allowed=2, refill_s=10, remembered=2, clock=lambda: moment[0])
    pace.step("a")
    pace.step("a")
    with pytest.raises(TooManyRequests):
        pace.step("a")
    moment[0] = 10.0
    pace.step("a")
    for other in ("b", "c"):
        pace.step(other)
    assert list(pace._buckets) == ["b", "c"]


def test_closing_needs_a_reason_and_ends_it(
    citizen: TestClient, staff: TestClient, session: Session
):
    receipt = _file(citizen)
    path = f"/citizen/desk/{_id_of(session, receipt)}"
    assert staff.post(f"{path}/close", data={"closed_as": "not_ours"}).status_code == 422
    wrong = staff.post(f"{path}/case", data={"case_no": "R8-無い-0001"})
    assert wrong.status_code == 422
    done = staff.post(f"{path}/close", data={"closed_as": "not_ours", "reason": "県道の側溝"})
    assert done.status_code == 303
    shown = _shown(citizen, receipt)
    assert "市の下水道設備ではありませんでした" in shown
    assert "側溝" not in shown
    again = staff.post(f"{path}/close", data={"closed_as": "done", "reason": "もう一度"})
    assert again.status_code == 409


@pytest.mark.usefixtures("nothing_pending")
def test_staff_are_told_and_contractors_not(
    engine: Engine, session: Session, city: City, citizen: TestClient
):
    receipt = _file(citizen)
    drain(engine)
    told = rows(
        session,
        "select u.role from notification n join user_account u on u.id = n.user_id"
        " where n.facts->>'receipt_no' = :no",
        no=receipt,
    )
    assert {row.role for row in told} == {"staff"}


@pytest.mark.parametrize("state", list(CaseState))
def test_every_state_of_a_case_has_a_public_one(state: CaseState):
    assert public_state(None, state) in PublicState
    assert public_state("done", state) is PublicState.DONE


def test_receipt_numbers_are_read_as_people_copy_them():
    receipt = new_receipt_no()
    assert re.fullmatch(r"(\w{4}-){2}\w{4}", receipt)
    assert read_receipt_no(f" {receipt.lower().replace('-', '')} ") == receipt
    assert len({new_receipt_no() for _ in range(1000)}) == 1000


@pytest.mark.e2e
def test_told_on_a_phone_and_looked_up(
    window: Callable[..., BrowserContext],
    address: str,
    city: City,
    violations: Callable[[Page], list[str]],
    tmp_path: Path,
):
    place = {"longitude": 139.31, "latitude": 35.31}
    context = window(**PHONE, geolocation=place, permissions=["geolocation"])
    phone = context.new_page()
    phone.goto(f"{address}/citizen")
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.screenshot(path=tmp_path / "door.png", full_page=True)

    def write(words: str) -> None:
        phone.goto(f"{address}/citizen")
        phone.get_by_label("どのような異常ですか").select_option("overflow")
        phone.get_by_label("場所（住所や目印）").fill("架空橋のたもと")
        phone.get_by_role("button", name="現在地を付ける").tap()
        expect(phone.get_by_text("現在地を付けました。")).to_be_visible()
        phone.get_by_label("くわしい様子").fill(words)
        phone.get_by_role("button", name="送る").tap()

    write("ふたから水があふれている")
    expect(phone.get_by_text("ありがとうございました")).to_be_visible()
    assert violations(phone) == []
    phone.screenshot(path=tmp_path / "received.png", full_page=True)
    write("水があふれている")
    expect(phone.get_by_role("heading", name="近くから、すでに届いています")).to_be_visible()
    assert violations(phone) == []
    phone.screenshot(path=tmp_path / "near.png", full_page=True)
    phone.get_by_role("button", name="それでも送る").tap()
    expect(phone.get_by_text("ありがとうございました")).to_be_visible()

    office = window(**DESKTOP)
    office.add_cookies([{"name": "gesuibo", "value": city.tokens["staff"], "url": address}])
    desk = office.new_page()
    desk.goto(f"{address}/citizen/desk")
    assert violations(desk) == []
    desk.screenshot(path=tmp_path / "desk.png", full_page=True)
    desk.get_by_role("row", name="架空橋のたもと").first.get_by_role("link").first.click()
    expect(desk.get_by_role("heading", name="汚水があふれている")).to_be_visible()
    assert violations(desk) == []
    desk.screenshot(path=tmp_path / "one.png", full_page=True)
