"""Ledgers by HTTP and on the terminal."""

import json

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.asgi import create_app
from app.cli import app
from service.accounts.actor import terminal_actor
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from tests.factories import PASSWORD, make_company, make_user
from tests.importers.ledgers import CLASSES, FACILITIES, load


@pytest.fixture(scope="module")
def city(engine: Engine) -> Engine:
    with transaction(engine) as session:
        load(session, CLASSES, FACILITIES, by=terminal_actor("test"))
    return engine


def _client(engine: Engine, settings: Settings, role: Role) -> TestClient:
    with transaction(engine) as session:
        company = make_company(session) if role is Role.CONTRACTOR else None
        username = make_user(session, role, company).username
    client = TestClient(
        create_app(engine=engine, settings=settings), headers={"origin": "http://testserver"}
    )
    client.post("/sign-in", data={"username": username, "password": PASSWORD})
    return client


def test_a_ledger_is_sent_back_as_it_came(city, settings):
    with _client(city, settings, Role.ENGINEER) as engineer:
        answer = engineer.get("/api/v1/exports/facilities.csv")
        assert answer.status_code == 200
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert "facilities.csv" in answer.headers["content-disposition"]
        back = engineer.post("/api/v1/imports", files={"file": ("f.csv", answer.content)}).json()
        assert (back["counts"]["unchanged"], back["counts"]["rows"]) == (2, 2)
        book = engineer.get("/api/v1/exports/classes.xlsx")
        assert book.content.startswith(b"PK")


def test_shift_jis_tells_what_it_could_not_hold(city, settings):
    with _client(city, settings, Role.ENGINEER) as engineer:
        answer = engineer.get("/api/v1/exports/facilities.csv?encoding=cp932")
        folded = engineer.get("/api/v1/exports/facilities/folded.json").json()
        assert "見本浄化センター" in answer.content.decode("cp932")
        assert answer.headers["x-folded-count"] == str(len(folded)) == "0"


@pytest.mark.parametrize("path", ["unheard-of.csv", "facilities.pdf", "facilities.csv?all=1"])
def test_what_there_is_not_is_refused(city, settings, path):
    with _client(city, settings, Role.ENGINEER) as engineer:
        assert engineer.get(f"/api/v1/exports/{path}").status_code in {400, 422}


def test_a_visitor_gets_nothing(city, settings):
    with TestClient(create_app(engine=city, settings=settings)) as visitor:
        assert visitor.get("/api/v1/exports/facilities.csv").status_code == 401


def test_the_terminal_writes_the_same_file(city, tmp_path):
    out = tmp_path / "facilities.xlsx"
    done = CliRunner().invoke(app, ["export", "facilities", "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["rows"] == 2
    text = tmp_path / "facilities.csv"
    wanted = ["export", "facilities", "--out", str(text), "--encoding", "cp932", "--json"]
    done = CliRunner().invoke(app, wanted)
    assert json.loads(done.output) == {
        "ledger": "facilities",
        "rows": 2,
        "file": str(text),
        "folded": 0,
    }
    assert "見本浄化センター" in text.read_text("cp932")
    assert out.read_bytes().startswith(b"PK")
    assert CliRunner().invoke(app, ["export", "nothing"]).exit_code == 2
