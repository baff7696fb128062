"""Saved views: one's own, the office's, and nobody else's."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.asgi import create_app
from service.accounts.domain import Role
from service.core.database import transaction
from service.core.settings import Settings
from tests.browser import DESKTOP, PHONE, served
from tests.factories import PASSWORD, make_company, make_user, sign_in_client

QUERY = "middle=汚水ポンプ設備&health=2&cursor=abc"


@pytest.fixture
def people(engine: Engine, settings: Settings) -> dict[str, TestClient]:
    with transaction(engine) as session:
        company = make_company(session)
        users = {
            "one": make_user(session),
            "other": make_user(session, Role.ENGINEER),
            "worker": make_user(session, Role.CONTRACTOR, company),
        }
    app = create_app(settings, engine)
    return {name: sign_in_client(app, user) for name, user in users.items()}


def _save(client: TestClient, name: str, **more: str) -> str:
    data = {"name": name, "path": "/positions", "query": QUERY} | more
    answer = client.post("/views", data=data, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_view_leads_back_to_its_conditions_and_not_to_a_page_of_them(people) -> None:
    location = _save(people["one"], "悪い汚水ポンプ")
    assert "cursor" not in location
    assert "health=2" in location
    assert "悪い汚水ポンプ" in people["one"].get("/views?path=/positions").text


def test_shared_ones_are_seen_by_the_office_only(people) -> None:
    _save(people["one"], "みんなの表示", is_shared="true")
    _save(people["one"], "自分だけの表示")
    told = people["other"].get("/views?path=/positions").text
    assert "みんなの表示" in told
    assert "自分だけの表示" not in told
    assert "みんなの表示" not in people["worker"].get("/views?path=/positions").text
    _save(people["worker"], "会社の表示", is_shared="true")
    assert "会社の表示" not in people["one"].get("/views?path=/positions").text


def test_only_ones_own_is_forgotten(people) -> None:
    _save(people["one"], "消す表示", is_shared="true")
    page = people["one"].get("/views?path=/positions").text
    found = re.findall(r"/views/([0-9a-f-]{36})/forget", page)
    assert people["other"].post(f"/views/{found[-1]}/forget").status_code == 404
    for view_id in found:
        assert people["one"].post(f"/views/{view_id}/forget").status_code == 303
    assert "消す表示" not in people["one"].get("/views?path=/positions").text


def test_other_pages_have_no_views(people) -> None:
    data = {"name": "x", "path": "https://example.com/", "query": ""}
    assert people["one"].post("/views", data=data).status_code == 404


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_saving_what_is_shown(engine: Engine, settings: Settings, window, violations, size) -> None:
    with transaction(engine) as session:
        user = make_user(session)
    with served(create_app(settings, engine)) as url:
        page = window(**size).new_page()
        page.goto(f"{url}/sign-in")
        page.get_by_label("利用者名").fill(user.username)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        for path in ("/positions?health=2", "/cases?state=closed"):
            page.goto(url + path)
            page.get_by_text("保存した表示", exact=True).click()
            page.get_by_label("いまの条件を保存する名前").fill("毎月見る一覧")
            assert violations(page) == []
            page.get_by_role("button", name="保存する", exact=True).click()
            page.get_by_text("保存した表示", exact=True).click()
            expect(page.get_by_role("link", name="毎月見る一覧").first).to_be_visible()
