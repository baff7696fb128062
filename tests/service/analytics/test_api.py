import io
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
    ("query", "status", "code"),
    [
        ({"form": "2022-04"}, 400, "unknown-parameter"),
        ({"by": "colour"}, 400, "malformed-request"),
        ({"from": "April"}, 400, "malformed-request"),
        ({"from": "2022-13"}, 422, "month-malformed"),
        ({"from": "2025-04", "to": "2024-04"}, 422, "period-backwards"),
        ({"snapshot": "20200101T000000000Z-00000000"}, 404, "snapshot-unknown"),
    ],
)
def test_wrong_conditions_are_named(
    engineer: TestClient, query: dict[str, str], status: int, code: str
):
    answer = engineer.get(ADDRESS, params=query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
