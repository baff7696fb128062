"""What holds for every report: a sentence instead of nothing, the same figures everywhere."""

import csv
import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from service.analytics.catalogue import KINDS, ReportUnknown
from service.analytics.conditions import Conditions, Filters
from service.analytics.exports import ExportFormat, NoFigure, export
from service.analytics.figure import svg
from service.analytics.grouping import GroupBy
from service.analytics.periods import Period
from service.analytics.report import Grade, Report
from service.analytics.service import report
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.locales import Locale

THREE_YEARS = Conditions(period=Period(date(2022, 4, 1), date(2025, 4, 1)))
EVERY = pytest.mark.parametrize("name", KINDS)
# One of each kind of drawing, and one without.
TWICE_ON_PAPER = {"trend", "availability", "priority", "plan-devices"}
ODD = {
    "nothing matches": replace(THREE_YEARS, filters=Filters(facility="NOWHERE")),
    "the future": replace(THREE_YEARS, period=Period(date(2090, 1, 1), date(2091, 1, 1))),
    "long ago": replace(THREE_YEARS, period=Period(date(1950, 1, 1), date(1951, 1, 1))),
    "one month": replace(THREE_YEARS, period=Period(date(2022, 5, 1), date(2022, 6, 1))),
    "a class without failures": replace(THREE_YEARS, filters=Filters(minor="流入ゲート")),
}


def numbers(made: Report) -> list[float]:
    return [value for row in made.rows for value in row.values() if isinstance(value, float)]


@pytest.fixture(scope="module")
def whole(snapshot: Snapshot) -> Callable[[str], Report]:
    """Every report of the three years, made once."""
    return cache(lambda name: report(snapshot, THREE_YEARS, name))


@pytest.mark.parametrize("by", list(GroupBy))
@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.has_groups])
def test_every_grouping_gives_figures_or_a_sentence(snapshot: Snapshot, name: str, by: GroupBy):
    made = report(snapshot, replace(THREE_YEARS, by=by), name)
    assert bool(made.rows) != bool(made.empty)
    assert all(math.isfinite(value) for value in numbers(made))
    assert len({row["key"] for row in made.rows}) == len(made.rows)


@EVERY
@pytest.mark.parametrize("odd", ODD)
def test_odd_conditions_give_a_sentence_and_never_a_false_number(
    snapshot: Snapshot, name: str, odd: str
):
    made = report(snapshot, ODD[odd], name)
    assert bool(made.rows) != bool(made.empty)
    assert all(math.isfinite(value) for value in numbers(made))
    assert not made.findings or made.rows
    for form in (ExportFormat.JSON, ExportFormat.CSV, ExportFormat.XLSX):
        body = export(made, form, Locale.JA)
        assert b"NaN" not in body
        assert body


@EVERY
def test_the_same_figures_in_every_form(whole: Callable[[str], Report], name: str):
    made = whole(name)
    told = json.loads(export(made, ExportFormat.JSON, Locale.JA))
    assert [row["key"] for row in told["rows"]] == [row["key"] for row in made.rows]
    text = export(made, ExportFormat.CSV, Locale.JA).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    sheet = load_workbook(io.BytesIO(export(made, ExportFormat.XLSX, Locale.JA))).worksheets[0]
    for number, row in enumerate(made.rows, start=1):
        for place, column in enumerate(made.columns):
            value = row.get(column.key)
            if not isinstance(value, int | float):
                continue
            assert float(lines[number][place]) == value
            assert sheet.cell(number + 1, place + 1).value == value
            assert told["rows"][number - 1][column.key] == value


@EVERY
def test_the_same_snapshot_gives_the_same_bytes(
    snapshot: Snapshot, whole: Callable[[str], Report], name: str
):
    first, again = whole(name), report(snapshot, THREE_YEARS, name)
    for form in (ExportFormat.JSON, ExportFormat.CSV, ExportFormat.XLSX):
        assert export(first, form, Locale.JA) == export(again, form, Locale.JA)


@EVERY
def test_a_drawing_is_whole_and_says_its_title(whole: Callable[[str], Report], name: str):
    made = whole(name)
    if made.figure is None:
        with pytest.raises(NoFigure):
            export(made, ExportFormat.SVG, Locale.JA)
        return
    drawn = export(made, ExportFormat.SVG, Locale.JA).decode()
    assert drawn == svg(made.figure, made.title, Locale.JA)
    assert 'role="img"' in drawn
    assert "nan" not in drawn
    places = [float(x) for x in re.findall(r'\b(?:x|cx|x1|x2)="(-?[\d.]+)"', drawn)]
    assert all(-1 <= place <= 761 for place in places)


@EVERY
def test_english_leaves_no_word_of_ours_in_japanese(whole: Callable[[str], Report], name: str):
    made = whole(name)
    told = json.loads(export(made, ExportFormat.JSON, Locale.EN))
    texts = [told["title"], *told["findings"], *told["notes"]]
    texts += [f"{column['label']} {column['unit'] or ''}" for column in told["columns"]]
    assert [text for text in texts if re.search("[\u3040-\u30ff\u4e00-\u9fff]", text)] == []


def test_a_report_that_is_not_there(snapshot: Snapshot):
    with pytest.raises(ReportUnknown):
        report(snapshot, THREE_YEARS, "horoscope")


@EVERY
def test_paper_says_what_the_screen_says(
    snapshot: Snapshot, whole: Callable[[str], Report], name: str
):
    made = whole(name)
    paper = export(made, ExportFormat.PDF, Locale.JA)
    if name in TWICE_ON_PAPER:
        again = report(snapshot, THREE_YEARS, name)
        assert export(again, ExportFormat.PDF, Locale.JA) == paper
    text = "".join(paper_text(paper).split())
    assert "".join(made.title.split()) in text
    assert made.snapshot.id in text
    for finding in made.findings:
        assert "".join(finding.words(Locale.JA).split()) in text
    for row in made.rows:
        assert "".join(str(row.get("label", row.get("month"))).split()) in text


def paper_text(pdf: bytes) -> str:
    pages = PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def test_paper_of_a_report_not_to_be_trusted_bears_a_watermark(snapshot: Snapshot):
    made = report(snapshot, THREE_YEARS, "pareto")
    rough = replace(made, quality=replace(made.quality, grade=Grade.C))
    good = replace(made, quality=replace(made.quality, grade=Grade.A))
    assert "参考値" in paper_text(export(rough, ExportFormat.PDF, Locale.JA))
    assert "参考値" not in paper_text(export(good, ExportFormat.PDF, Locale.JA))


def test_an_empty_report_is_a_page_with_its_reason(snapshot: Snapshot):
    made = report(snapshot, ODD["nothing matches"], "plan")
    assert made.empty
    assert "".join(made.empty.split()) in "".join(
        paper_text(export(made, ExportFormat.PDF, Locale.JA)).split()
    )
