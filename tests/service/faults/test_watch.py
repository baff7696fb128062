"""The wall screen keeps itself fresh or says that it is not; one tap accepts at night."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.clock import now
from service.core.i18n.locales import Locale
from service.core.settings import Settings
from service.faults import watch
from service.faults.schemas import CaseChange
from service.faults.service import change_case, file_report, take_step
from service.faults.steps import Step
from tests.browser import PHONE, served
from tests.service.faults.conftest import AsActor, City, make_report, rows

WALL: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> Any:
    return create_app(engine=engine, settings=settings)


@pytest.fixture(scope="module")
def address(app: Any) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture
def opened(window: Callable[..., BrowserContext], address: str, city: City) -> Callable[..., Page]:
    def open_page(**options: Any) -> Page:
        context = window(**options)
        context.add_cookies([{"name": "gesuibo", "value": city.tokens["staff"], "url": address}])
        return context.new_page()

    return open_page


def _emergency(city: City, as_actor: AsActor, body: str = "マンホールから溢水") -> Any:
    report = make_report(
        city,
        environment_effects=["overflow"],
        operation_effect="stopped",
        reporter_contact="０９０（１２３４）５６７８ 昼夜可",
        body=body,
    )
    with as_actor(city.contractor) as session:
        return file_report(session, report, by=city.contractor).case_id


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("090-1234-5678", "09012345678"),
        ("０４６６（１２）３４５６", "0466123456"),
        ("内線なし 0466ー12ー3456まで", "0466123456"),
        ("a@example.jp", None),
        ("", None),
        (None, None),
    ],
)
def test_numbers_are_found_in_what_people_type(typed: str | None, number: str | None):
    assert watch.phone_number(typed) == number


@pytest.mark.parametrize(
    ("minutes", "told"), [(0, "0分前"), (59, "59分前"), (60, "1時間前"), (3000, "2日前")]
)
def test_elapsed_time_in_its_largest_unit(minutes: int, told: str):
    assert watch.elapsed(now() - timedelta(minutes=minutes), Locale.JA) == told


def test_only_emergencies_wait_at_night(city: City, as_actor: AsActor):
    urgent = _emergency(city, as_actor)
    with as_actor(city.contractor) as session:
        calm = file_report(session, make_report(city), by=city.contractor).case_id
        judged = file_report(session, make_report(city), by=city.contractor).case_id
    with as_actor(city.staff) as session:
        change_case(session, judged, CaseChange(urgency="A"), by=city.staff)
        waiting = {row.id for row in watch.unaccepted(session)}
        take_step(session, urgent, Step.ACCEPT, by=city.staff)
        assert urgent in {row.id for row in watch.at_work(session)}
        assert urgent not in {row.id for row in watch.unaccepted(session)}
    assert {urgent, judged} <= waiting
    assert calm not in waiting


def test_unaccepted_emergencies_come_first_on_the_wall(city: City, as_actor: AsActor):
    _emergency(city, as_actor)
    with as_actor(city.contractor) as session:
        file_report(session, make_report(city), by=city.contractor)
        board = watch.board(session, limit=100)
        few = watch.board(session, limit=1)
    ranks = [(row.state == "reported" and row.emergency, row.emergency) for row in board.cases]
    assert ranks == sorted(ranks, reverse=True)
    assert {row.emergency for row in board.cases} == {True, False}
    assert (board.more, few.more) == (0, len(board.cases) - 1)


def test_a_companys_wall_shows_its_own_cases(city: City, as_actor: AsActor, app: Any):
    case_id = _emergency(city, as_actor)
    with as_actor(city.other_contractor) as session:
        board = watch.board(session, limit=8)
        assert (board.cases, board.received_today, board.counts.total) == ([], 0, 0)
    with as_actor(city.contractor) as session:
        assert case_id in {row.id for row in watch.board(session, limit=100).cases}
    cookies = {"gesuibo": city.tokens["contractor"]}
    client = TestClient(app, headers={"accept": "text/html"}, cookies=cookies)
    assert client.get("/night").status_code == 403


def test_accepted_by_another_meanwhile_is_said(city: City, as_actor: AsActor, app: Any):
    case_id = _emergency(city, as_actor)
    with as_actor(city.staff) as session:
        take_step(session, case_id, Step.ACCEPT, by=city.staff)
    headers = {"origin": "http://testserver", "accept": "text/html"}
    client = TestClient(app, headers=headers, cookies={"gesuibo": city.tokens["staff"]})
    answer = client.post(f"/night/{case_id}/accept", data={"version": "1"})
    assert answer.status_code == 412
    assert "ほかの人が先に変更しました" in answer.text
    assert client.post(f"/night/{case_id}/accept").status_code == 422


@pytest.mark.e2e
def test_the_wall_refreshes_itself_and_says_when_it_cannot(
    opened: Callable[..., Page],
    address: str,
    city: City,
    as_actor: AsActor,
    violations: Callable[[Page], list[str]],
    tmp_path: Path,
):
    case_id = _emergency(city, as_actor)
    wall = opened(**WALL)
    wall.goto(f"{address}/wall")
    tile = wall.locator(".wall__tile dd").first
    before = int(tile.inner_text().replace(",", ""))
    expect(wall.get_by_text("更新が止まっています")).to_be_hidden()
    wall.wait_for_timeout(1500)  # the stream is open
    _emergency(city, as_actor, "制御盤から発煙")
    expect(tile).to_have_text(f"{before + 1:,}", timeout=10_000)
    assert violations(wall) == []
    wall.screenshot(path=tmp_path / "wall.png")
    wall.context.set_offline(True)
    expect(wall.get_by_text("更新が止まっています")).to_be_visible()
    assert violations(wall) == []
    wall.screenshot(path=tmp_path / "wall_stale.png")
    with as_actor(city.staff) as session:
        take_step(session, case_id, Step.ACCEPT, by=city.staff)
    wall.context.set_offline(False)
    expect(wall.get_by_text("更新が止まっています")).to_be_hidden()
    expect(tile).to_have_text(f"{before:,}", timeout=10_000)


@pytest.mark.e2e
def test_one_tap_accepts_at_night(
    opened: Callable[..., Page],
    address: str,
    city: City,
    as_actor: AsActor,
    violations: Callable[[Page], list[str]],
    tmp_path: Path,
):
    case_id = _emergency(city, as_actor)
    phone = opened(**PHONE)
    phone.goto(f"{address}/night")
    card = phone.locator(f'[data-row="{case_id}"]')
    expect(card.get_by_role("link", name="報告者に電話")).to_have_attribute(
        "href", "tel:09012345678"
    )
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.screenshot(path=tmp_path / "night.png", full_page=True)
    button = card.get_by_role("button", name="受け付ける")
    assert (button.bounding_box() or {"height": 0})["height"] >= 48
    button.tap()
    expect(phone.locator(f'[data-row="{case_id}"]')).to_have_count(0)
    expect(phone.get_by_role("heading", name="受け付けた緊急の案件")).to_be_visible()
    assert violations(phone) == []
    phone.screenshot(path=tmp_path / "night_after.png", full_page=True)


def test_what_was_said_to_be_urgent_is_on_the_board_and_tells_of_itself(
    city: City, as_actor: AsActor
):
    with as_actor(city.contractor) as session:
        said = file_report(session, make_report(city, severity=1), by=city.contractor).case_id
        other = file_report(session, make_report(city), by=city.contractor).case_id
    with as_actor(city.staff) as session:
        urgent = {row.id: row.emergency for row in watch.board(session, limit=1000).cases}
        told = rows(
            session,
            "select (payload ->> 'emergency')::bool as emergency from outbox_event"
            " where topic = 'report.filed' and payload ->> 'case_id' = :id",
            id=str(said),
        )
    assert (urgent[said], urgent[other]) == (True, False)
    assert [row.emergency for row in told] == [True]
