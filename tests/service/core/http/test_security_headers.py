import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from service.core.http.security_headers import SecurityHeaders, allow


def plain(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def scanner(request: Request) -> PlainTextResponse:
    allow(request, script_src="'wasm-unsafe-eval'")
    return PlainTextResponse("ok")


def own_policy(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok", headers={"content-security-policy": "default-src 'none'"})


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", plain), Route("/scan", scanner), Route("/own", own_policy)]
    return TestClient(SecurityHeaders(Starlette(routes=routes)))


def directives(client: TestClient, path: str) -> dict[str, str]:
    policy = client.get(path).headers["content-security-policy"]
    return dict(part.split(" ", 1) for part in policy.split("; "))


def test_nothing_foreign_inline_or_evaluated_runs(client: TestClient):
    policy = directives(client, "/")
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in str(policy)


def test_a_page_may_ask_for_more_for_itself_only(client: TestClient):
    assert directives(client, "/scan")["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert directives(client, "/")["script-src"] == "'self'"


def test_an_answer_with_a_policy_of_its_own_keeps_it(client: TestClient):
    assert directives(client, "/own") == {"default-src": "'none'"}


def test_missing_pages_are_guarded_too(client: TestClient):
    headers = client.get("/missing").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=(self)" in headers["permissions-policy"]
