"""Requests made from both OpenAPI documents never break the service; answers keep their word."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from app.asgi import create_app
from service.accounts import service as accounts
from service.accounts.domain import Role
from service.core.database import make_engine, transaction
from service.core.settings import Settings
from tests.factories import PASSWORD, make_facility, make_installation, make_position, make_user
from tests.own_database import own_settings

CHECKS = (not_a_server_error, response_schema_conformance, content_type_conformance)
CALM = effort(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def settings(maintenance_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    state = tmp_path_factory.mktemp("contract")
    with own_settings(maintenance_url, "contract", state) as own:
        yield own


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[FastAPI]:
    engine = make_engine(settings)
    yield create_app(settings, engine)
    engine.dispose()


@pytest.fixture(scope="module")
def headers(app: FastAPI, settings: Settings) -> dict[str, str]:
    with transaction(app.state.engine) as session:
        make_installation(session, make_position(session, make_facility(session)))
        user = make_user(session, Role.ADMINISTRATOR)
    with transaction(app.state.engine) as session:
        phone = accounts.enrol_phone(
            session, user.username, PASSWORD, name="contract", settings=settings
        )
        assert phone is not None
    return {"Authorization": f"Bearer {phone.token}"}


def broken_promises(document: Any, headers: dict[str, str]) -> list[str]:
    """Every operation with made-up requests; what each answer did wrong."""
    found = []
    for result in document.get_all_operations():
        operation = result.ok()

        @CALM
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        try:
            call()
        except (FailureGroup, Failure) as failure:
            found.append(f"{operation.method.upper()} {operation.path}: {failure}")
    return found


@pytest.mark.slow
def test_office_api(app: FastAPI, headers: dict[str, str]) -> None:
    document = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    # The stream never ends; the faults slice reads it.
    assert broken_promises(document.exclude(path="/api/v1/events"), headers) == []


@pytest.mark.slow
def test_phones_api(app: FastAPI, headers: dict[str, str]) -> None:
    document = schemathesis.openapi.from_asgi("/mobile/v1/openapi.json", app)
    assert broken_promises(document, headers) == []
