"""Pages of odd cities: every one answers, is escaped, and shows the cells of its export."""

import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.analytics.catalogue import KINDS
from service.analytics.pages import DEVICES_PER_PAGE
from service.analytics.report import Column
from service.analytics.service import report, store_of
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.locales import Locale
from service.core.settings import Settings
from tests.service.analytics.reports.test_odd_cities import ASKED, TOWNS
from tests.service.analytics.towns import extract_of

SHOWN = ("many", "meters", "names to run", "names to fill", "no names")
QUERY = {"from": "2022-04", "to": "2025-03"}


@pytest.fixture(scope="module")
def kept(analytics_settings: Settings) -> dict[str, Snapshot]:
    """Snapshots that an address can name; there are no rows behind them."""
    store = store_of(analytics_settings)
    return {name: store.add(extract_of(TOWNS[name])) for name in SHOWN}


def table_of(html: str) -> list[list[str]]:
    """The cells of the page's table as read, in order."""
    body = html[html.index("<tbody>") : html.index("</table>")]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [[_text(cell) for cell in row] for row in cells]


def _text(cell: str) -> str:
    plain = re.sub(r'<span class="cell-sub">.*?</span>|<input[^>]*>|<[^>]+>', "", cell)
    return " ".join(unescape(plain).split())


def as_shown(column: Column, value: Any) -> str:
    """A value of the JSON as people read it."""
    if value in {None, ""}:
        return "–"
    if isinstance(value, str):
        return " ".join(value.split())
    return f"{value:,}" if column.digits is None else f"{value:,.{column.digits}f}"


@pytest.mark.parametrize(
    ("town", "lang"),
    [("many", Locale.EN), ("no names", Locale.EN), *((town, Locale.JA) for town in SHOWN[:4])],
)
def test_pages_show_the_cells_of_the_export(
    engineer: TestClient, kept: dict[str, Snapshot], town: str, lang: Locale
):
    asked = {**QUERY, "snapshot": kept[town].id, "lang": lang.value}
    for name in KINDS:
        page = engineer.get(f"/analytics/{name}", params=asked)
        assert page.status_code == 200, name
        told = engineer.get(f"/api/v1/analytics/{name}", params=asked).json()
        assert "<script>alert" not in page.text
        assert not re.search(r">\s*None\s*<", page.text), name
        if not told["rows"]:
            assert told["empty"] in unescape(page.text)
            continue
        made = report(kept[town], ASKED, name)
        columns = [one for one in made.columns if not one.is_detail]
        if name == "failure-rate":
            assert_rates(page.text, told["rows"])
            continue
        rows = [*told["rows"], *([told["total"]] if told["total"] else [])]
        cells = table_of(page.text)
        assert len(cells) == len(rows) <= DEVICES_PER_PAGE
        for number, row in enumerate(rows):
            shown = cells[number][1 if KINDS[name].chooses else 0 :]
            assert shown == [as_shown(one, row[one.key]) for one in columns], name


def assert_rates(html: str, rows: list[dict[str, Any]]) -> None:
    """The one table with a form of its own: two figures in a cell."""
    for cells, row in zip(table_of(html), rows, strict=False):
        assert cells[0] == (row["label"] or "–")
        assert cells[1:5] == [
            f"{row['devices']:,}",
            f"{row['device_years']:,.1f}",
            f"{row['failures']:,}",
            f"{row['rate']:,.2f}",
        ]


def test_a_name_that_looks_like_a_gap_to_fill_is_a_name(
    engineer: TestClient, kept: dict[str, Snapshot]
):
    asked = {**QUERY, "snapshot": kept["names to fill"].id}
    page = engineer.get("/analytics/failure-rate", params=asked)
    link = re.search(r'href="(/analytics/failure-rate/devices\?[^"]+)"', page.text)
    assert link
    behind = engineer.get(unescape(link[1]) + f"&snapshot={kept['names to fill'].id}")
    assert behind.status_code == 200
    assert "100% %(x)s {y} %" in unescape(behind.text)
