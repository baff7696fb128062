"""The user's own file comes back with the bad cells marked, is mended, and goes on."""

import csv
import io

import openpyxl
import pytest
from openpyxl.styles import PatternFill
from sqlmodel import Session

from importers import service
from importers.decisions import Decisions, answered
from importers.error_file import error_file
from importers.exporting.formulas import harmless
from importers.exporting.marker import continued_job
from importers.models import ImportJob
from service.accounts.actor import Actor
from service.core.i18n.locales import Locale
from tests.importers.ledgers import CLASSES, FACILITIES, load, outcomes

HEADER = "設備番号,施設コード,分類コード,名称,設置年月,健全度\n"
ROWS = (
    "P-1,TJ,PU-OS-01,甲ポンプ,S58.3,3\n"
    "P-2,TJ,PU-OS-01,乙ポンプ,R6.2.30,7\n"
    "P-3,TJ,PU-OS-01,丙ポンプ,58.3,3\n"
)


@pytest.fixture
def city(session: Session, terminal: Actor) -> Session:
    load(session, CLASSES, FACILITIES, by=terminal)
    return session


def _sent(session: Session, content: bytes, name: str, by: Actor, **decisions: object) -> ImportJob:
    decided = Decisions(**decisions) if decisions else None
    return service.plan_file(session, content, name, decisions=decided, by=by)


def test_a_csv_keeps_its_encoding_and_gets_one_column(city, terminal):
    content = ("見本市 設備台帳,,,,,\n" + HEADER + ROWS).encode("cp932")
    job = _sent(city, content, "台帳.csv", terminal)
    file = error_file(city, job, Locale.JA)
    assert file.name == "台帳_取込結果.csv"
    lines = list(csv.reader(io.StringIO(file.content.decode("cp932"))))
    assert [line[:6] for line in lines] == list(csv.reader(io.StringIO(content.decode("cp932"))))
    assert lines[1][6] == f"取込結果[{job.id}]"
    assert lines[2][6:] == []
    assert "「R6.2.30」は暦にない日付です。" in lines[3][6]
    assert "健全度は1から5までです" in lines[3][6]


def test_cells_beyond_the_header_are_kept_beside_the_reason(city, terminal):
    beyond = ROWS.replace("7\n", "7,,電話で確認\n")
    content = "見本市 設備台帳,,,,,,,,承認\n" + HEADER + beyond
    job = _sent(city, content.encode(), "台帳.csv", terminal)
    lines = list(csv.reader(io.StringIO(error_file(city, job, Locale.JA).content.decode())))
    assert lines[0][8] == "承認"
    assert lines[1][9] == f"取込結果[{job.id}]"
    assert lines[3][7] == "電話で確認"
    assert "健全度" in lines[3][9]


def test_cells_of_a_workbook_beyond_the_header_are_kept_beside_the_reason(city, terminal):
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(HEADER + ROWS)):
        book.active.append(row)
    book.active["G3"] = "電話で確認"
    out = io.BytesIO()
    book.save(out)
    job = _sent(city, out.getvalue(), "台帳.xlsx", terminal)
    marked = openpyxl.load_workbook(io.BytesIO(error_file(city, job, Locale.JA).content)).active
    assert marked["G3"].value == "電話で確認"
    assert marked["H1"].value == "取込結果"
    assert "健全度" in marked["H3"].value


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_second_marking_replaces_the_first(city, terminal, ending):
    content = (HEADER + ROWS).encode()
    if ending == "xlsx":
        book = openpyxl.Workbook()
        for row in csv.reader(io.StringIO(HEADER + ROWS)):
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        content = out.getvalue()
    first = _sent(city, content, f"台帳.{ending}", terminal)
    marked = error_file(city, first, Locale.JA).content
    second = _sent(city, marked, f"台帳_取込結果.{ending}", terminal)
    again = error_file(city, second, Locale.JA).content
    if ending == "xlsx":
        rows = list(openpyxl.load_workbook(io.BytesIO(again)).active.iter_rows(values_only=True))
    else:
        rows = list(csv.reader(io.StringIO(again.decode())))
    assert [str(name).startswith("取込結果") for name in rows[0]] == [False] * 6 + [True]


def test_a_mended_file_continues_the_import_with_its_decisions(city, terminal):
    first = _sent(city, (HEADER + ROWS).encode(), "台帳.csv", terminal)
    assert outcomes(first) == {"create": 1, "rejected": 1, "needs_decision": 1}
    decided = answered(Decisions(), [(["eras", "installed"], "昭和")])
    service.decide(city, first.id, decided, by=terminal)
    marked = error_file(city, first, Locale.JA).content.decode()
    mended = marked.replace("R6.2.30,7", "R6.2.29,4")
    second = _sent(city, mended.encode(), "台帳_取込結果.csv", terminal)
    assert second.continues_id == first.id
    assert outcomes(second) == {"create": 3}


def _book() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台帳"
    sheet.append(["見本市 設備台帳"])
    for row in csv.reader((HEADER + ROWS).splitlines()):
        sheet.append(row)
    sheet["A2"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet.column_dimensions["D"].width = 33
    sheet["G9"] = "=1+1"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_keeps_its_look_and_shows_the_bad_cells(city, terminal):
    job = _sent(city, _book(), "台帳.xlsx", terminal)
    file = error_file(city, job, Locale.JA)
    sheet = openpyxl.load_workbook(io.BytesIO(file.content))["台帳"]
    assert sheet["A2"].fill.fgColor.rgb == "FF00FF00"
    assert sheet.column_dimensions["D"].width == 33
    assert sheet["H2"].value == "取込結果"
    assert sheet["H3"].value is None
    assert "健全度" in sheet["H4"].value
    assert sheet["E4"].fill.fgColor.rgb == "00FFD9D9"
    assert "暦にない日付" in sheet["E4"].comment.text
    assert sheet["D4"].fill.fill_type is None
    assert continued_job(file.content) == job.id


def test_a_mended_workbook_continues_the_import(city, terminal):
    first = _sent(city, _book(), "台帳.xlsx", terminal, eras={"installed": "昭和"})
    book = openpyxl.load_workbook(io.BytesIO(error_file(city, first, Locale.JA).content))
    book["台帳"]["E4"], book["台帳"]["F4"] = "R6.2.29", "4"
    content = io.BytesIO()
    book.save(content)
    second = _sent(city, content.getvalue(), "台帳.xlsx", terminal)
    assert second.continues_id == first.id
    assert outcomes(second) == {"create": 3}


def test_a_mark_of_an_unknown_import_is_no_mark(city, terminal):
    unknown = "取込結果[01990000-0000-7000-8000-000000000000]"
    content = (HEADER.rstrip("\n") + f",{unknown}\n" + ROWS).encode()
    assert _sent(city, content, "x.csv", terminal).continues_id is None


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-10～50℃", "'-10～50℃"),
        ("+81", "'+81"),
        ("\tx", "'\tx"),
        ("-3.5", "-3.5"),
        ("甲=乙", "甲=乙"),
    ],
)
def test_no_cell_becomes_a_formula_and_reading_takes_the_mark_away(city, terminal, cell, shown):
    assert harmless(cell) == shown
    ledger = f'設備番号,施設コード,分類コード,名称,備考\nP-1,TJ,PU-OS-01,甲,"{shown}"\n'
    job = _sent(city, ledger.encode(), "x.csv", terminal)
    (row,) = service.queries.rows(city, job.id, after=0, limit=9)
    note = row["normalised"]["operations"][0]["values"].get("note")
    assert note == cell.strip()
