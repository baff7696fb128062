import json
from pathlib import Path

import pytest
import typer

from app.commands.verify_analytics import command
from app.language import SetupFailed
from service.analytics.verification import CASES


def test_the_products_own_cases_pass(capsys: pytest.CaptureFixture[str]):
    command(as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["failed"], told["not_covered"]) == (0, 0)
    assert {"name", "expected", "obtained", "tolerance", "passed", "known"} == set(
        told["cases"][0]["checks"][0]
    )


def test_a_case_that_fails_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    case = json.loads((CASES / "rate_02_garwood_table.json").read_text())
    case |= {"tables": {}, "expected": {"x0_95": [0, 4.0]}, "published": {}}
    (tmp_path / "case.json").write_text(json.dumps(case))
    with pytest.raises(typer.Exit) as stopped:
        command(tmp_path)
    assert stopped.value.exit_code == 1
    assert "x0_95[1]" in capsys.readouterr().out


def test_a_folder_without_cases_is_refused(tmp_path: Path):
    with pytest.raises(SetupFailed):
        command(tmp_path)
