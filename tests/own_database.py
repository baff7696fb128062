"""A database for tests that commit a story of their own and must not meet other tests' rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, text

from service.core.settings import Settings, get_settings

ROOT = Path(__file__).parents[1]


def migrate(url: str) -> None:
    owner = create_engine(url)
    with owner.connect() as connection:
        config = Config(str(ROOT / "alembic.ini"))
        config.set_main_option("script_location", str(ROOT / "service" / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    owner.dispose()


@contextmanager
def own_settings(maintenance_url: str, name: str, state: Path) -> Iterator[Settings]:
    """Settings of an empty, migrated database; `get_settings()` answers the same meanwhile."""
    maintenance = create_engine(maintenance_url, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"drop database if exists {name} with (force)"))
        connection.execute(text(f"create database {name}"))
    url = make_url(maintenance_url).set(database=name).render_as_string(hide_password=False)
    migrate(url)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GESUIBO_DATABASE_URL", url)
        environment.setenv("GESUIBO_OWNER_DATABASE_URL", url)
        environment.setenv("GESUIBO_STATE_DIR", str(state))
        get_settings.cache_clear()
        yield get_settings()
    get_settings.cache_clear()
    with maintenance.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    maintenance.dispose()
