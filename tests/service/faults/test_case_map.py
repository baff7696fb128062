"""The map of a list shows the list's own cases, to whoever may see them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.core.settings import Settings
from service.faults.service import file_report
from tests.browser import DESKTOP, PHONE, served
from tests.service.faults.conftest import AsActor, City, make_report, rows


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> Any:
    return create_app(engine=engine, settings=settings)


@pytest.fixture
def reader(app: Any, city: City) -> Callable[[str], TestClient]:
    def of(who: str) -> TestClient:
        cookies = {"gesuibo": city.tokens[who]}
        return TestClient(app, headers={"accept": "text/html"}, cookies=cookies)

    return of


@pytest.fixture
def mapped(city: City, as_actor: AsActor) -> Iterator[City]:
    """Three open cases in the first facility, which has a place for as long as a test lasts."""
    with as_actor(city.contractor) as session:
        for _ in range(3):
            file_report(session, make_report(city), by=city.contractor)
    place = "update facility set geom = {} where id = :id"
    point = "st_setsrid(st_makepoint(139.7, 35.6), 6668)"
    with as_actor(city.engineer) as session:
        rows(session, place.format(point) + " returning id", id=city.facility_id)
    yield city
    with as_actor(city.engineer) as session:
        rows(session, place.format("null") + " returning id", id=city.facility_id)


def told_of(page: str, city: City) -> int:
    """What the map says of the first facility."""
    spot = re.search(
        rf'<a href="/(?:inbox|cases)\?facility_id={city.facility_id}" aria-label="\S+ (\d+)件', page
    )
    return int(spot.group(1)) if spot else 0


def counted(as_actor: AsActor, city: City, condition: str) -> int:
    with as_actor(city.staff) as session:
        found = rows(
            session,
            f"select count(*) as n from fault_case where facility_id = :id and {condition}",
            id=city.facility_id,
        )
    return int(found[0].n)


def test_the_map_counts_the_cases_of_the_list(
    reader: Callable[[str], TestClient], mapped: City, as_actor: AsActor
):
    staff = reader("staff")
    is_open = "state not in ('closed', 'merged', 'dismissed')"
    expected = counted(as_actor, mapped, is_open)
    assert expected >= 3
    assert told_of(staff.get("/inbox/map").text, mapped) == expected
    everything = counted(as_actor, mapped, "true")
    assert told_of(staff.get("/cases/map").text, mapped) == everything
    other = f"/inbox/map?facility_id={mapped.other_facility_id}"
    assert told_of(staff.get(other).text, mapped) == 0
    assert "該当する案件はありません" in staff.get("/cases/map?q=そんな言葉はない").text


def test_a_company_sees_its_own_cases_only(reader: Callable[[str], TestClient], mapped: City):
    own, other = (reader(who).get("/cases/map") for who in ("contractor", "other_contractor"))
    assert own.status_code == other.status_code == 200
    assert told_of(own.text, mapped) >= 3
    assert told_of(other.text, mapped) == 0
    assert reader("contractor").get("/inbox/map").status_code == 403


@pytest.mark.e2e
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1440"])
def test_from_the_map_to_the_list(
    app: Any,
    mapped: City,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict[str, Any],
):
    with served(app) as address:
        context = window(**size)
        token = {"name": "gesuibo", "value": mapped.tokens["staff"], "url": address}
        context.add_cookies([token])
        page = context.new_page()
        page.goto(f"{address}/inbox")
        page.get_by_role("link", name="地図で見る").click()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator(f'svg a[href$="{mapped.facility_id}"]').focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("受信箱")
        assert str(mapped.facility_id) in page.url
        context.close()
