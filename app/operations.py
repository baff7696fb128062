"""What proxies and supervisors ask: is it alive, is it ready."""

import time
from functools import lru_cache

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service.accounts.access import PUBLIC
from service.core.http.session import engine_of

router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])
_STARTED_S = time.monotonic()


@lru_cache
def newest_revision() -> str:
    from alembic.config import Config  # noqa: PLC0415  # costs 0.2 s that only /readyz needs
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    head = ScriptDirectory.from_config(Config("alembic.ini")).get_current_head()
    return head or ""


@router.get("/healthz")
def healthz() -> Response:
    """The process answers; it says nothing of the database."""
    return PlainTextResponse("ok")


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """200 only when the database answers and has this release's schema."""
    try:
        with engine_of(request).connect() as connection:
            found = connection.execute(text("select version_num from alembic_version")).scalar()
    except SQLAlchemyError:
        return JSONResponse({"status": "database-away"}, 503, {"Retry-After": "5"})
    if found != newest_revision():
        return JSONResponse({"status": "schema-differs", "found": found}, 503)
    return JSONResponse({"status": "ready", "schema": found})


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Prometheus text: the connection pool, the outbox and the age of the process."""
    pool = engine_of(request).pool
    lines = [
        "# TYPE gesuibo_uptime_seconds gauge",
        f"gesuibo_uptime_seconds {time.monotonic() - _STARTED_S:.0f}",
        "# TYPE gesuibo_db_connections_in_use gauge",
        f"gesuibo_db_connections_in_use {getattr(pool, 'checkedout', lambda: 0)()}",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")
