from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from jinja2 import ChoiceLoader, DictLoader, UndefinedError
from starlette.requests import Request

from service.core.http import templating
from service.core.http.templating import render, render_block

RequestTo = Callable[..., Request]
LIST = """{% extends "layout.html" %}
{% from "macros.html" import badge with context %}
{% block title %}t{% endblock %}
{% block content %}<ul>{% block rows %}<li>{{ badge(name) }}</li>{% endblock %}</ul>{% endblock %}
"""
SNIPPETS = {
    "list.html": LIST,
    "hello.html": "{{ _('%(shown)s 件を表示', shown=shown) }}",
    "typo.html": "{{ nmae }}",
    "here.html": "{{ here(sort='-date', cursor=none) }}",
    "dates.html": "{{ day | wareki }} {{ day | wareki_short }} {{ day | nendo }} {{ moment | jst }}"
    " {{ none | wareki }} {{ 1234567 | number }} {{ 2.5 | number(digits=2) }}",
    "count.html": "{{ ngettext(m, m, n) }}",
}


@pytest.fixture(autouse=True)
def snippets(monkeypatch: pytest.MonkeyPatch):
    loader = ChoiceLoader([DictLoader(SNIPPETS), templating.environment.loader])
    monkeypatch.setattr(templating, "environment", templating.environment.overlay(loader=loader))


@pytest.fixture
def request_to() -> RequestTo:
    def build(query: str = "", **headers: str) -> Request:
        raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
        scope = {"type": "http", "method": "GET", "path": "/cases", "query_string": query.encode()}
        return Request({**scope, "headers": raw, "server": ("test", 80), "scheme": "http"})

    return build


def test_values_are_escaped_inside_a_translation(request_to: RequestTo):
    page = render(request_to("lang=en"), "hello.html", shown="<script>")
    assert page.body.decode() == "Showing &lt;script&gt;"
    assert page.headers["content-language"] == "en"


def test_pages_are_not_kept_by_caches(request_to: RequestTo):
    page = render(request_to(), "hello.html", shown=1)
    assert page.headers["cache-control"] == "private, no-store"
    assert "HX-Request" in page.headers["vary"]


def test_a_misspelt_name_is_an_error(request_to: RequestTo):
    with pytest.raises(UndefinedError):
        render(request_to(), "typo.html")


def test_htmx_gets_the_fragment_and_a_browser_the_page(request_to: RequestTo):
    whole = render(request_to(), "list.html", fragment="rows", name="<b>")
    part = render(request_to(hx_request="true"), "list.html", fragment="rows", name="<b>")
    assert whole.body.startswith(b"<!doctype html>")
    assert part.body.decode().strip().startswith("<li>")
    assert "&lt;b&gt;" in part.body.decode()


def test_htmx_gets_the_page_when_it_swaps_the_whole_body(request_to: RequestTo):
    request = request_to(hx_request="true", hx_request_type="full")
    assert render(request, "list.html", fragment="rows", name="x").body.startswith(b"<!doctype")


def test_one_block_can_be_asked_for(request_to: RequestTo):
    answer = render_block(request_to(), "list.html", "rows", status_code=422, name="x")
    assert answer.status_code == 422
    assert b"<html" not in answer.body


def test_here_changes_adds_and_removes_query_values(request_to: RequestTo):
    page = render(request_to("q=a%26b&cursor=xyz&sort=date"), "here.html")
    assert page.body.decode() == "/cases?q=a%26b&amp;sort=-date"


def test_here_keeps_every_value_of_a_repeated_parameter(request_to: RequestTo):
    page = render(request_to("state=reported&state=waiting"), "here.html")
    assert page.body.decode() == "/cases?state=reported&amp;state=waiting&amp;sort=-date"


def test_filters_speak_the_readers_language(request_to: RequestTo):
    words = {"day": date(2026, 11, 23), "moment": datetime(2026, 11, 23, 3, 5, tzinfo=UTC)}
    assert render(request_to(), "dates.html", **words).body.decode() == (
        "令和8年11月23日 R8.11.23 令和8年度 2026/11/23(月) 12:05 – 1,234,567 2.50"
    )
    assert render(request_to("lang=en"), "dates.html", **words).body.decode() == (
        "23 Nov Reiwa 8 R8.11.23 FY2026 Mon 23 Nov 2026 12:05 – 1,234,567 2.50"
    )


def test_texts_that_count_are_escaped_and_filled(request_to: RequestTo):
    text = "入力内容に %(num)s 件の誤りがあります"
    page = render(request_to("lang=en"), "count.html", m=text, n=1)
    assert page.body.decode() == "1 value needs to be corrected"


def test_navigation_shows_what_the_person_may_open(request_to: RequestTo):
    request = request_to()
    request.state.current = SimpleNamespace(
        display_name="甲", can=lambda permission: permission == "cases.read"
    )
    html = render(request, "list.html", name="x").body.decode()
    assert 'href="/cases"' in html
    assert 'href="/imports"' not in html
