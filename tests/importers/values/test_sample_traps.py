"""The cells of the sample city's dirty ledger, each judged by its answer key."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from importers.values.codes import read_code, read_optional_code
from importers.values.dates import date_reader
from importers.values.money import money_reader
from importers.values.reading import Unreadable
from importers.values.specs import spec_reader
from importers.values.text import read_name

KEY = Path(__file__).parents[3] / "data" / "samples" / "city" / "dirty_answers.csv"
READERS = {
    "設備番号": read_code,
    "名称": read_name,
    "型式": read_name,
    "設置年月": date_reader(),
    "仕様": spec_reader(None),
    "取得価格(千円)": money_reader("千円"),
    "製造番号": read_optional_code,
}
# What other rows, the registry or the rest of the row must tell.
NOT_OF_THE_CELL = {"番号の重複", "番号なし", "号機の書き方", "複数台の一行", "同上の言葉"}
# A price below nothing is refused: the registry cannot hold it.
REFUSED = {"負の価格", "括弧の価格"}
TOLD = {"改元後の平成": "era-overrun", "16桁の番号": "may-be-rounded"}


def _traps() -> Iterator[object]:
    with KEY.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["列"] in READERS and row["罠"] not in NOT_OF_THE_CELL:
                yield pytest.param(row["列"], row["罠"], row["原文"], row["期待結果"], id=row["行"])


@pytest.mark.parametrize(("column", "trap", "raw", "expected"), list(_traps()))
def test_a_trap_is_read_refused_or_asked_as_the_key_says(column, trap, raw, expected):
    try:
        reading = READERS[column](raw)
    except Unreadable as reason:
        outcome = "要判断" if reason.asks else "却下"
        assert outcome == ("却下" if trap in REFUSED else expected)
    else:
        assert expected in {"変換", "そのまま", "警告"}
        assert TOLD.get(trap) in {None, *(change.rule for change in reading.changes)}
