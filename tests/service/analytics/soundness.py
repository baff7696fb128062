"""What holds for every report of any city: no false number, and the same figures in every form."""

import csv
import io
import json
import math
import re
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook

from service.analytics.exports import ExportFormat, all_rows, export, shown
from service.analytics.report import Report, Value
from service.core.i18n.locales import Locale

MAY_BE_NEGATIVE = {"difference", "statistic", "slope"}
# Reports whose limits stand around something else, and that estimate by report.
LIMITS = {
    ("rate", "lower", "upper"): {
        "failure-rate",
        "trend",
        "run-hours",
        "bad-actors",
    },
    ("mcf", "lower", "upper"): {"mcf"},
    ("ratio", "ratio_lower", "ratio_upper"): {"failure-rate"},
    ("ratio", "lower", "upper"): {"compare"},
    ("difference", "lower", "upper"): {"groups"},
    ("mtbf_h", "mtbf_lower_h", "mtbf_upper_h"): {"availability"},
    ("beta", "beta_lower", "beta_upper"): {"trend-tests"},
    ("median", "median_lower", "median_upper"): {"life"},
    ("expected", "lower_80", "upper_80"): {"forecast"},
    ("lower_80", "lower_95", "upper_95"): {"forecast"},
    ("upper_80", "lower_95", "upper_95"): {"forecast"},
    ("cost_yen", "cost_lower", "cost_upper"): {"forecast"},
    ("replacements", "replacements_lower", "replacements_upper"): {"forecast"},
    ("rate", "chart_lower", "chart_upper"): set(),  # a rate outside them is a signal
}
SHARES = {"share": 100, "cumulative_share": 100, "availability": 100, "chance": 100}
CHANCES = {"p": 1, "q": 1, "beta_q": 1, "laplace_p": 1, "military_p": 1, "darling_p": 1}
NOT_A_NUMBER = re.compile(r"\b(nan|inf|infinity|none)\b|∞|%\(", re.IGNORECASE)


def assert_sound(made: Report) -> None:
    assert bool(made.rows) != bool(made.empty)
    assert made.rows or not made.findings
    assert len({row["key"] for row in made.rows}) == len(made.rows)
    for row in all_rows(made):
        _assert_row(made, row)
    for fact in (*made.conditions, *made.quality.facts):
        if isinstance(fact.value, int | float):
            assert 0 <= fact.value <= (100 if fact.unit == "%" and fact.key != "price" else 1e18)
    if made.name.startswith("pareto") and made.rows:
        assert made.rows[-1]["cumulative_share"] == 100
    for locale in Locale:
        for finding in made.findings:
            assert not NOT_A_NUMBER.search(finding.words(locale)), finding
    _assert_same_in_every_form(made)
    _assert_drawn(made)


def _number(row: dict[str, Value], name: str) -> float | None:
    value = row.get(name)
    return value if isinstance(value, int | float) else None


def _assert_row(made: Report, row: dict[str, Value]) -> None:
    for name, value in row.items():
        assert value not in {"None", "nan", "NaT"}, (made.name, name)
        if isinstance(value, float):
            assert math.isfinite(value), (made.name, name)
            assert value or math.copysign(1, value) > 0, f"-0: {made.name} {name}"
        is_signed = name in MAY_BE_NEGATIVE or made.name == "groups"
        if isinstance(value, int | float) and not is_signed:
            assert value >= 0, (made.name, name)
    for name, most in (SHARES | CHANCES).items():
        assert (_number(row, name) or 0) <= most, (made.name, name)
    for (name, *ends), reports in LIMITS.items():
        lower, upper = (_number(row, end) for end in ends)
        assert lower is None or upper is None or lower <= upper, (made.name, row)
        middle = _number(row, name) if made.name in reports else None
        if middle is not None:
            assert lower is None or lower <= middle, (made.name, name, row)
            assert upper is None or middle <= upper, (made.name, name, row)
    for name in {"verdict", "signal"} & {column.key for column in made.columns}:
        assert row.get(name) or row is made.total, (made.name, row)


def _assert_same_in_every_form(made: Report) -> None:
    """Cell by cell: what is a number is the same number in JSON, CSV and Excel."""
    told = json.loads(export(made, ExportFormat.JSON, Locale.EN), parse_constant=_refuse)
    text = export(made, ExportFormat.CSV, Locale.EN).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))[1:]
    book = load_workbook(io.BytesIO(export(made, ExportFormat.XLSX, Locale.EN)), read_only=True)
    cells = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    rows = [*told["rows"], *([told["total"]] if told["total"] else [])]
    assert len(rows) == len(cells) == len(list(all_rows(made)))
    for row, json_row, line, cell in zip(all_rows(made), rows, lines, cells, strict=False):
        for place, column in enumerate(made.columns):
            value = shown(column, row, Locale.EN)
            assert json_row[column.key] == (value if _is_plain(value) else str(value))
            in_sheet = cell[place] if place < len(cell) else None
            if isinstance(value, int | float):
                assert float(line[place]) == value
                assert in_sheet == value
            elif value in {None, ""}:
                assert not line[place]
                assert in_sheet in {None, ""}


def _is_plain(value: Value) -> bool:
    return value is None or isinstance(value, str | int | float)


def _refuse(constant: str) -> Any:
    raise AssertionError(constant)


def _assert_drawn(made: Report) -> None:
    if made.figure is None:
        return
    drawn = export(made, ExportFormat.SVG, Locale.EN).decode()
    assert all(-1 <= place <= 761 for place in _places(drawn, "x|cx|x1|x2"))
    assert all(place >= -1 for place in _places(drawn, "y|cy|y1|y2"))
    assert not re.search(r'="[^"]*(nan|inf)[^"]*"', drawn)


def _places(drawn: str, names: str) -> Iterator[float]:
    return map(float, re.findall(rf'\b(?:{names})="([^"]+)"', drawn))
