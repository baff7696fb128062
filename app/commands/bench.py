"""`./gesuibo bench`: how fast it answers, beside a bare server on the same machine."""

import os
import subprocess
import sys
from typing import Annotated

import typer

from app.places import ROOT, prepare_environment
from app.scratch_database import scratch_database


def command(
    positions: Annotated[int, typer.Option(help="How large the generated registry is")] = 8000,
    rounds: Annotated[int, typer.Option(help="Rounds of each; the median counts")] = 3,
    seconds: Annotated[float, typer.Option(help="Length of one round")] = 3.0,
    screens: Annotated[
        int, typer.Option(help="Instead: how soon a report is on so many open screens")
    ] = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output.")
    ] = False,
) -> None:
    """Measure tag page, report, list and search beside bare FastAPI + asyncpg, as ratios.

    Example: ./gesuibo bench --positions 8000 --json
    """
    module = "tests.benchmarks.screens" if screens else "tests.benchmarks.serving"
    arguments = (
        [f"--screens={screens}"]
        if screens
        else [f"--positions={positions}", f"--rounds={rounds}", f"--seconds={seconds}"]
    )
    places = prepare_environment()
    places.make()
    with scratch_database(places.bench_cluster, durable=True) as url:
        done = subprocess.run(  # noqa: S603  # our own module
            [
                sys.executable,
                "-m",
                module,
                *arguments,
                *(["--json"] if as_json else []),
            ],
            cwd=ROOT,
            env=os.environ | {"GESUIBO_TEST_DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
            check=False,
        )
    raise typer.Exit(done.returncode)
