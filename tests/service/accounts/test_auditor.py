"""監査: reads every page, file and answer, finds nobody's name or number, and leaves a trace."""

import re
from datetime import timedelta
from io import BytesIO
from typing import get_args
from zipfile import ZipFile, is_zipfile

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.asgi import create_app
from importers.exporting.api import LedgerName
from service.accounts import service
from service.accounts.actor import Actor, terminal_actor
from service.accounts.domain import AccountExpired, ExpiryMissing, Role
from service.audit.service import seal_pending
from service.core.clock import today
from service.core.database import transaction
from service.core.settings import Settings
from tests.factories import PASSWORD, make_user, sign_in_client
from tests.routes import guarded_routes
from tests.service.accounts.two_companies import MARK, address, key

# Names with and without a blank, numbers in every writing, addresses.
PERSONAL = re.compile(rf"{MARK}\s*の人|090-1111-2222|hito@example\.jp|２２）３３３３|0466-22-3333")
ADMINISTERED = ("/admin/viewings", "/lists/viewings.csv")


@pytest.fixture
def app(engine: Engine, settings: Settings) -> FastAPI:
    return create_app(settings, engine)


def auditor(engine: Engine, app: FastAPI) -> tuple[str, TestClient]:
    with transaction(engine) as session:
        user = service.create_user(
            session,
            username=f"kansa-{today():%Y%m%d}-{id(app)}",
            display_name="架空 監査",
            role=Role.AUDITOR,
            password=PASSWORD,
            expires_on=today(),
            by=terminal_actor("test"),
        )
    return user.username, sign_in_client(app, user)


def words_of(answer: Response) -> str:
    """What a reader finds in it, in workbooks too."""
    if not is_zipfile(BytesIO(answer.content)):
        return answer.text
    with ZipFile(BytesIO(answer.content)) as archive:
        return "\n".join(
            archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
        )


def addresses(app: FastAPI) -> list[str]:
    actor = Actor(id=None, name="", role=Role.AUDITOR)
    routes = [
        address(route.path)
        for route in guarded_routes(app)
        if route.method == "GET"
        and route.permissions
        and all(actor.can(one) for one in route.permissions)
    ]
    ledgers = [
        f"/api/v1/exports/{one}.{form}" for one in get_args(LedgerName) for form in ("csv", "xlsx")
    ]
    past = today() - timedelta(days=1)
    more = [
        f"/positions/{key('position', 'b')}?on={past}",
        f"/facilities/{key('facility', 'b')}?on={past}",
        f"/api/v1/audit?target_type=fault_case&target_id={key('case', 'b')}",
        f"/search?q={MARK}",
        "/lists/cases.xlsx",
        "/lists/positions.json",
    ]
    return [*routes, *ledgers, *more]


@pytest.mark.usefixtures("two_companies")
def test_reads_everything_and_finds_nobody_in_it(engine: Engine, app: FastAPI) -> None:
    username, client = auditor(engine, app)
    with transaction(engine) as session:
        seal_pending(session)
    found, failed, shown = [], [], 0
    asked = addresses(app)
    for one in asked:
        answer = client.get(one)
        told = words_of(answer)
        shown += MARK in told
        if hits := PERSONAL.findall(told):
            found.append((one, set(hits)))
        if one == "/ledgers/trail":
            assert "OK" in told, "the chain is computed over the entries themselves"
        if answer.status_code in {401, 403, 500}:
            failed.append((one, answer.status_code, answer.text[:300]))
    assert (found, failed) == ([], [])
    assert shown > 30, "the silence is no accident: what is nobody's is there"
    with transaction(engine) as session:
        noted = session.execute(
            text(
                "select e.target_id from audit_entry e join user_account u on u.id = e.actor_id"
                " where e.action = 'view' and u.username = :username"
            ),
            {"username": username},
        ).scalars()
        assert sorted(noted) == sorted(one.partition("?")[0] for one in asked)
        administrator = make_user(session, Role.ADMINISTRATOR)
    office = sign_in_client(app, administrator)
    page, file = (office.get(f"{one}?user={username}") for one in ADMINISTERED)
    assert f"/cases/{key('case', 'b')}" in page.text
    assert len(file.text.splitlines()) == len(asked) + 1
    assert client.get(ADMINISTERED[0]).status_code == 403
    assert f"{MARK}の人" in office.get(f"/cases/{key('case', 'b')}").text


@pytest.mark.usefixtures("two_companies")
def test_changes_nothing_and_signs_out(engine: Engine, app: FastAPI) -> None:
    _, client = auditor(engine, app)
    for path in (
        "/views",
        "/notifications/read",
        "/positions",
        f"/cases/{key('case', 'b')}/accept",
    ):
        assert client.post(path, data={"name": "x", "path": "/cases"}).status_code in {
            403,
            404,
            405,
        }
    assert client.get("/account").status_code == 200
    assert client.post("/sign-out").status_code == 303
    assert client.get("/account").status_code in {303, 401}


def test_ends_with_its_day(engine: Engine, app: FastAPI) -> None:
    username, client = auditor(engine, app)
    by = terminal_actor("test")
    with transaction(engine) as session:
        with pytest.raises(ExpiryMissing):
            service.set_expiry(session, username, None, by=by)
        service.set_expiry(session, username, today() - timedelta(days=1), by=by)
    assert client.get("/account").status_code in {303, 401}
    answer = client.post("/sign-in", data={"username": username, "password": PASSWORD})
    assert answer.status_code == 401
    assert "有効期限" in answer.text
    wrong = client.post("/sign-in", data={"username": username, "password": "wrong-password"})
    assert "有効期限" not in wrong.text, "only whoever knows the password is told"
    with transaction(engine) as session:
        with pytest.raises(AccountExpired):
            service.authenticate(session, username, PASSWORD)
        service.set_expiry(session, username, today(), by=by)
        assert service.authenticate(session, username, PASSWORD) is not None
