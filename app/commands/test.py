"""Runs the tests against a database of their own."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence

import typer

from app import debian
from app.language import SetupFailed, either
from app.places import ROOT, prepare_environment
from app.scratch_database import scratch_database

COMMAND_OPTIONS = {
    "context_settings": {"allow_extra_args": True, "ignore_unknown_options": True},
}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_BESIDE = ("tests/e2e", "tests/importers")  # about half of the time
_ORDER = 2_978_103_989  # mixed, but the same each time: whatever fails can be repeated
_NOTHING_CHOSEN = 5  # pytest: no test was collected


def command(ctx: typer.Context) -> None:
    """Run all tests, or those that the arguments of pytest choose.

    Example: ./gesuibo test tests/app -k port
    """
    if importlib.util.find_spec("pytest") is None:
        raise SetupFailed(
            "テスト用の環境がありません。「uv sync」を実行してください。",
            'The test environment is missing. Run "uv sync".',
            code="no-test-environment",
        )
    places = prepare_environment()
    places.make()
    _ensure_browser()
    with scratch_database(places.test_cluster) as url:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("GESUIBO_")
        }
        environment |= {"GESUIBO_TEST_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
        run = _in_two_lanes if asks_for_everything(ctx.args) else _in_one
        code = run(ctx.args, environment)
    raise typer.Exit(code)


def asks_for_everything(arguments: Sequence[str]) -> bool:
    """Whether no file or folder of tests is named."""
    named = (one.split("::")[0] for one in arguments if not one.startswith("-"))
    return not any((ROOT / one).exists() for one in named)


def worst(codes: Sequence[int]) -> int:
    """Of several runs; one in which nothing was chosen says nothing."""
    return max((code for code in codes if code != _NOTHING_CHOSEN), default=_NOTHING_CHOSEN)


def _pytest(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "--rootdir", str(ROOT), *arguments]


def _in_one(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    done = subprocess.run(  # noqa: S603  # the developer's own arguments
        _pytest(*arguments), cwd=ROOT, env=environment, check=False
    )
    return done.returncode


def ordered(arguments: Sequence[str]) -> list[str]:
    """With the seed of a whole run, unless another order is asked for."""
    asked = any("randomly" in one for one in arguments)
    return [*arguments] if asked else [f"--randomly-seed={_ORDER}", *arguments]


def _in_two_lanes(given: Sequence[str], environment: Mapping[str, str]) -> int:
    """Half of the tests beside the others: each waits for other processes much of its time.

    What the first half says comes when the others are done.
    """
    arguments = ordered(given)
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
        subprocess.Popen(  # noqa: S603  # the developer's own arguments
            _pytest(*arguments, *_BESIDE),
            cwd=ROOT,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as beside,
    ):
        others = _in_one([*arguments, *(f"--ignore={one}" for one in _BESIDE)], environment)
        code = beside.wait()
        said.seek(0)
        shutil.copyfileobj(said, sys.stdout)
    return worst([code, others])


def _ensure_browser() -> None:
    if any(shutil.which(name) for name in _BROWSERS):
        return
    if debian.can_install() and debian.install(["chromium", "fonts-noto-cjk"]):
        return
    typer.echo(
        either(
            "chromium がないため、ブラウザーのテストは省かれます"
            "(apt-get install chromium fonts-noto-cjk)。",
            "Without chromium the browser tests are skipped "
            "(apt-get install chromium fonts-noto-cjk).",
        ),
        err=True,
    )
