from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from service.core.i18n.request import LanguageChoice, locale_of


def show(request: Request) -> PlainTextResponse:
    if language := request.headers.get("x-user-language"):
        request.state.current = SimpleNamespace(locale=language)
    return PlainTextResponse(locale_of(request))


@pytest.fixture
def client() -> TestClient:
    return TestClient(LanguageChoice(Starlette(routes=[Route("/", show)]), secure=True))


def test_japanese_is_the_default(client: TestClient):
    assert client.get("/", headers={"accept-language": "fr"}).text == "ja"


def test_the_browser_is_asked_last(client: TestClient):
    headers = {"accept-language": "en"}
    assert client.get("/", headers=headers).text == "en"
    assert client.get("/", headers={**headers, "x-user-language": "ja"}).text == "ja"


def test_the_choice_is_remembered_before_the_users_setting(client: TestClient):
    headers = {"x-user-language": "ja"}
    chosen = client.get("/?lang=en", headers=headers)
    assert chosen.text == "en"
    cookie = chosen.headers["set-cookie"]
    assert cookie.startswith("lang=en;")
    assert {"Path=/", "SameSite=Lax", "Secure"} <= set(cookie.split("; "))
    assert client.get("/", headers={**headers, "cookie": "lang=en"}).text == "en"


def test_an_unknown_language_is_neither_spoken_nor_remembered(client: TestClient):
    answer = client.get("/?lang=fr")
    assert answer.text == "ja"
    assert "set-cookie" not in answer.headers
