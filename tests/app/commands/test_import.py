import json
from pathlib import Path

import pytest
import typer

from app.cli import WORDS
from app.commands.import_ import command
from service.core.settings import Settings

GOOD = "施設コード,施設名,施設種別\nCLI1,見本ポンプ場,ポンプ場\n"
BAD = GOOD + "CLI2,見本城,城\n"


@pytest.fixture
def ledger(tmp_path: Path, settings: Settings) -> Path:
    return tmp_path / "施設.csv"


def _run(capsys: pytest.CaptureFixture[str], path: Path, **options: bool) -> dict:
    command([path], as_json=True, **options)
    (result,) = json.loads(capsys.readouterr().out)["files"]
    return result


def test_the_word_is_found():
    assert WORDS["import"].is_there


def test_exact_counts_and_no_change_the_second_time(ledger, capsys):
    ledger.write_text(GOOD, encoding="cp932")
    first = _run(capsys, ledger, apply=True)
    assert (first["create"], first["applied"], first["changes"]) == (1, True, 1)
    assert first["records"] == {"facility": {"created": 1}}
    again = _run(capsys, ledger, apply=True)
    assert (again["unchanged"], again["applied"], again["changes"]) == (1, False, 0)
    assert again["already_imported"]["job_id"] == first["job_id"]


def test_a_bad_row_stops_the_file_and_is_named(ledger, capsys):
    ledger.write_text(BAD.replace("CLI1", "CLI9"), encoding="utf-8")
    with pytest.raises(typer.Exit) as stopped:
        command([ledger], apply=True, as_json=True)
    assert stopped.value.exit_code == 1
    (told,) = json.loads(capsys.readouterr().out)["files"]
    assert (told["create"], told["rejected"], told["applied"]) == (1, 1, False)
    assert told["bad_rows"][0]["row_no"] == 3
    assert told["bad_rows"][0]["reasons"][0]["code"] == "unknown-word"


def test_good_rows_only(ledger, capsys):
    ledger.write_text(BAD.replace("CLI1", "CLI5"), encoding="utf-8")
    told = _run(capsys, ledger, apply=True, good_rows_only=True, rows=True)
    assert (told["rejected"], told["records"]) == (1, {"facility": {"created": 1}})
    assert [row["outcome"] for row in told["row_list"]] == ["create", "rejected"]


def test_people_read_sentences(ledger, capsys, monkeypatch):
    monkeypatch.setenv("GESUIBO_LANGUAGE", "ja")
    ledger.write_text(BAD.replace("CLI1", "CLI6"), encoding="utf-8")
    with pytest.raises(typer.Exit):
        command([ledger])
    told = capsys.readouterr()
    assert "facilities (utf-8), 2 rows: create 1, rejected 1" in told.out
    assert "3: 施設種別: 「城」という区分はありません。" in told.err
