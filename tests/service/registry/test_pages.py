"""The register as people see it: pages lead on, places open, case numbers lead to the cases."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.database import transaction
from service.core.settings import Settings
from service.registry.models import Facility
from tests.browser import DESKTOP, PHONE, served
from tests.factories import (
    make_class,
    make_device,
    make_facility,
    make_installation,
    make_position,
    make_user,
    sign_in_client,
)

MORE_THAN_A_FEW = 120


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(settings, engine)


@pytest.fixture(scope="module")
def staff(app: FastAPI, engine: Engine) -> TestClient:
    with transaction(engine) as session:
        user = make_user(session)
    return sign_in_client(app, user)


@pytest.fixture(scope="module")
def plant(engine: Engine) -> Facility:
    """A hundred and twenty positions in two places."""
    with transaction(engine) as session:
        plant = make_facility(session, name="架空大浄化センター", facility_type="treatment_plant")
        kind = make_class(session)
        session.execute(
            text(
                "insert into location (id, facility_id, location_code, kind, name, path)"
                " select gen_random_uuid(), :f, 'L' || n, 'room', '室' || n, '水処理棟/室' || n"
                " from generate_series(0, 1) n"
            ),
            {"f": plant.id},
        )
        session.execute(
            text(
                "insert into position"
                " (id, position_code, facility_id, class_id, name, location_id, health)"
                " select gen_random_uuid(), :code || '-' || lpad(n::text, 4, '0'), :f, :c,"
                " '架空大ポンプ' || n, l.id, 1 + n % 5"
                " from generate_series(1, :count) n"
                " join location l on l.facility_id = :f and l.location_code = 'L' || n % 2"
            ),
            {"f": plant.id, "c": kind.id, "code": plant.facility_code, "count": MORE_THAN_A_FEW},
        )
        return plant


def names(page: str) -> list[str]:
    return re.findall(r"架空大ポンプ\d+", page)


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else None


def test_pages_lead_forth_and_back(staff: TestClient, plant: Facility) -> None:
    first = staff.get(f"/positions?facility={plant.facility_code}").text
    assert "120 件" in first
    assert (len(names(first)), link(first, "prev")) == (50, None)
    second = staff.get(link(first, "next") or "").text
    third = staff.get(link(second, "next") or "").text
    assert (len(names(third)), link(third, "next")) == (20, None)
    assert len(set(names(first) + names(second) + names(third))) == 120
    back = staff.get(link(third, "prev") or "").text
    assert names(back) == names(second)
    assert names(staff.get(link(back, "prev") or "").text) == names(first)


def test_unknown_choices_of_a_shared_address_are_dropped(staff: TestClient) -> None:
    assert (
        staff.get("/positions?health=9&status=x&criticality=Z&facility_type=y").status_code == 200
    )


def test_a_large_facility_fills_a_place_when_it_is_opened(
    staff: TestClient, plant: Facility
) -> None:
    closed = staff.get(f"/facilities/{plant.id}").text
    assert ("水処理棟/室0" in closed, names(closed)) == (True, [])
    opened = staff.get(f"/facilities/{plant.id}", params={"place": "水処理棟/室0"}).text
    assert len(names(opened)) == 60
    fragment = staff.get(
        f"/facilities/{plant.id}",
        params={"place": "水処理棟/室0"},
        headers={"hx-request": "true", "hx-request-type": "partial"},
    ).text
    assert len(names(fragment)) == 60
    assert "<html" not in fragment


@pytest.mark.e2e
def test_a_place_opens_in_the_browser(
    app: FastAPI, staff: TestClient, plant: Facility, window: Callable[..., BrowserContext]
) -> None:
    with served(app) as url:
        context = window(**DESKTOP)
        context.add_cookies([{"name": "gesuibo", "value": staff.cookies["gesuibo"], "url": url}])
        page = context.new_page()
        page.goto(f"{url}/facilities/{plant.id}")
        page.locator("#place-2 summary").click()
        expect(page.locator("#place-2 li")).to_have_count(60)
        expect(page.locator("#place-1 li")).to_have_count(0)


@pytest.mark.e2e
def test_no_button_stands_on_end_on_a_telephone(
    app: FastAPI, staff: TestClient, window: Callable[..., BrowserContext]
) -> None:
    with served(app) as url:
        context = window(**PHONE)
        context.add_cookies([{"name": "gesuibo", "value": staff.cookies["gesuibo"], "url": url}])
        page = context.new_page()
        for path in ("/positions", "/facilities", "/cases", "/inbox"):
            page.goto(url + path)
            tall = "all => all.filter(one => one.offsetHeight > 1.5 * one.offsetWidth).length"
            assert page.locator("main .button").evaluate_all(tall) == 0, path


@pytest.mark.parametrize("typed", ["R8-TJ-0012", "Ｒ８－ＴＪ－００１２"])
def test_a_case_number_leads_to_the_cases(staff: TestClient, typed: str) -> None:
    answer = staff.get("/search", params={"q": typed})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/cases?q=")


def test_search_finds_facilities_positions_and_devices(staff: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        place = make_facility(session, name="探索架空ポンプ場")
        position = make_position(session, place, name="探索架空ポンプ")
        device = make_device(session, serial_no="探索架空-1")
        make_installation(session, position, device)
    page = staff.get("/search", params={"q": "探索架空"}).text
    for address in (
        f"/facilities/{place.id}",
        f"/positions/{position.id}",
        f"/devices/{device.id}",
    ):
        assert address in page
    assert "見つかりませんでした" in staff.get("/search", params={"q": "探索 不存在"}).text


def test_a_position_shows_dates_in_both_calendars_and_its_whole_history(
    staff: TestClient, engine: Engine
) -> None:
    with transaction(engine) as session:
        position = make_position(session, health=2, health_judged_on=date(2022, 10, 1))
        first = make_device(session)
        second = make_device(
            session,
            installed_from=date(2014, 4, 1),
            installed_to=date(2015, 3, 31),
            installed_precision="fiscal_year",
            installed_raw="H26年度",
        )
        make_installation(
            session, position, first, starts_on=date(1983, 3, 1), ends_on=date(2014, 6, 1)
        )
        make_installation(session, position, second, starts_on=date(2014, 6, 1), kind="renewal")
    page = staff.get(f"/positions/{position.id}").text
    for words in (
        "平成26年度",
        "健全度 2 機能停止のおそれ",
        "令和4年10月1日",
        "昭和58年3月1日",
        "平成26年5月31日",
        first.asset_code,
        second.asset_code,
        f'hx-get="/positions/{position.id}/cases"',
        f'hx-get="/positions/{position.id}/tags"',
    ):
        assert words in page


def test_the_form_changes_what_it_shows(staff: TestClient, engine: Engine) -> None:
    with transaction(engine) as session:
        position = make_position(session, health=3, health_judged_on=date(2022, 10, 1))
    form: dict[str, Any] = {"version": "1", "criticality": "A", "status": "suspended"}
    form |= {"health": "2", "health_judged_on": "2026-10-05", "note": "振動大"}
    assert staff.post(f"/positions/{position.id}", data=form).status_code == 303
    read = staff.get(f"/api/v1/positions/{position.id}").json()
    assert (read["criticality"], read["status"], read["note"]) == ("A", "suspended", "振動大")
    assert (read["health"], read["health_judged_on"]) == (2, "2026-10-05")


@pytest.mark.e2e
def test_the_list_follows_the_typing_and_the_address_follows_the_list(
    app: FastAPI, staff: TestClient, plant: Facility, window: Callable[..., BrowserContext]
) -> None:
    with served(app) as url:
        context = window(**DESKTOP)
        context.add_cookies([{"name": "gesuibo", "value": staff.cookies["gesuibo"], "url": url}])
        page = context.new_page()
        page.goto(f"{url}/facilities")
        page.goto(f"{url}/positions?facility={plant.facility_code}")
        page.locator("#q").press_sequentially("架空大ポンプ11", delay=30)
        expect(page.locator(".page-head__lead")).to_have_text("11 件の設置箇所")
        expect(page.locator("#q")).to_be_focused()
        expect(page.locator("#q")).to_have_value("架空大ポンプ11")
        page.locator("#health").select_option("2")
        expect(page.locator("tbody tr")).to_have_count(3)
        shared = context.new_page()
        shared.goto(page.url)
        expect(shared.locator("tbody tr")).to_have_count(3)
        page.go_back()
        expect(page).to_have_url(f"{url}/facilities")
