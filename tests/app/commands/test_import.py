import json
from pathlib import Path
from uuid import UUID

import pytest
import typer

from app.cli import WORDS
from app.commands.import_ import RowFilter, command
from app.import_progress import bar
from importers.errors import JobNotApplied
from service.core.settings import Settings

GOOD = "施設コード,施設名,施設種別\nCLI1,見本ポンプ場,ポンプ場\n"
BAD = GOOD + "CLI2,見本城,城\n"


@pytest.fixture
def ledger(tmp_path: Path, settings: Settings) -> Path:
    return tmp_path / "施設.csv"


def _run(capsys: pytest.CaptureFixture[str], path: Path, **options: object) -> dict:
    command([path], as_json=True, **options)
    (result,) = json.loads(capsys.readouterr().out)["files"]
    return result


def _refused(capsys: pytest.CaptureFixture[str], path: Path, **options: object) -> dict:
    with pytest.raises(typer.Exit) as stopped:
        command([path], as_json=True, **options)
    assert stopped.value.exit_code == 1
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
    assert again["already_imported"]["by"] == "terminal"


def test_a_bad_row_stops_the_file_and_is_named(ledger, capsys):
    ledger.write_text(BAD.replace("CLI1", "CLI9"), encoding="utf-8")
    told = _refused(capsys, ledger, apply=True)
    assert (told["create"], told["needs_decision"], told["applied"]) == (1, 1, False)
    good, bad = told["row_list"]
    assert (good["outcome"], good["values"]["facility"]["facility_code"]) == ("create", "CLI9")
    assert (bad["row_no"], bad["sheet"], bad["raw"]["施設種別"]) == (3, None, "城")
    assert [m["code"] for m in bad["messages"] if m["level"] == "question"] == ["unknown-word"]
    assert [
        row["row_no"] for row in _refused(capsys, ledger, rows=RowFilter.CREATE)["row_list"]
    ] == [2]


def test_an_answer_makes_the_file_whole(ledger, capsys, tmp_path):
    ledger.write_text(BAD.replace("CLI1", "CLI3").replace("城", "楼"), encoding="utf-8")
    (question,) = _refused(capsys, ledger)["questions"]
    assert "楼" in question["sentence"]
    answered: dict = {}
    place = answered
    for part in question["path"][:-1]:
        place = place.setdefault(part, {})
    place[question["path"][-1]] = "ポンプ場"
    decisions = tmp_path / "decisions.json"
    decisions.write_text(json.dumps(answered), encoding="utf-8")
    told = _run(capsys, ledger, apply=True, decisions=decisions)
    assert (told["applied"], told["records"]) == (True, {"facility": {"created": 2}})
    decisions.write_text('{"unheard": 1}', encoding="utf-8")
    with pytest.raises(typer.BadParameter):
        command([ledger], decisions=decisions)


def test_good_rows_only(ledger, capsys):
    ledger.write_text(BAD.replace("CLI1", "CLI5").replace("城", "砦"), encoding="utf-8")
    told = _run(capsys, ledger, apply=True, good_rows_only=True, kind="facilities")
    assert [row["outcome"] for row in told["row_list"]] == ["create", "needs_decision"]
    assert told["records"] == {"facility": {"created": 1}}


def test_an_import_is_taken_back(ledger, capsys):
    ledger.write_text(GOOD.replace("CLI1", "CLI8"), encoding="utf-8")
    job_id = _run(capsys, ledger, apply=True)["job_id"]
    with pytest.raises(typer.Exit) as stopped:
        command(undo=UUID(job_id), as_json=True)
    assert stopped.value.exit_code == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["deleted"], told["kept"]) == ({"facility": 1}, 0)
    with pytest.raises(JobNotApplied):
        command(undo=UUID(job_id))


@pytest.mark.parametrize("words", [{}, {"apply": True, "plan": True, "files": [Path("x")]}])
def test_words_that_do_not_go_together(words):
    with pytest.raises(typer.BadParameter):
        command(**words)


def test_people_read_sentences(ledger, capsys, monkeypatch):
    monkeypatch.setenv("GESUIBO_LANGUAGE", "ja")
    ledger.write_text(BAD.replace("CLI1", "CLI6").replace("城", "櫓"), encoding="utf-8")
    with pytest.raises(typer.Exit):
        command([ledger])
    told = capsys.readouterr()
    assert "facilities (utf-8), 2 rows: create 1, needs_decision 1" in told.out
    assert "3: 施設種別: 「櫓」" in told.err
    assert '"replacements"' in told.err


def test_a_bar_shows_how_far_it_is(monkeypatch):
    monkeypatch.setenv("GESUIBO_LANGUAGE", "ja")
    assert bar("writing", 1, 2) == f"書込 [{'#' * 15}{'.' * 15}] 1/2"
    assert bar("reading", 0, 0) == "読込"
