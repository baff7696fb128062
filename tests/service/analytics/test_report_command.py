"""`./gesuibo report` on a committed city; the word itself is thin, so it is tested whole."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
from typer.testing import CliRunner

from app.commands.report import app
from service.core.settings import Settings, get_settings

ASKED = ["failure-rate", "--from", "2022-04", "--to", "2025-03"]


@pytest.fixture
def terminal_of(
    quiet_city: dict[str, UUID], analytics_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CliRunner]:
    monkeypatch.setenv("GESUIBO_DATABASE_URL", analytics_settings.database_url)
    monkeypatch.setenv("GESUIBO_STATE_DIR", str(analytics_settings.state_dir))
    monkeypatch.setenv("GESUIBO_LANGUAGE", "ja")
    get_settings.cache_clear()
    yield CliRunner()
    monkeypatch.undo()
    get_settings.cache_clear()


def test_table_for_people(terminal_of: CliRunner):
    done = terminal_of.invoke(app, [*ASKED, "--by", "facility"])
    assert done.exit_code == 0
    assert "北ポンプ場" in done.stdout
    assert "停止時間 [h]" in done.stdout
    assert "データの等級" in done.stdout


def test_json_and_csv_for_programs(terminal_of: CliRunner):
    document = json.loads(terminal_of.invoke(app, [*ASKED, "--json"]).stdout)
    table = terminal_of.invoke(app, [*ASKED, "--format", "csv"]).stdout_bytes
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    assert float(rows[1][6]) == document["rows"][0]["rate"]


def test_excel_into_a_file_with_a_filter(terminal_of: CliRunner, tmp_path: Path):
    target = tmp_path / "rates.xlsx"
    words = [*ASKED, "--where", "facility=TJ", "--format", "xlsx", "-o", str(target)]
    assert terminal_of.invoke(app, words).exit_code == 0
    sheet = openpyxl.load_workbook(target)["故障率"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["流入ゲート", "全体"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--by", "colour"], "--by"),
        (["--where", "colour=red"], "--where"),
        (["--where", "facility"], "--where"),
        (["--from", "2022-13"], "--from"),
        (["--from", "2025-04"], "--to"),
        (["--to", "9999-12"], "--to"),
        (["--records-from", "soon"], "--records-from"),
        (["--against", "2021-01:2020-01"], "--against"),
        (["--set", "budget=0"], "--set"),
        (["--set", "years=9999"], "--set"),
        (["--format", "doc"], "--format"),
        (["-o", "/nowhere/rates.json", "--json"], "--output"),
    ],
)
def test_wrong_words_are_refused_with_2_and_named(
    terminal_of: CliRunner, words: list[str], named: str
):
    done = terminal_of.invoke(app, [*ASKED, *words])
    assert done.exit_code == 2
    assert named in done.output
