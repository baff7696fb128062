"""The first page's figures are those of the lists and of the register."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.clock import JST, now
from service.core.database import SYSTEM, identify
from service.core.settings import Settings
from service.faults.domain import WaitReason
from service.faults.overview import MONTHS, ledger_coverage, months, overview
from service.faults.schemas import Wait
from service.faults.service import file_report, take_step
from service.faults.steps import Step
from tests.browser import DESKTOP, PHONE, served
from tests.service.faults.conftest import AsActor, City, make_report, rows


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> Any:
    return create_app(engine=engine, settings=settings)


@pytest.fixture
def system(session: Session) -> Iterator[Session]:
    identify(session, SYSTEM)
    yield session
    session.rollback()


@pytest.fixture
def waiting(city: City, as_actor: AsActor) -> City:
    """One case waits for parts, one is as it came."""
    with as_actor(city.contractor) as session:
        cases = [
            file_report(session, make_report(city), by=city.contractor).case_id for _ in range(2)
        ]
    with as_actor(city.staff) as session:
        for step in (Step.ACCEPT, Step.START):
            take_step(session, cases[0], step, by=city.staff)
        given = Wait(wait_reason=WaitReason.PARTS, reason="納期未定")
        take_step(session, cases[0], Step.WAIT, given, by=city.staff)
    return city


def test_every_figure_counts_what_its_list_shows(waiting: City, as_actor: AsActor):
    city = waiting
    with as_actor(city.contractor) as session:
        seen = overview(session)
        known = rows(session, "select state, urgency, wait_reason from fault_case")
    is_open = [row for row in known if row.state not in {"closed", "merged", "dismissed"}]
    assert seen.by_urgency == {
        level: sum(row.urgency == level for row in is_open)
        for level in {row.urgency for row in is_open}
    }
    assert {row.wait_reason: row.cases for row in seen.waiting} == {
        reason: sum(row.wait_reason == reason for row in known)
        for reason in {row.wait_reason for row in known if row.state == "waiting"}
    }
    assert seen.received_today >= 2


def test_the_list_of_a_reason_holds_the_cases_that_wait_for_it(waiting: City, app: Any):
    cookies = {"gesuibo": waiting.tokens["contractor"]}
    client = TestClient(app, headers={"accept": "text/html"}, cookies=cookies)
    page = client.get("/").text
    [count] = re.findall(r'wait_reason=parts">部品待ち</a></dt><dd>(\d+) 件', page)
    listed = client.get("/cases?state=waiting&wait_reason=parts").text
    assert len(set(re.findall(r'href="/cases/([0-9a-f-]{36})"', listed))) == int(count)
    assert "部品待ち" in listed


def test_what_nobody_accepted_in_the_contracts_time_is_overdue(city: City, system: Session):
    report = make_report(city)
    with system.no_autoflush:
        case_id = file_report(system, report, by=city.contractor).case_id
    target = "update contract set response_target_min = :minutes where company_id = :company"
    system.execute(text(target), {"minutes": 60, "company": city.company_id})

    def is_overdue(minutes_ago: int) -> bool:
        at = now() - timedelta(minutes=minutes_ago)
        system.execute(
            text("update fault_case set reported_at = :at where id = :id"),
            {"at": at, "id": case_id},
        )
        return case_id in {row.id for row in overview(system).overdue}

    assert not is_overdue(59)
    assert is_overdue(61)
    system.execute(text("update fault_case set state = 'accepted' where id = :id"), {"id": case_id})
    assert not is_overdue(61)


def test_twelve_months_end_with_this_one(waiting: City, as_actor: AsActor):
    with as_actor(waiting.contractor) as session:
        found = months(session)
        this = now().astimezone(JST).date().replace(day=1)
        expected = rows(
            session,
            "select count(*) as n from fault_case where state <> 'merged'"
            " and (reported_at at time zone 'Asia/Tokyo')::date >= :first",
            first=this,
        )
    assert len(found) == MONTHS
    assert found[-1].first == this
    assert [one.first.day for one in found] == [1] * MONTHS
    assert found[-1].received == expected[0].n >= 2
    assert max(max(one.received_height, one.closed_height) for one in found) == 1.0


def test_coverage_counts_the_register(system: Session, city: City):
    before = {one.href: (one.known, one.total) for one in ledger_coverage(system)}
    system.execute(
        text("update device set installed_from = null, installed_to = null where id = :id"),
        {"id": city.new_device_id},
    )
    after = {one.href: (one.known, one.total) for one in ledger_coverage(system)}
    known, total = before["/quality/no-date"]
    assert after["/quality/no-date"] in {(known - 1, total), (known, total)}
    assert all(0 <= known <= total for known, total in after.values())


@pytest.mark.e2e
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1440"])
def test_the_first_page_brings_the_slow_figures_by_itself(
    app: Any,
    waiting: City,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict[str, Any],
):
    with served(app) as address:
        context = window(**size)
        token = {"name": "gesuibo", "value": waiting.tokens["staff"], "url": address}
        context.add_cookies([token])
        page = context.new_page()
        page.goto(address)
        expect(page.get_by_role("heading", name="台帳の整い具合", exact=True)).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.goto(f"{address}/overview")
        assert violations(page) == []
        context.close()


def test_a_company_sees_no_figures_of_the_register(app: Any, city: City):
    cookies = {"gesuibo": city.tokens["contractor"]}
    client = TestClient(app, headers={"accept": "text/html"}, cookies=cookies)
    page = client.get("/overview").text
    assert "12か月の推移" in page
    assert "設置年月が分かる機器" not in page
