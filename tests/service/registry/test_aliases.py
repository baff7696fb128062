"""Other names of equipment: kept with their days, found by search, ended and taken back."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from service.registry import aliases
from service.registry.domain import AliasKind, AliasTwice, EndsBeforeStart
from service.registry.queries import aliases as queries
from service.registry.queries import positions
from service.registry.schemas.aliases import AliasCreate, AliasEnd
from service.registry.schemas.life import Withdrawal
from tests.browser import DESKTOP, PHONE, served
from tests.factories import (
    PASSWORD,
    make_company,
    make_contract,
    make_device,
    make_facility,
    make_position,
    make_user,
    sign_in_client,
)

SHOTS = Path(__file__).parents[2] / "e2e" / "screenshots"


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(settings, engine)


@pytest.fixture(scope="module")
def staff(app: FastAPI, engine: Engine) -> TestClient:
    with transaction(engine) as session:
        user = make_user(session)
    return sign_in_client(app, user)


def _found(session: Session, typed: str) -> set[str]:
    rows = positions.page(session, {"q": typed}, after="", limit=50)
    return {row["position_code"] for row in rows}


def test_an_old_number_is_found_after_its_end_and_names_its_days(
    session: Session, terminal: Actor
) -> None:
    position = make_position(session)
    new = AliasCreate(kind=AliasKind.OLD_NUMBER, name="旧K-77-Ａ", starts_on=date(1990, 4, 1))
    alias = aliases.add_to_position(session, position.id, new, by=terminal)
    assert _found(session, "旧k77a") == {position.position_code}
    aliases.end_alias(session, alias.id, AliasEnd(ends_on=date(2010, 4, 1)), by=terminal)
    row = queries.of_owner(session, position.id)[0]
    assert (row["starts_on"], row["ends_on"]) == (date(1990, 4, 1), date(2010, 4, 1))
    assert _found(session, "旧K-77-A") == {position.position_code}
    assert position.legacy_codes == ["旧K-77-Ａ"], "ledgers are matched by it"
    meant = queries.meant(session, "旧K77A", [position.id])[position.id]
    assert (meant["kind"], meant["name"]) == ("old_number", "旧K-77-Ａ")


def test_what_was_entered_wrongly_is_taken_back(session: Session, terminal: Actor) -> None:
    position = make_position(session, legacy_codes=["H-1"])
    new = AliasCreate(kind=AliasKind.OLD_NUMBER, name="誤記番号9")
    alias = aliases.add_to_position(session, position.id, new, by=terminal)
    aliases.withdraw_alias(session, alias.id, Withdrawal(reason="別の設備の番号"), by=terminal)
    assert _found(session, "誤記番号9") == set()
    assert position.legacy_codes == ["H-1"]


def test_a_drawing_number_never_matches_ledgers(session: Session, terminal: Actor) -> None:
    position = make_position(session)
    new = AliasCreate(kind=AliasKind.DRAWING_NUMBER, name="図M-012")
    aliases.add_to_position(session, position.id, new, by=terminal)
    assert (position.legacy_codes, position.alias_names) == ([], ["図M-012"])
    assert _found(session, "図M012") == {position.position_code}


def test_the_same_name_twice_on_a_day_is_refused(session: Session, terminal: Actor) -> None:
    device = make_device(session)
    first = AliasCreate(kind=AliasKind.COMMON_NAME, name="大ポンプ", ends_on=date(2000, 1, 1))
    aliases.add_to_device(session, device.id, first, by=terminal)
    again = first.model_copy(update={"starts_on": date(1999, 12, 31), "ends_on": None})
    with pytest.raises(AliasTwice), session.begin_nested():
        aliases.add_to_device(session, device.id, again, by=terminal)
    later = first.model_copy(update={"starts_on": date(2000, 1, 1), "ends_on": None})
    alias = aliases.add_to_device(session, device.id, later, by=terminal)
    with pytest.raises(EndsBeforeStart):
        aliases.end_alias(session, alias.id, AliasEnd(ends_on=date(2000, 1, 1)), by=terminal)


def test_aliases_over_http(staff: TestClient, app: FastAPI, engine: Engine) -> None:
    with transaction(engine) as session:
        position = make_position(session)
        device = make_device(session)
        code = position.position_code
        company = make_company(session)
        make_contract(session, company, [make_facility(session)])
        stranger = make_user(session, Role.CONTRACTOR, company)
    for owner in (f"positions/{position.id}", f"devices/{device.id}"):
        made = staff.post(
            f"/api/v1/{owner}/aliases", json={"kind": "common_name", "name": f"通称-{code}"}
        )
        assert made.status_code == 201
        ended = staff.post(
            f"/api/v1/aliases/{made.json()['id']}/end", json={"ends_on": "2020-04-01"}
        )
        assert ended.json()["ends_on"] == "2020-04-01"
        assert staff.get(f"/api/v1/{owner}/aliases").json() == [ended.json()]
    listed = staff.get("/positions", params={"q": f"通称-{code}"}).text
    assert f"通称: 通称-{code}" in listed
    found = staff.get("/search", params={"q": f"通称-{code}"}).text
    assert found.count(f"通称: 通称-{code}") == 2
    exported = staff.get("/lists/positions.csv", params={"q": f"通称-{code}"}).text
    assert f"通称-{code}" in exported.splitlines()[1]
    theirs = sign_in_client(app, stranger)
    assert theirs.get(f"/api/v1/positions/{position.id}/aliases").status_code == 404
    assert theirs.get(f"/positions/{position.id}/aliases").status_code == 404
    refused = theirs.post(
        f"/api/v1/positions/{position.id}/aliases", json={"kind": "old_number", "name": "X"}
    )
    assert refused.status_code == 403
    gone = staff.post(f"/api/v1/aliases/{made.json()['id']}/withdrawal", json={"reason": "誤り"})
    assert gone.status_code == 204
    assert staff.get(f"/api/v1/devices/{device.id}/aliases").json() == []


@pytest.mark.e2e
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_name_is_recorded_ended_and_found_in_the_browser(
    app: FastAPI,
    engine: Engine,
    window: Callable[..., BrowserContext],
    violations: Callable[[Page], list[str]],
    size: dict,
) -> None:
    width = size["viewport"]["width"]
    with transaction(engine) as session:
        position = make_position(session, name="No.2汚水ポンプ", legacy_codes=["旧-11"])
        user = make_user(session)
    old = f"旧{position.position_code}"
    with served(app) as url:
        page = window(**size).new_page()
        page.goto(f"{url}/sign-in")
        page.get_by_label("利用者名").fill(user.username)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        page.goto(f"{url}/positions/{position.id}")
        page.get_by_role("link", name="別名を記録する").click()
        page.get_by_label("番号・名称").fill(old)
        page.get_by_label("使い始めた日").fill("1998-04-01")
        page.get_by_role("button", name="記録する").click()
        page.get_by_role("link", name="直す").click()
        assert violations(page) == []
        page.get_by_label("使わなくなった日").fill("2012-04-01")
        page.get_by_role("button", name="使わなくなった日を記録する").click()
        expect(page.get_by_text("平成24年3月31日")).to_be_visible()
        assert violations(page) == []
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"aliases-{width}.png", full_page=True)
        page.goto(f"{url}/search?q={old}")
        expect(page.get_by_text(f"旧番号: {old}")).to_be_visible()
        page.screenshot(path=SHOTS / f"aliases-found-{width}.png", full_page=True)
        assert violations(page) == []
        page.goto(f"{url}/positions/{position.id}")
        expect(page.get_by_text("平成24年3月31日")).to_be_visible()
        page.screenshot(path=SHOTS / f"aliases-position-{width}.png", full_page=True)
        assert violations(page) == []
