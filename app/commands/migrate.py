"""Brings the schema of the database to this release."""

import json
from typing import Annotated

import typer

from app import schema
from app.language import either
from app.places import prepare_environment


def command(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 when behind.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Result as JSON.")] = False,
) -> None:
    """Bring the database schema up to date, as the owner of the tables.

    Example: ./gesuibo migrate --check
    """
    places = prepare_environment()
    places.make()
    is_changed = False if check else schema.upgrade(places)
    state = schema.state()
    if as_json:
        result = {"current": state.current, "newest": state.newest, "changed": is_changed}
        typer.echo(json.dumps(result))
    else:
        told = either("データベースの版", "Schema")
        typer.echo(f"{told}: {state.current} / {state.newest}")
    if not state.is_current:
        raise typer.Exit(1)
