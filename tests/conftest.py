"""One PostGIS per run, built by the migrations; every test starts from empty tables or its own."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, make_url, text
from sqlmodel import Session

from service.accounts.actor import Actor, terminal_actor
from service.core.database import SYSTEM, identify, make_engine
from service.core.settings import Settings, get_settings

pytest_plugins = ["tests.browser"]
ROOT = Path(__file__).parents[1]
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")


# How long an example takes says something of the machine, nothing of the code. Runs are many.
hypothesis.settings.register_profile("any-machine", deadline=None, max_examples=60)
hypothesis.settings.load_profile("any-machine")


@pytest.fixture(scope="session")
def maintenance_url() -> str:
    """URL of a database in which test databases may be created; `./gesuibo test` gives it."""
    url = os.environ.get("GESUIBO_TEST_DATABASE_URL")
    if not url:
        pytest.exit("GESUIBO_TEST_DATABASE_URL is missing: run the tests with ./gesuibo test", 2)
    return url


@pytest.fixture(scope="session")
def database_url(maintenance_url: str) -> Iterator[str]:
    name = f"gesuibo_test_{uuid4().hex[:10]}"
    maintenance = create_engine(maintenance_url, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
        # As in a real cluster: what nobody was granted, nobody may do.
        connection.execute(text(f'revoke connect, temporary on database "{name}" from public'))
    url = make_url(maintenance_url).set(database=name)
    owner = create_engine(url)
    with owner.begin() as connection:
        for extension in EXTENSIONS:
            connection.execute(text(f"create extension if not exists {extension}"))
    with owner.connect() as connection:
        config = Config(str(ROOT / "alembic.ini"))
        config.set_main_option("script_location", str(ROOT / "service" / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    owner.dispose()
    yield url.render_as_string(hide_password=False)
    with maintenance.connect() as connection:
        connection.execute(text(f'drop database "{name}" with (force)'))
    maintenance.dispose()


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of the whole run; `get_settings()` answers the same."""
    state = tmp_path_factory.mktemp("state")
    values = {
        "GESUIBO_DATABASE_URL": database_url,
        "GESUIBO_OWNER_DATABASE_URL": database_url,
        "GESUIBO_STATE_DIR": str(state),
        "GESUIBO_PUBLIC_URL": "http://testserver",
    }
    saved = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    get_settings.cache_clear()
    yield get_settings()
    for key, value in saved.items():
        if value is None:
            del os.environ[key]
        else:
            os.environ[key] = value
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    """The application's engine: its connections run as the role that owns nothing."""
    engine = make_engine(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that sees everything and leaves nothing behind."""
    with engine.connect() as connection:
        outer = connection.begin()
        session = Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        identify(session, SYSTEM)
        yield session
        session.close()
        outer.rollback()


@pytest.fixture
def terminal() -> Actor:
    return terminal_actor("test")
