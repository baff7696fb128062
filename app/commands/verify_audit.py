"""`./gesuibo verify-audit`: proves that nobody has touched the trail."""

from dataclasses import asdict
from typing import Annotated

import typer


def command(
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output.")
    ] = False,
) -> None:
    """Recompute every digest and link of the audit trail; exit code 1 when one does not hold.

    Example: ./gesuibo verify-audit --json
    """
    from app.terminal import emit, opened
    from service.audit import service

    with opened() as (session, _by):
        result = service.verify(session)
    emit(as_json, asdict(result))
    if result.broken_at is not None:
        raise typer.Exit(1)
