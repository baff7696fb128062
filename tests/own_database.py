"""Databases of the tests: copies of one that the migrations built."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, make_url, text

from service.core.settings import Settings, get_settings

ROOT = Path(__file__).parents[1]
MIGRATIONS = ROOT / "service" / "migrations"
ONE_AT_A_TIME = 20_261_123  # key of the lock under which the first of several runs migrates


def configuration(connection: Connection) -> Config:
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate(url: str) -> None:
    owner = create_engine(url)
    with owner.connect() as connection:
        command.upgrade(configuration(connection), "head")
        connection.commit()
    owner.dispose()


@contextmanager
def _maintenance(url: str) -> Iterator[Connection]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@cache
def _migrated(maintenance_url: str) -> str:
    """Name of the database that is copied; made once for each state of the migrations."""
    contents = b"".join(one.read_bytes() for one in sorted(MIGRATIONS.rglob("*.py")))
    name = f"gesuibo_migrated_{sha256(contents).hexdigest()[:12]}"
    with _maintenance(maintenance_url) as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
        known = "select datname from pg_database where datname like 'gesuibo_migrated_%'"
        there = set(connection.execute(text(known)).scalars())
        for old in there - {name}:
            connection.execute(text(f"drop database {old} with (force)"))
        if name not in there:
            connection.execute(text("drop database if exists gesuibo_migrating with (force)"))
            connection.execute(text("create database gesuibo_migrating"))
            migrate(_named(maintenance_url, "gesuibo_migrating"))
            connection.execute(text(f"alter database gesuibo_migrating rename to {name}"))
    return name


@contextmanager
def own_database(maintenance_url: str, purpose: str) -> Iterator[str]:
    """Its address. What a copy does not take over is granted as in a real cluster."""
    name = f"gesuibo_{purpose}_{uuid4().hex[:10]}"
    with _maintenance(maintenance_url) as connection:
        connection.execute(text(f"create database {name} template {_migrated(maintenance_url)}"))
        connection.execute(text(f"revoke connect, temporary on database {name} from public"))
        connection.execute(text(f"grant temporary on database {name} to gesuibo_app"))
        yield _named(maintenance_url, name)
        connection.execute(text(f"drop database {name} with (force)"))


@contextmanager
def own_settings(maintenance_url: str, purpose: str, state: Path) -> Iterator[Settings]:
    """Settings of an empty database of its own; `get_settings()` answers the same meanwhile."""
    with own_database(maintenance_url, purpose) as url, pytest.MonkeyPatch.context() as environment:
        environment.setenv("GESUIBO_DATABASE_URL", url)
        environment.setenv("GESUIBO_OWNER_DATABASE_URL", url)
        environment.setenv("GESUIBO_STATE_DIR", str(state))
        get_settings.cache_clear()
        yield get_settings()
    get_settings.cache_clear()
