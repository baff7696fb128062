"""With the application's own checks switched off, PostgreSQL alone keeps company B from company A.

Every route of every page and API is called as A's worker, with B's numbers in the address; no
answer may carry B's mark, and nothing of B's may have changed afterwards.
"""

import re
from typing import Annotated, Any, cast
from uuid import UUID

import pytest
from fastapi import Depends, FastAPI
from sqlalchemy import CursorResult, Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session
from starlette.routing import Mount
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.access import current_actor, requires
from service.accounts.actor import Actor
from service.accounts.domain import Role, token_hash
from service.accounts.permissions import Permission
from service.core.clock import now, today
from service.core.database import SYSTEM, RowIdentity, identify, transaction
from service.core.errors import NotSignedIn
from service.core.settings import Settings
from tests.routes import guarded_routes
from tests.service.accounts.two_companies import MARK, OWN_MARK, TABLES, TOKEN, address, key


def as_a(session: Session) -> None:
    identify(
        session,
        RowIdentity("contractor", UUID(key("company", "a")), UUID(key("user", "a"))),
    )


@pytest.mark.usefixtures("two_companies")
@pytest.mark.parametrize("table", TABLES)
def test_each_table_shows_a_only_its_own_rows(engine: Engine, table: str) -> None:
    with transaction(engine, SYSTEM) as session:
        everything = session.execute(text(f"select t::text from {table} t")).scalars().all()
        as_a(session)
        seen = session.execute(text(f"select t::text from {table} t")).scalars().all()
    foreign = re.compile(rf"{MARK}|00000000-0000-7000-90\w\w-00000000000b")
    assert any(foreign.search(row) for row in everything), "the test would prove nothing"
    assert seen
    assert [row for row in seen if foreign.search(row)] == []


@pytest.mark.usefixtures("two_companies")
@pytest.mark.parametrize("table", [*TABLES, "audit_entry", "outbox_event", "sign_in", "phone"])
def test_nobody_sees_nothing(engine: Engine, table: str) -> None:
    with Session(engine) as session, session.begin():
        assert session.execute(text(f"select count(*) from {table}")).scalar_one() == 0


FIRST_COLUMN = {"case_report": "case_id", "contract_facility": "contract_id"}


@pytest.mark.usefixtures("two_companies")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["update {table} set {column} = {column}", "delete from {table}"])
def test_a_changes_no_row_that_is_there(engine: Engine, table: str, verb: str) -> None:
    """A contractor only ever adds; not even its own rows can be changed past the use cases."""
    statement = verb.format(table=table, column=FIRST_COLUMN.get(table, "id"))
    with Session(engine) as session:
        as_a(session)
        try:
            result = session.execute(text(statement))
            touched = cast("CursorResult[Any]", result).rowcount
        except ProgrammingError as error:
            assert "permission denied" in str(error)  # noqa: PT017  # one of two right answers
            touched = 0
        session.rollback()
    assert touched == 0


def unchecked(actor: Annotated[Actor | None, Depends(current_actor)]) -> Actor:
    if actor is None:
        raise NotSignedIn
    return actor


