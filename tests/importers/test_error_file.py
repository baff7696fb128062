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
    assert sheet["G2"].value == "取込結果"
    assert sheet["G3"].value is None
    assert "健全度" in sheet["G4"].value
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
