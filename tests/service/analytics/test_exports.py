import csv
import io
import json
from dataclasses import replace
from datetime import date

import openpyxl

from service.analytics.conditions import Conditions
from service.analytics.exports import all_rows, as_csv, as_json, as_xlsx
from service.analytics.periods import Period
from service.analytics.report import Report
from service.analytics.service import failure_rate
from service.analytics.snapshot_store import Snapshot
from service.core.i18n.locales import Locale


def report_of(snapshot: Snapshot) -> Report:
    return failure_rate(snapshot, Conditions(period=Period(date(2022, 4, 1), date(2025, 4, 1))))


def test_csv_is_read_back_as_shown(snapshot: Snapshot):
    report = report_of(snapshot)
    body = as_csv(report, Locale.JA)
    assert body.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    for line, row in zip(table[1:], all_rows(report), strict=False):
        for cell, column in zip(line, report.columns, strict=True):
            value = row[column.key]
            expected = "" if value is None else value
            assert (float(cell) if isinstance(expected, int | float) else cell) == expected
    assert [line for line in table if line == ["条件"]] == [["条件"]]
    assert [line for line in table if line == ["データ品質"]] == [["データ品質"]]


def test_csv_never_holds_a_formula(snapshot: Snapshot):
    report = report_of(snapshot)
    evil = replace(report, rows=({**report.rows[0], "label": "=cmd|' /C calc'!A0"},))
    line = list(csv.reader(io.StringIO(as_csv(evil, Locale.JA).decode("utf-8-sig"))))[1]
    assert line[0] == "'=cmd|' /C calc'!A0"


def test_xlsx_holds_numbers_conditions_and_quality(snapshot: Snapshot):
    report = report_of(snapshot)
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(report, Locale.JA)))
    assert book.sheetnames == ["故障率", "条件", "データ品質"]
    for number, row in enumerate(all_rows(report), start=2):
        found = [cell.value for cell in book["故障率"][number][: len(report.columns)]]
        assert found == [
            row[column.key] or (None if row[column.key] in ("", None) else 0)
            for column in report.columns
        ]
    conditions = {row[0].value: row[1].value for row in book["条件"].iter_rows()}
    assert conditions["集計データ番号"] == snapshot.id
    quality = {row[0].value: row[1].value for row in book["データ品質"].iter_rows()}
    assert quality["計上した故障"] == 7


def test_json_speaks_the_readers_language(snapshot: Snapshot):
    english = json.loads(as_json(report_of(snapshot), Locale.EN))
    assert english["title"] == "Failure rate"
    assert english["columns"][4]["label"] == "Failures"
    assert english["snapshot"]["id"] == snapshot.id
    assert not any(ord(sign) > 0x3000 for text in english["notes"] for sign in text)
