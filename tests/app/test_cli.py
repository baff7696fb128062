import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import WORDS
from app.places import ROOT

PRESENT = [name for name, word in WORDS.items() if word.is_there]


def cli(*words: str, state: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name[:7] != "GESUIBO"}
    return subprocess.run(  # noqa: S603  # our own launcher
        [sys.executable, "-P", "-m", "app.cli", *words],
        env=kept | {"PYTHONPATH": str(ROOT), "GESUIBO_STATE_DIR": str(state)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("name", PRESENT)
def test_word_explains_itself_with_an_example(name: str) -> None:
    module = importlib.import_module(WORDS[name].module)
    if hasattr(module, "command"):
        assert f"Example: ./gesuibo {name}" in (module.command.__doc__ or "")
        return
    for one in module.app.registered_commands:
        assert "Example: ./gesuibo " in (one.callback.__doc__ or "")


def test_every_module_is_a_listed_word() -> None:
    files = {path.stem for path in (ROOT / "app" / "commands").glob("[a-z]*.py")}
    assert files == {word.module.rpartition(".")[2] for word in WORDS.values() if word.is_there}


def test_help_lists_the_words_and_needs_no_database(tmp_path: Path) -> None:
    shown = cli("--help", state=tmp_path)
    assert shown.returncode == 0
    for name in PRESENT:
        assert f"\n  {name} " in shown.stdout
    assert list(tmp_path.iterdir()) == []


def test_help_of_a_word_that_needs_a_database_needs_none(tmp_path: Path) -> None:
    assert cli("migrate", "--help", state=tmp_path).returncode == 0


def test_unknown_word_and_wrong_option_exit_with_2(tmp_path: Path) -> None:
    assert cli("fly", state=tmp_path).returncode == 2
    assert cli("up", "--port", "70000", state=tmp_path).returncode == 2
    assert cli("up", "--json", state=tmp_path).returncode == 2


def test_refusal_exits_with_1_in_both_languages_and_as_json(tmp_path: Path) -> None:
    refused = cli("migrate", "--json", state=tmp_path)
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["error"] == "no-database"
    assert "エラー: " in refused.stderr
    assert "Error: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_state_folder_lies_in_the_checkout_whatever_the_current_folder(tmp_path: Path) -> None:
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            "from app.places import prepare_environment; print(prepare_environment().state)",
        ],
        cwd=tmp_path,
        env={"PATH": "/usr/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == str(ROOT / ".gesuibo")


def test_doctor_says_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    examined = cli("doctor", "--json", state=tmp_path)
    assert examined.returncode == 1
    checks = {one["check"]: one for one in json.loads(examined.stdout)["checks"]}
    assert checks["python"]["ok"] is True
    assert checks["postgresql+postgis"]["ok"] is True
    assert checks["database"]["ok"] is False
    assert checks["database"]["mend"] == "./gesuibo up"
