import io
import re
from uuid import UUID

import openpyxl
import pytest
from fastapi.testclient import TestClient

ADDRESS = "/api/v1/analytics/failure-rate"
ASKED = {"from": "2022-04", "to": "2025-03"}


def test_nobody_reads_it_without_signing_in(visitor: TestClient):
    assert visitor.get(ADDRESS).status_code == 401


def test_failure_rate_by_class(engineer: TestClient, quiet_city: dict[str, UUID]):
    answer = engineer.get(ADDRESS, params=ASKED)
    assert answer.status_code == 200
    body = answer.json()
    assert [(row["label"], row["failures"]) for row in body["rows"]] == [
        ("汚水ポンプ", 7),
        ("流入ゲート", 0),
    ]
    assert body["quality"]["grade"] == "B"
    assert answer.headers["x-snapshot"] == body["snapshot"]["id"]


def test_formats_hold_the_same_figures(engineer: TestClient, quiet_city: dict[str, UUID]):
    body = engineer.get(ADDRESS, params=ASKED).json()
    sheet = engineer.get(ADDRESS, params={**ASKED, "format": "xlsx"})
    assert "attachment" in sheet.headers["content-disposition"]
    rows = openpyxl.load_workbook(io.BytesIO(sheet.content))["故障率"]
    assert rows.cell(2, 7).value == body["rows"][0]["rate"]
    table = engineer.get(ADDRESS, params={**ASKED, "format": "csv"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"{body['rows'][0]['rate']:.2f}" in table.text.splitlines()[1]


def test_devices_of_a_group(engineer: TestClient, quiet_city: dict[str, UUID]):
    group = "ポンプ設備/汚水ポンプ設備/汚水ポンプ"
    answer = engineer.get(f"{ADDRESS}/devices", params={**ASKED, "group": group})
    assert len(answer.json()["rows"]) == 8


@pytest.mark.parametrize(
    ("query", "status", "code", "named"),
    [
        ({"form": "2022-04"}, 400, "unknown-parameter", "/form"),
        ({"by": "colour"}, 400, "malformed-request", "/by"),
        ({"urgency": "Z"}, 400, "malformed-request", "/urgency"),
        ({"rain": "maybe"}, 400, "malformed-request", "/rain"),
        ({"budget": "0"}, 400, "malformed-request", "/budget"),
        ({"years": "ten"}, 400, "malformed-request", "/years"),
        ({"w_age": "101"}, 400, "malformed-request", "/w_age"),
        ({"side": ["a", "b", "c"]}, 400, "malformed-request", "/side"),
        ({"maker": "x" * 201}, 400, "malformed-request", "/maker"),
        ({"from": "April"}, 422, "month-malformed", "/from"),
        ({"from": "0001-01"}, 422, "month-malformed", "/from"),
        ({"to": "9999-12"}, 422, "month-malformed", "/to"),
        ({"records_from": "2022-13"}, 422, "month-malformed", "/records_from"),
        ({"against_from": "2022-01"}, 422, "month-malformed", "/against_to"),
        ({"from": "2025-04", "to": "2024-04"}, 422, "period-backwards", "/to"),
    ],
)
def test_wrong_conditions_are_named_in_the_readers_language(
    engineer: TestClient,
    query: dict[str, str | list[str]],
    status: int,
    code: str,
    named: str,
):
    for lang, letters in (("ja", "[ぁ-ん]"), ("en", "^[ -~]+$")):
        answer = engineer.get(ADDRESS, params={**query, "lang": lang})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        (wrong,) = answer.json()["errors"]
        assert wrong["pointer"] == named
        assert re.search(letters, wrong["detail"])


def test_a_snapshot_that_is_not_kept(engineer: TestClient):
    answer = engineer.get(ADDRESS, params={"snapshot": "20200101T000000000Z-00000000"})
    assert (answer.status_code, answer.json()["code"]) == (404, "snapshot-unknown")


@pytest.mark.parametrize("by", ["age", "facility_type", "facility", "model"])
def test_a_group_that_is_not_there_has_no_device(
    engineer: TestClient, quiet_city: dict[str, UUID], by: str
):
    asked = {**ASKED, "by": by, "group": "ない"}
    body = engineer.get(f"{ADDRESS}/devices", params=asked).json()
    assert body["rows"] == []
    assert body["empty"].startswith("条件に合う機器がありません")


def test_a_page_beyond_the_last_is_the_first(engineer: TestClient, quiet_city: dict[str, UUID]):
    for page in ("/analytics/trend", "/analytics/failure-rate/devices"):
        first, beyond = (
            engineer.get(page, params={**ASKED, **more}).text for more in ({}, {"cursor": "9000"})
        )
        assert beyond.count("<tr>") == first.count("<tr>") > 1