@pytest.fixture
def open_house(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> tuple[FastAPI, TestClient]:
    """The application with its whole permission matrix switched off."""
    app = create_app(settings, engine)
    mounted = [route.app for route in app.routes if isinstance(route, Mount)]
    for one in (app, *(inner for inner in mounted if isinstance(inner, FastAPI))):
        for permission in Permission:
            one.dependency_overrides[requires(permission)] = unchecked
    monkeypatch.setattr(Actor, "can", lambda _self, _permission: True)
    monkeypatch.setattr(Actor, "require", lambda _self, _permission: None)
    client = TestClient(
        app,
        headers={"authorization": f"Bearer {TOKEN}", "accept": "text/html, application/json"},
        raise_server_exceptions=False,
        follow_redirects=False,
    )
    return app, client


def snapshot_of_b(engine: Engine) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    with transaction(engine, SYSTEM) as session:
        for table in TABLES:
            found = session.execute(text(f"select t::text from {table} t order by 1")).scalars()
            rows[table] = [row for row in found if MARK in row or re.search(r"-0{11}b", row)]
    return rows


STREAMS = {"/api/v1/events"}  # never ends; tested with a reader of its own in the faults slice
# Shown to anybody who stands before the equipment, signed in or not: the tag's public name.
PUBLIC_NAME = {"/T/{tag}", "/t/{tag}"}


@pytest.mark.usefixtures("two_companies")
def test_no_route_shows_or_changes_anything_of_b(
    open_house: tuple[FastAPI, TestClient], engine: Engine
) -> None:
    app, client = open_house
    before = snapshot_of_b(engine)
    leaks, errors, asked = [], [], 0
    for route in guarded_routes(app):
        if route.path in STREAMS or (not route.permissions and route.path.startswith("/static")):
            continue
        body: dict[str, Any] = {} if route.method == "GET" else {"json": {"reason": "x"}}
        answer = client.request(route.method, address(route.path), **body)
        asked += 1
        if MARK in answer.text and route.path not in PUBLIC_NAME:
            leaks.append((route.method, route.path, answer.status_code))
        if answer.status_code >= 500:
            errors.append((route.method, route.path, answer.status_code, answer.text[:200]))
    assert asked > 60
    assert leaks == []
    assert errors == []
    assert snapshot_of_b(engine) == before


@pytest.mark.usefixtures("two_companies")
def test_the_walk_can_see_marks_at_all(open_house: tuple[FastAPI, TestClient]) -> None:
    """Its own records do show, so the silence about B is no accident."""
    _app, client = open_house
    assert OWN_MARK in client.get("/api/v1/positions").text
    assert OWN_MARK in client.get(f"/positions/{key('position', 'a')}").text


@pytest.mark.usefixtures("two_companies")
@pytest.mark.parametrize("role", [*Role, None])
def test_every_route_keeps_to_the_matrix(
    engine: Engine, settings: Settings, role: Role | None
) -> None:
    """Each role meets 401 or 403 exactly where the matrix says so."""
    token = f"walk-{role}"
    if role is not None:
        with engine.begin() as connection:
            connection.exec_driver_sql("set local role none")
            user = connection.execute(
                text(
                    "insert into user_account"
                    " (id, username, display_name, role, company_id, expires_on)"
                    " values (gen_random_uuid(), :name, :name, :role, :company, :until)"
                    " returning id"
                ),
                {
                    "name": token,
                    "role": role.value,
                    "until": today() if role is Role.AUDITOR else None,
                    "company": key("company", "a") if role is Role.CONTRACTOR else None,
                },
            ).scalar_one()
            connection.execute(
                text(
                    "insert into phone (id, token_hash, user_id, name, expires_at)"
                    " values (gen_random_uuid(), :hash, :user, 'walk', :until)"
                ),
                {"hash": token_hash(token), "user": user, "until": now().replace(year=2100)},
            )
    headers = {"accept": "application/json"}
    if role is not None:
        headers["authorization"] = f"Bearer {token}"
    app = create_app(settings, engine)
    client = TestClient(app, headers=headers, raise_server_exceptions=False, follow_redirects=False)
    wrong = []
    for route in guarded_routes(app):
        if route.path in STREAMS or not route.permissions:
            continue
        actor = None if role is None else Actor(id=None, name="", role=role)
        allowed = actor is not None and all(actor.can(one) for one in route.permissions)
        body: dict[str, Any] = {} if route.method == "GET" else {"json": {}}
        status = client.request(route.method, address(route.path), **body).status_code
        refused = status in {401, 403}
        if refused is allowed or (role is None and status != 401):
            wrong.append((route.method, route.path, status))
    assert wrong == []
