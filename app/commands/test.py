"""Runs the tests against a database of their own."""

import importlib.util
import os
import shutil
import subprocess
import sys

import typer

from app import debian
from app.language import SetupFailed, either
from app.places import ROOT, prepare_environment
from app.scratch_database import scratch_database

COMMAND_OPTIONS = {
    "context_settings": {"allow_extra_args": True, "ignore_unknown_options": True},
}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


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
    arguments = ["--rootdir", str(ROOT), *ctx.args]
    with scratch_database(places.test_cluster) as url:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("GESUIBO_")
        }
        environment |= {"GESUIBO_TEST_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(  # noqa: S603  # the developer's own arguments
            [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment, check=False
        )
    raise typer.Exit(done.returncode)


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
