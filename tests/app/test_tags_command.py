"""`./gesuibo tags`: mint and export, as a print house gets it."""

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from app.commands.tags import COLUMNS, app
from service.core.database import transaction
from service.core.settings import Settings
from service.tags.domain import grouped
from service.tags.symbol import tag_address
from tests.service.faults.conftest import City, build_city
from tests.service.tags.drawn_labels import text_of
from tests.tagged_city import tag_at


@pytest.fixture
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


@pytest.mark.parametrize("ending", ["pdf", "zpl", "csv"])
def test_labels_of_a_facility_into_a_file(
    engine: Engine, city: City, tmp_path: Path, ending: str
) -> None:
    for _second in range(2):  # one more for each position that has fewer than two
        run("mint", "--facility", city.facility_code, "--per-position", "2")
    out = tmp_path / f"labels.{ending}"
    told = run(
        "print",
        str(out),
        "--facility",
        city.facility_code,
        "--select",
        "all",
        "--sheet",
        "zpl-62",
        "--json",
    )
    assert json.loads(told)["labels"] == 2
    assert json.loads(told)["file"] == str(out)
    with transaction(engine) as session:
        code = tag_at(session, city.pump_id)
        printed = session.execute(
            text("select printed_on from qr_tag where tag_code = :code"), {"code": code}
        ).scalar_one()
    assert printed is not None
    if ending == "pdf":
        assert grouped(code) in text_of(out.read_bytes(), 1)
    elif ending == "csv":
        assert f"/T/{code}," in out.read_text("utf-8-sig")
    else:
        assert out.read_bytes().count(b"^XA") == 2


def test_stock_printers_sheets_and_counts(city: City, tmp_path: Path) -> None:
    before = json.loads(run("counts", "--json"))["minted"]
    assert json.loads(run("stock", "5", "--json")) == {"minted": 5}
    assert json.loads(run("counts", "--json"))["minted"] == before + 5
    name = f"複合機{city.mark}"
    told = json.loads(run("printer", name, "--dx", "1.5", "--dy", "-0.5", "--json"))
    assert told == {"name": name, "dx_mm": 1.5, "dy_mm": -0.5}
    out = tmp_path / "stock.pdf"
    told = json.loads(run("print", str(out), "--select", "stock", "--printer", name, "--json"))
    assert told["read_back"] == told["labels"] >= 5
    assert "a4-24-70x33.9" in [one["id"] for one in json.loads(run("sheets", "--json"))]


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("words", [("labels.png",), ("labels.zpl",), ("l.pdf", "--printer", "?")])
def test_a_wrong_word_writes_nothing(tmp_path: Path, words: tuple[str, ...]) -> None:
    out = tmp_path / words[0]
    result = CliRunner().invoke(app, ["print", str(out), *words[1:]])
    assert result.exit_code == 2
    assert not out.exists()
