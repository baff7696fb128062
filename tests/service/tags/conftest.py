from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.core.settings import Settings
from service.tags.guessing import GUESSES
from tests.browser import browser, violations, window
from tests.tagged_city import TaggedCity, application, browser_client, build

__all__ = ["browser", "violations", "window"]


@pytest.fixture(scope="module")
def tagged(engine: Engine) -> TaggedCity:
    return build(engine)


@pytest.fixture(scope="module")
def app(engine: Engine, settings: Settings) -> FastAPI:
    return application(engine, settings)


@pytest.fixture(autouse=True)
def no_earlier_guesses() -> None:
    GUESSES.forget()


@pytest.fixture
def contractor(app: FastAPI, tagged: TaggedCity) -> Iterator[TestClient]:
    with browser_client(app, tagged.city.tokens["contractor"]) as client:
        yield client


@pytest.fixture
def staff(app: FastAPI, tagged: TaggedCity) -> Iterator[TestClient]:
    with browser_client(app, tagged.city.tokens["staff"]) as client:
        yield client
