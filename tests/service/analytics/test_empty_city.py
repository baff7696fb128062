"""A city without anything yet: each report and each page says so in a sentence."""

from dataclasses import replace
from datetime import date

import pytest
from fastapi.testclient import TestClient

from service.analytics.catalogue import KINDS
from service.analytics.conditions import Conditions, Filters
from service.analytics.periods import Period
from service.analytics.service import refresh, report
from service.core.settings import Settings

ASKED = Conditions(period=Period(date(2022, 4, 1), date(2025, 4, 1)))


def test_every_report_has_a_sentence(analytics_settings: Settings):
    nothing = refresh(analytics_settings)
    assert nothing.counts["devices"] == 0
    for name in KINDS:
        for asked in (ASKED, replace(ASKED, filters=Filters(storms="out", rain="only"))):
            made = report(nothing, asked, name)
            assert made.empty, name
            assert not made.rows, name


@pytest.mark.parametrize("name", ["failure-rate", "trend", "plan"])
def test_pages_and_the_api_have_a_sentence(engineer: TestClient, name: str):
    body = engineer.get(f"/api/v1/analytics/{name}").json()
    assert body["rows"] == []
    assert body["empty"].startswith("条件に合う機器がありません")
    page = engineer.get(f"/analytics/{name}")
    assert page.status_code == 200
    assert body["empty"] in page.text
