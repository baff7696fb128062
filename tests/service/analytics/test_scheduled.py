"""Saved reports: kept under a name, and told of at the beginning of a month."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from app.asgi import create_app
from app.worker import drain
from service.accounts.domain import Role
from service.accounts.models import UserAccount
from service.analytics.scheduled import announce_once, rolled
from service.core.database import transaction
from service.core.settings import Settings
from tests.factories import make_user, sign_in_client

NOVEMBER = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("query", "moved"),
    [
        ("from=2022-04&to=2026-08&by=class", "from=2022-06&to=2026-10&by=class"),
        ("from=2026-08&to=2026-08", "from=2026-10&to=2026-10"),
        ("by=maker", "by=maker"),
        ("from=2022-04", "from=2022-04"),
        ("", ""),
    ],
)
def test_a_window_moves_with_the_months_and_keeps_its_length(query: str, moved: str):
    assert rolled(query, NOVEMBER) == moved


@pytest.fixture
def planner(engine: Engine) -> UserAccount:
    with transaction(engine) as session:
        return make_user(session, role=Role.ENGINEER)


@pytest.fixture
def desk(engine: Engine, settings: Settings, planner: UserAccount) -> TestClient:
    return sign_in_client(create_app(settings, engine), planner)


def told(engine: Engine, planner: UserAccount) -> list[dict]:
    with engine.begin() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        statement = text(
            "select facts, reason from notification where user_id = :id and kind = 'scheduled'"
        )
        return [dict(row._mapping) for row in connection.execute(statement, {"id": planner.id})]


def month_passes(engine: Engine, planner: UserAccount) -> None:
    with engine.begin() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        connection.execute(
            text(
                "update saved_view set told_month = told_month - interval '1 month'"
                " where user_id = :id"
            ),
            {"id": planner.id},
        )


def save(desk: TestClient, **more: str) -> None:
    form = {"name": "ポンプの故障率", "path": "/analytics/forecast", "query": "by=maker"} | more
    answer = desk.post("/views", data=form, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/analytics/forecast?by=maker"


def test_a_saved_report_is_told_of_once_a_month(
    engine: Engine, desk: TestClient, planner: UserAccount
):
    save(desk, is_monthly="true", query="by=maker&snapshot=20260101T000000000Z-00000000&cursor=100")
    shown = desk.get("/views?path=/analytics/forecast").text
    assert "ポンプの故障率" in shown
    assert "毎月" in shown
    drain(engine)
    assert told(engine, planner) == [], "this month's is on the screen already"
    month_passes(engine, planner)
    drain(engine)
    (message,) = told(engine, planner)
    assert message["reason"] == "saved"
    assert message["facts"]["name"] == "ポンプの故障率"
    assert urlsplit(message["facts"]["href"]).path == "/analytics/forecast"
    assert parse_qs(urlsplit(message["facts"]["href"]).query) == {"by": ["maker"]}
    assert not announce_once(engine)
    assert "ポンプの故障率" in desk.get("/notifications").text


def test_without_the_wish_nobody_is_told(engine: Engine, desk: TestClient, planner: UserAccount):
    save(desk)
    month_passes(engine, planner)
    drain(engine)
    assert told(engine, planner) == []


def test_a_list_is_never_monthly(engine: Engine, desk: TestClient, planner: UserAccount):
    form = {"name": "一覧", "path": "/positions", "query": "", "is_monthly": "true"}
    assert desk.post("/views", data=form, follow_redirects=False).status_code == 303
    month_passes(engine, planner)
    drain(engine)
    assert told(engine, planner) == []


@pytest.mark.parametrize("path", ["/analytics/../admin", "/analytics/", "//evil.example", "/x"])
def test_only_lists_and_reports_are_kept(desk: TestClient, path: str):
    form = {"name": "x", "path": path, "query": ""}
    assert desk.post("/views", data=form).status_code == 404
