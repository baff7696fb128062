import io

import openpyxl
import pytest

from importers.errors import (
    DamagedWorkbook,
    EmptyFile,
    EncryptedWorkbook,
    HeaderNotFound,
    NotATable,
)
from importers.reading.file import read_tables

KNOWN = frozenset({"施設コード", "施設名", "設置年月"})
CSV = "施設コード,施設名\nTJ,辻堂\nP01,見本第一\n"


def _rows(content) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.row_no, row.cells) for row in read_tables(content, known=KNOWN).tables[0].rows]


def test_rows_know_their_line():
    assert _rows(CSV.encode()) == [(2, ("TJ", "辻堂")), (3, ("P01", "見本第一"))]


def test_a_line_break_inside_a_cell_counts_as_in_an_editor():
    text = '施設コード,施設名\nTJ,"辻\r\n堂"\nP01,見本\n'
    assert _rows(text.encode()) == [(2, ("TJ", "辻\n堂")), (4, ("P01", "見本"))]


def test_titles_above_blank_rows_totals_and_notes_are_left_out_and_noted():
    text = (
        "令和7年度 施設一覧,,\n\n施設コード,施設名,\nTJ,辻堂,\n,,\n施設コード,施設名,\n"
        "P01,見本,\n合計,2,\n※架空の施設,,\n"
    )
    table = read_tables(text.encode("cp932"), known=KNOWN).tables[0]
    assert [(row.row_no, row.cells) for row in table.rows] == [
        (4, ("TJ", "辻堂")),
        (7, ("P01", "見本")),
    ]
    assert table.header_row_no == 3
    assert table.encoding == "cp932"
    assert table.notes == [
        {"code": "lines-above-header", "rows": [1, 2]},
        {"code": "repeated-header", "rows": [6]},
        {"code": "total-row", "rows": [8]},
        {"code": "note-row", "rows": [9]},
    ]


def test_vertical_headers_are_joined():
    text = '"施 設\nコード","設\n置\n年\n月"\nTJ,S58.3\n'
    assert read_tables(text.encode(), known=KNOWN).tables[0].header == ("施設コード", "設置年月")


def test_tabs():
    assert _rows(CSV.replace(",", "\t").encode("utf-16")) == _rows(CSV.encode())


def test_short_and_long_rows_fit_the_header():
    assert _rows("施設コード,施設名\nTJ\nP01,見本,余り\n".encode()) == [
        (2, ("TJ", "")),
        (3, ("P01", "見本")),
    ]


def test_end_of_file_mark_of_old_systems():
    assert _rows((CSV + "\x1a").encode("cp932")) == _rows(CSV.encode())


def _workbook(rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_gives_the_same_rows_as_text():
    content = _workbook([["題名"], [], ["施設コード", "施設名"], ["TJ", "辻堂"], [12, 3.5]])
    assert _rows(content) == [(4, ("TJ", "辻堂")), (5, ("12", "3.5"))]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b",,\n,,\n", _workbook([])])
def test_nothing_in_it(content):
    with pytest.raises(EmptyFile):
        read_tables(content, known=KNOWN)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"<!DOCTYPE html><html></html>", NotATable),
        (b"%PDF-1.7 aaa", NotATable),
        (b"PK\x03\x04broken", DamagedWorkbook),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, DamagedWorkbook),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            EncryptedWorkbook,
        ),
        ("一つの言葉だけ".encode(), HeaderNotFound),
    ],
)
def test_other_things_are_refused_by_name(content, error):
    with pytest.raises(error):
        read_tables(content, known=KNOWN)
