"""The web server alone, for a container or a service manager."""

import os
from typing import Annotated

import typer

from app.places import ROOT
from app.processes import GRACE_S


def command(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Web port.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=1, help="Server processes.")] = 1,
    proxy: Annotated[
        str, typer.Option(help="Addresses whose X-Forwarded headers are trusted.")
    ] = "127.0.0.1",
) -> None:
    """Serve pages and APIs until told to stop; expects a migrated database.

    Example: ./gesuibo serve --host 0.0.0.0 --port 8000 --workers 2
    """
    import uvicorn  # only this word needs it

    from service.core.settings import get_settings  # the environment is set now

    os.chdir(ROOT)
    uvicorn.run(
        "app.asgi:create_app",
        factory=True,
        host=host,
        port=port or get_settings().port,
        workers=workers,
        forwarded_allow_ips=proxy,
        timeout_graceful_shutdown=GRACE_S,
    )
