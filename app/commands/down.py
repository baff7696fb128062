"""Stops what `up` started; stopping twice is no error."""

import json
from typing import Annotated

import typer

from app import private_database, run_state
from app.language import either
from app.local_cluster import LocalCluster
from app.places import prepare_environment


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Result as JSON.")] = False,
) -> None:
    """Stop the web server, the worker and the private database.

    Example: ./gesuibo down
    """
    places = prepare_environment()
    was_running = run_state.clear(places)
    database_stopped = False
    if private_database.is_private() and (places.state).exists():
        cluster = LocalCluster(places.state)
        database_stopped = cluster.is_made and cluster.stop()
    is_changed = was_running or database_stopped
    if as_json:
        typer.echo(json.dumps({"stopped": is_changed}))
    elif is_changed:
        typer.echo(either("停止しました。", "Stopped."))
    else:
        typer.echo(either("動いていませんでした。", "It was not running."))
