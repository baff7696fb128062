"""Looks at everything the service needs and says how to mend what is wrong."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app import health
from app.language import either
from app.places import prepare_environment


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Result as JSON.")] = False,
) -> None:
    """Check this machine, the settings and the database; exit 1 when something needs mending.

    Example: ./gesuibo doctor --json
    """
    findings = list(health.examine(prepare_environment()))
    is_well = all(one.ok is not False for one in findings)
    if as_json:
        result = {"ok": is_well, "checks": [asdict(one) for one in findings]}
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        _show(findings)
    if not is_well:
        raise typer.Exit(1)


def _show(findings: list[health.Finding]) -> None:
    signs = {True: "[green]✓[/]", None: "[yellow]–[/]", False: "[red]✗[/]"}
    table = Table(box=None)
    table.add_column("")
    table.add_column(either("項目", "Check"))
    table.add_column(either("状態", "Found"), overflow="fold")
    table.add_column(either("直し方", "To mend"), overflow="fold")
    for one in findings:
        table.add_row(signs[one.ok], one.check, one.found, one.mend)
    Console().print(table)
