"""Each module of imports has a database of its own: what one has committed another would count."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from service.core.database import make_engine
from service.core.settings import Settings
from tests.own_database import own_settings


@pytest.fixture(scope="module")
def settings(maintenance_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with own_settings(maintenance_url, "imports", tmp_path_factory.mktemp("imports")) as own:
        yield own


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Iterator[Engine]:
    engine = make_engine(settings)
    yield engine
    engine.dispose()
