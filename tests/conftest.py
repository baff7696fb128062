"""One PostGIS per run, built by the migrations; every test starts from empty tables or its own."""

import os
from collections.abc import Iterator

import hypothesis
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from service.accounts.actor import Actor, terminal_actor
from service.core.database import SYSTEM, identify, make_engine, transaction
from service.core.settings import Settings, get_settings
from tests.own_database import own_database

pytest_plugins = ["tests.browser"]

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
    with own_database(maintenance_url, "test") as url:
        yield url


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
def nothing_pending(engine: Engine) -> None:
    """Before everything that is due is handled: what other tests have left is not."""
    with transaction(engine, SYSTEM) as session:
        session.execute(text("update outbox_event set done_at = now() where done_at is null"))


@pytest.fixture
def terminal() -> Actor:
    return terminal_actor("test")
