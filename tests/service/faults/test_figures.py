"""Figures of a position and open cases of a facility: counted honestly, or not at all."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine
from sqlmodel import Session

from app.asgi import create_app
from service.accounts.domain import Role
from service.core.clock import now, today
from service.core.database import transaction
from service.core.geometry import LonLat
from service.core.settings import Settings
from service.faults import figures
from service.faults.models import FaultCase
from service.registry.models import Position
from tests.browser import DESKTOP, PHONE, served
from tests.factories import (
    PASSWORD,
    make_class,
    make_company,
    make_contract,
    make_device,
    make_facility,
    make_installation,
    make_position,
    make_user,
    sign_in_client,
)

SHOTS = Path(__file__).parents[2] / "e2e" / "screenshots"


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(settings, engine)


def _case(session: Session, position: Position, days_ago: int, **values: Any) -> None:
    when = now() - timedelta(days=days_ago)
    number = f"K-{position.position_code}-{days_ago}"
    session.add(
        FaultCase(
            case_no=number,
            facility_id=position.facility_id,
            position_id=position.id,
            occurred_at=when,
            reported_at=when,
            **values,
        )
    )
    session.flush()


def test_failures_of_five_years_and_the_days_between_them(session: Session) -> None:
    position = make_position(session)
    make_installation(session, position, starts_on=today() - timedelta(days=4000))
    for days in (3000, 1500, 1200, 900, 600, 300):
        _case(session, position, days)
    _case(session, position, 100, counts_as_failure=False)
    _case(session, position, 50, state="dismissed")
    found = figures.position_figures(session, position.id)
    assert (found.failure_count, found.open_count) == (5, 7)
    assert found.last_failure_on == today() - timedelta(days=300)
    assert found.mean_interval_days == round(5 * 365.25) // 5


def test_a_young_place_is_counted_since_it_is_there(session: Session) -> None:
    position = make_position(session)
    _case(session, make_position(session, position_code=f"{position.position_code}-Z"), 10)
    for days in (3000, 200, 150, 120, 90, 60):
        _case(session, position, days)
    make_installation(session, position, starts_on=today() - timedelta(days=250))
    found = figures.position_figures(session, position.id)
    assert (found.observed_years, found.mean_interval_days) == (0.7, 50)


def test_too_few_failures_say_nothing(session: Session) -> None:
    position = make_position(session)
    empty = figures.position_figures(session, position.id)
    assert (empty.failure_count, empty.since, empty.mean_interval_days) == (0, None, None)
    _case(session, position, 400)
    found = figures.position_figures(session, position.id)
    assert (found.failure_count, found.mean_interval_days) == (1, None)
    assert found.observed_years == 1.1


def test_a_contractor_is_told_no_figures_and_own_cases_only(app: FastAPI, engine: Engine) -> None:
    with transaction(engine) as session:
        position = make_position(session)
        _case(session, position, 3)
        facility_id = position.facility_id
        company = make_company(session)
        facility = make_facility(session)
        make_contract(session, company, [facility])
        user = make_user(session, Role.CONTRACTOR, company)
        own = facility.id
    client = sign_in_client(app, user)
    assert client.get(f"/positions/{position.id}/figures").status_code == 403
    assert client.get(f"/facilities/{facility_id}/cases").status_code == 404
    assert client.get(f"/facilities/{own}/cases").status_code == 200


@pytest.mark.e2e
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_facility_and_the_position_tell_how_they_are(
    app: FastAPI,
    engine: Engine,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict,
) -> None:
    width = size["viewport"]["width"]
    began = date(2001, 4, 1)
    with transaction(engine) as session:
        kind = make_class(session)
        plant = make_facility(session, name="架空南浄化センター", geom=LonLat(139.45, 35.33).ewkt)
        for number, east in enumerate((0.01, 0.02, -0.03), start=1):
            make_facility(
                session,
                name=f"架空{number}号ポンプ場",
                geom=LonLat(139.45 + east, 35.33 + east / 2).ewkt,
            )
        position = make_position(session, plant, class_id=kind.id, health=2)
        make_position(session, plant, class_id=kind.id, status="suspended", name="休止中のポンプ")
        device = make_device(
            session,
            class_id=kind.id,
            installed_from=began,
            installed_to=began,
            installed_precision="day",
        )
        make_installation(session, position, device, starts_on=began)
        for days in (1500, 1200, 900, 600, 300):
            _case(session, position, days, summary="軸受の異音")
        user = make_user(session)
    with served(app) as url:
        page = window(**size).new_page()
        page.goto(f"{url}/sign-in")
        page.get_by_label("利用者名").fill(user.username)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{url}/facilities/{plant.id}")
        expect(page.get_by_role("link", name="この施設の案件をすべて見る")).to_be_visible()
        expect(page.get_by_role("img", name="架空南浄化センターと近くの施設の位置")).to_be_visible()
        assert violations(page) == []
        page.screenshot(path=SHOTS / f"facility-{width}.png", full_page=True)
        page.goto(f"{url}/positions/{position.id}")
        expect(page.get_by_text("平均故障間隔")).to_be_visible()
        expect(page.get_by_text("5 件").first).to_be_visible()
        assert violations(page) == []
        page.screenshot(path=SHOTS / f"position-figures-{width}.png", full_page=True)
