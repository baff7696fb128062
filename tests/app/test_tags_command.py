"""`./gesuibo tags`: mint and export, as a print house gets it."""

import csv
import io
import json

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from app.commands.tags import COLUMNS, app
from service.core.database import transaction
from service.core.settings import Settings
from service.tags.symbol import tag_address
from tests.service.faults.conftest import City, build_city
from tests.tagged_city import tag_at


@pytest.fixture(scope="module")
def city(engine: Engine) -> City:
    with transaction(engine) as session:
        return build_city(session)


def run(*words: str) -> str:
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_mint_then_export_one_facility(engine: Engine, settings: Settings, city: City) -> None:
    wanted = ("--facility", city.facility_code)
    counts = [json.loads(run("mint", *wanted, "--json"))["minted"] for _ in range(2)]
    assert counts == [1, 0]
    with transaction(engine) as session:
        code = tag_at(session, city.pump_id)
    told = run("export", *wanted)
    assert told.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(told.removeprefix("\ufeff")))
    assert tuple(row) == COLUMNS
    assert (row["tag_code"], row["url"]) == (code, tag_address(settings.public_url, code))
    assert json.loads(run("export", *wanted, "--json")) == [
        {name: value or None for name, value in row.items()}
    ]
