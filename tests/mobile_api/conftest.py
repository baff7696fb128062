from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from service.core.settings import Settings
from service.tags.guessing import GUESSES
from tests.tagged_city import TaggedCity, application, build, phone


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
    with phone(app, tagged.city.tokens["contractor"]) as client:
        yield client


@pytest.fixture
def other_contractor(app: FastAPI, tagged: TaggedCity) -> Iterator[TestClient]:
    with phone(app, tagged.city.tokens["other_contractor"]) as client:
        yield client


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[TestClient]:
    with phone(app) as client:
        yield client
