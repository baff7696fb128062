"""An old ledger with the traps of real ones, and the key that tells what each row must become."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.facilities import all_facilities
from generator.ledger import ledger_rows
from generator.tables import Row, columns, read, write

COLUMNS = columns("""
    設備番号 施設 場所 分類 名称 製造者 型式 製造番号 設置年月 仕様
    取得価格(千円) 予備 健全度 備考
""")
GROUPS = ("設備", "", "", "", "", "機器", "", "", "", "", "", "管理", "", "")
KEY_COLUMNS = columns("行 設備番号 罠 列 原文 期待値 期待結果 説明")
SOURCE = "MC1-OP-"
PAGE_BREAK_EVERY = 25
END_OF_FILE = b"\x1a"
FULL_WIDTH = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})


@dataclass(frozen=True)
class Line:
    """One record of the file and what the key says about it; `trap` is empty for clean rows."""

    cells: tuple[str, ...]
    key: Row | None = None


def write_dirty(folder: Path) -> None:
    lines = list(_lines())
    path = folder / "equipment_ledger_dirty.csv"
    with path.open("w", encoding="cp932", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows(line.cells for line in lines)
    with path.open("ab") as file:
        file.write(END_OF_FILE)
    numbered = ((number, line.key) for number, line in enumerate(lines, 1))
    keys = ({"行": str(number), **key} for number, key in numbered if key)
    write(folder / "dirty_answers.csv", KEY_COLUMNS, keys)


def _lines() -> Iterator[Line]:
    yield _structure("表題", ("見本市 設備台帳（架空）", *[""] * 15), "表の前の表題")
    yield _structure(
        "見出しの結合", (*GROUPS, "", ""), "2段見出しの1段目。結合を解いた跡の空欄がある"
    )
    heading = tuple("設\n置\n年\n月" if c == "設置年月" else c for c in COLUMNS)
    yield _structure("見出しの縦書き", (*heading, "", ""), "縦書きの改行と、末尾の空の列")
    previous: Row = {}
    for number, (base, trap) in enumerate(zip(_clean_rows(), read("traps"), strict=False), 1):
        row = _trapped(base, trap, previous)
        yield Line((*row.values(), "", ""), _key(row, trap))
        previous = row
        if number % PAGE_BREAK_EVERY == 0:
            yield _structure("空の行", ("",) * 16, "値のない行")
            yield _structure("見出しの繰返し", (*COLUMNS, "", ""), "印刷用に繰り返した見出し")
    yield _structure("合計の行", ("合計", *[""] * 9, "1234567", *[""] * 5), "機器ではない")
    yield _structure("注記の行", ("※ この台帳はすべて架空である。", *[""] * 15), "表の下の注")


def _structure(trap: str, cells: tuple[str, ...], reason: str) -> Line:
    key = dict.fromkeys(KEY_COLUMNS[1:], "")
    return Line(cells, key | {"罠": trap, "期待結果": "無視", "説明": reason})


def _clean_rows() -> Iterator[Row]:
    names = {facility.code: facility.name for facility in all_facilities()}
    for row in ledger_rows():
        if not row["設備番号"].startswith(SOURCE):
            continue
        yield {
            "設備番号": row["設備番号"],
            "施設": names[row["施設コード"]],
            "場所": row["場所"],
            "分類": row["小分類"],
            "名称": row["機器名称"],
            "製造者": row["製造者"],
            "型式": row["型式"],
            "製造番号": row["製造番号"],
            "設置年月": row["設置年月"],
            "仕様": row["仕様"],
            "取得価格(千円)": row["取得価格(千円)"],
            "予備": row["予備機"],
            "健全度": row["健全度"],
            "備考": row["備考"],
        }


def _trapped(base: Row, trap: Row, previous: Row) -> Row:
    column = trap["列"]
    clean = base[column]
    special = {
        "全角化": clean.translate(FULL_WIDTH),
        "長音化": clean.replace("-", "ー"),
        "重複": previous.get(column, ""),
        "末尾空白": f"{clean}\u3000\u3000",
        "改行": "銘板\n判読困難",
    }
    return base | {column: special.get(trap["値"], trap["値"])}


def _key(row: Row, trap: Row) -> Row:
    return {
        "設備番号": row["設備番号"],
        "罠": trap["罠"],
        "列": trap["列"],
        "原文": row[trap["列"]],
        "期待値": trap["期待値"],
        "期待結果": trap["期待結果"],
        "説明": trap["説明"],
    }
