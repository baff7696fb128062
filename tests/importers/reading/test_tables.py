"""Tables as cities draw them: headers of several rows, sections, merged and struck cells."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from importers.reading.appearance import NO_VALUE
from importers.reading.file import SourceFile, read_tables
from importers.reading.rows import EAGER

KNOWN = frozenset({"設備番号", "施設", "名称", "設置年", "設置月", "取得価格", "吐出量", "備考"})


def _read(text: str) -> SourceFile:
    return read_tables(text.encode(), known=KNOWN)


def _book(draw: Callable[[Worksheet], None]) -> SourceFile:
    book = openpyxl.Workbook()
    draw(book.active)
    content = io.BytesIO()
    book.save(content)
    return read_tables(content.getvalue(), known=KNOWN)


def _rows(file: SourceFile, number: int = 0) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.row_no, row.cells) for row in file.tables[number].rows]


def test_a_banner_names_columns_that_are_nothing_alone():
    file = _read("設備,,設置,,管理\n設備番号,名称,年,月,備考\nP-1,甲,S58,3,\n")
    assert file.tables[0].header == ("設備番号", "名称", "設置年", "設置月", "備考")
    assert _rows(file) == [(3, ("P-1", "甲", "S58", "3", ""))]


def test_merged_headers_reach_down_and_aside():
    def draw(sheet: Worksheet) -> None:
        sheet.append(["設備番号", "名称", "設置", None])
        sheet.append([None, None, "年", "月"])
        sheet.append(["P-1", "甲", "S58", "3"])
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:B2")
        sheet.merge_cells("C1:D1")

    file = _book(draw)
    assert file.tables[0].header == ("設備番号", "名称", "設置年", "設置月")
    assert _rows(file) == [(3, ("P-1", "甲", "S58", "3"))]


def test_units_in_a_row_of_their_own_join_the_names():
    file = _read("設備番号,名称,取得価格,吐出量\n,,(千円),m3/h\nP-1,甲,1200,96\n")
    assert file.tables[0].header == ("設備番号", "名称", "取得価格(千円)", "吐出量(m3/h)")


def test_a_unit_above_the_table_is_kept_beside_it():
    file = _read("設備台帳,,（単位：千円）\n設備番号,名称,取得価格\nP-1,甲,1200\n")
    assert file.tables[0].unit == "千円"


@pytest.mark.parametrize("row", ["合計,,9", "※ 架空,,", "【機械】,,,", "以下余白,,,", "- 3 -,,,"])
def test_rows_that_are_no_data_are_left_out_and_told(row):
    file = _read(f"設備番号,名称,取得価格,備考\nP-1,甲,1,\n{row}\nP-2,乙,2,\n")
    assert [number for number, _ in _rows(file)] == [2, 4]
    assert [note["rows"] for note in file.tables[0].notes] == [[3]]


def test_tables_below_each_other_have_their_own_columns():
    file = _read("１．機械\n設備番号,名称\nP-1,甲\n\n２．電気\n設備番号,施設,名称\nE-1,TJ,乙\n")
    assert [table.header for table in file.tables] == [
        ("設備番号", "名称"),
        ("設備番号", "施設", "名称"),
    ]
    assert [_rows(file, number) for number in (0, 1)] == [
        [(3, ("P-1", "甲"))],
        [(7, ("E-1", "TJ", "乙"))],
    ]


def test_words_around_a_table_are_its_context():
    file = _read("施設名,第一ポンプ場,,\n作成：施設係,,,\n設備番号,名称\nP-1,甲\n")
    assert ("施設名", "第一ポンプ場") in file.tables[0].context
    assert ("作成", "施設係") in file.tables[0].context


def test_a_cell_merged_downwards_holds_for_each_row():
    def draw(sheet: Worksheet) -> None:
        for row in (["施設", "設備番号", "名称"], ["TJ", "P-1", "甲"], [None, "P-2", "乙"]):
            sheet.append(row)
        sheet.merge_cells("A2:A3")

    assert [cells[0] for _, cells in _rows(_book(draw))] == ["TJ", "TJ"]


def test_hidden_and_struck_rows_are_marked():
    def draw(sheet: Worksheet) -> None:
        for number in range(4):
            sheet.append(["設備番号", "名称"] if not number else [f"P-{number}", "甲"])
        sheet.row_dimensions[3].hidden = True
        for cell in sheet[4]:
            cell.font = Font(strike=True)

    marks = _book(draw).tables[0].marks
    assert marks is not None
    assert (marks.hidden_rows, marks.struck_rows) == (frozenset({3}), frozenset({4}))


def test_formulas_without_a_value_and_errors_are_no_blanks():
    def draw(sheet: Worksheet) -> None:
        sheet.append(["設備番号", "名称", "備考"])
        sheet.append(["P-1", "=A1&1", "#N/A"])
        sheet["C2"].data_type = "e"

    assert _rows(_book(draw)) == [(2, ("P-1", NO_VALUE, "#N/A"))]


def test_hidden_sheets_are_told_and_not_read():
    book = openpyxl.Workbook()
    book.active.append(["設備番号", "名称"])
    book.active.append(["P-1", "甲"])
    old = book.create_sheet("R5")
    old.append(["設備番号", "名称"])
    old.sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    file = read_tables(content.getvalue(), known=KNOWN)
    assert len(file.tables) == 1
    assert file.notes == [{"code": "hidden-sheet", "sheet": "R5"}]


def test_long_files_say_the_same_as_short_ones(monkeypatch):
    pages = "設備番号,名称,備考\n" + "P-1,甲,\n合計,2,\nP-2,乙,\n" + "設備番号,名称,備考\nP-3,丙,\n"
    short = _read("表題,,\n" + pages)
    monkeypatch.setattr("importers.reading.rows.EAGER", 1)
    long = _read("表題,,\n" + pages)
    assert _rows(long) == _rows(short)
    assert len(long.tables[0].rows) == 3
    assert sorted(note["code"] for note in long.tables[0].notes) == [
        "lines-above-header",
        "repeated-header",
        "total-row",
    ]
    assert EAGER > 1


def test_the_encoding_can_be_overruled():
    content = "設備番号,名称\nP-1,ﾆ\n".encode("cp932")
    assert read_tables(content, known=KNOWN, encoding="cp932").encoding == "cp932"


def test_a_row_above_a_repeated_header_is_data():
    """It has fewer cells than the header, as a banner would."""
    file = _read("設備番号,名称,備考\nP-1,甲,\n設備番号,名称,備考\nP-2,乙,\n")
    assert [number for number, _ in _rows(file)] == [2, 4]
