import re
from html import escape as html_escape
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from service.analytics.catalogue import KINDS
from service.analytics.verification import CASES

PAGE = "/analytics/failure-rate"
ASKED = {"from": "2022-04", "to": "2025-03"}


def test_the_page_shows_the_figures_of_the_api(engineer: TestClient, quiet_city: dict[str, UUID]):
    html = engineer.get(PAGE, params=ASKED).text
    rows = engineer.get(f"/api/v1{PAGE}", params=ASKED).json()["rows"]
    for row in rows:
        for name in ("rate", "lower", "upper"):
            assert f"{row[name]:,.2f}" in html
        assert f"{row['device_years']:,.1f}" in html
    assert html.count("<svg width") == len(rows) + 1  # the bars and their axis


def test_the_page_keeps_its_conditions_in_links(engineer: TestClient, quiet_city: dict[str, UUID]):
    html = engineer.get(PAGE, params={**ASKED, "facility": "P01", "by": "age"}).text
    assert 'value="2022-04"' in html
    assert '<option value="P01" selected>' in html
    exports = re.findall(r'href="(/api/v1/analytics/failure-rate\?[^"]+)"', html)
    assert len(exports) == 4
    assert all("facility=P01" in link and "by=age" in link for link in exports)
    assert all(engineer.get(link.replace("&amp;", "&")).status_code == 200 for link in exports)


def test_the_page_obeys_the_content_security_policy(
    engineer: TestClient, quiet_city: dict[str, UUID]
):
    html = engineer.get(PAGE, params=ASKED).text
    assert not re.search(r"<[^>]+\s(style|on\w+)=", html)
    assert "<style" not in html


def test_a_group_leads_to_its_devices_and_their_cases(
    engineer: TestClient, quiet_city: dict[str, UUID]
):
    html = engineer.get(PAGE, params=ASKED).text
    [link] = re.findall(rf'href="({PAGE}/devices\?[^"]+)">汚水ポンプ<', html)
    devices = engineer.get(link.replace("&amp;", "&")).text
    assert f'href="/cases/{quiet_city["case"]}"' in devices
    assert f'href="/positions/{quiet_city["position"]}"' in devices
    assert "8 台の機器" in devices
    assert (
        f'href="/cases?facility_id={quiet_city["facility"]}" aria-label="北ポンプ場 7件"' in devices
    )


def test_english_leaves_no_japanese_word_of_ours(engineer: TestClient, quiet_city: dict[str, UUID]):
    html = engineer.get(PAGE, params={**ASKED, "lang": "en"}).text
    main = html[html.index("<main") : html.index("</main>")]
    text = re.sub(r"<[^>]+>", " ", main)
    data = "汚水ポンプ設備|汚水ポンプ|流入ゲート|ポンプ設備|北ポンプ場|中央浄化センター|架空製作所"
    left = re.findall(r"[\u3040-\u9fff]+", re.sub(data, "", text))
    assert left == []


@pytest.mark.parametrize(("number", "name"), list(enumerate(KINDS)), ids=KINDS)
def test_every_report_has_a_page_with_its_figures(
    engineer: TestClient, quiet_city: dict[str, UUID], number: int, name: str
):
    answer = engineer.get(f"/analytics/{name}", params=ASKED)
    assert answer.status_code == 200
    told = engineer.get(f"/api/v1/analytics/{name}", params=ASKED).json()
    assert told["rows"] or "計上した故障がありません" in answer.text or name in {"life", "groups"}
    for finding in told["findings"]:
        assert html_escape(finding, quote=False) in answer.text
    assert not re.search(r"<[^>]+\s(style|on\w+)=", answer.text)
    exports = re.findall(rf'href="(/api/v1/analytics/{name}\?[^"]+)"', answer.text)
    assert len(exports) >= 4
    one = exports[number % len(exports)].replace("&amp;", "&")  # every form of some report
    assert engineer.get(one).status_code == 200
    if name != "failure-rate":
        assert_marks_lead_where_the_table_leads(engineer, answer.text, name)


def assert_marks_lead_where_the_table_leads(engineer: TestClient, html: str, name: str) -> None:
    drawing = re.search(r"<svg xmlns.*?</svg>", html, re.DOTALL)
    links = set(re.findall(r'<a href="([^"]+)"', drawing[0])) if drawing else set()
    table = set(re.findall(r'<th scope="row">\s*<a href="([^"]+)"', html))
    assert links <= table
    if name in {"trend", "pareto", "availability"}:
        assert links
        assert engineer.get(min(links).replace("&amp;", "&")).status_code == 200


def test_the_list_of_reports_leads_to_each(engineer: TestClient, quiet_city: dict[str, UUID]):
    page = engineer.get("/analytics").text
    assert all(f'href="/analytics/{name}"' in page for name in KINDS)
    assert engineer.get("/analytics/horoscope").status_code == 404


def test_how_the_figures_are_known_to_be_right(engineer: TestClient):
    page = engineer.get("/analytics/verification")
    assert page.status_code == 200
    cases = len(list(CASES.glob("*.json")))
    assert f"{cases}例のうち{cases}例が合格" in page.text
    assert "不合格" not in page.text


def test_a_month_of_the_trend_leads_to_its_classes(
    engineer: TestClient, quiet_city: dict[str, UUID]
):
    rows = engineer.get("/api/v1/analytics/trend", params=ASKED).json()["rows"]
    html = engineer.get("/analytics/trend", params=ASKED).text
    links = re.findall(r'<th scope="row">\s*<a href="([^"]+)"', html)
    assert len(links) == len(rows)
    for link, row in zip(links, rows, strict=True):
        asked = "/api/v1" + link.replace("&amp;", "&")
        classes = engineer.get(asked).json()["rows"]
        assert sum(one["failures"] for one in classes) == row["failures"]
