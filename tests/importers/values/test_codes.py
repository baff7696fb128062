import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from importers.values.codes import (
    lost_zeros,
    read_class_code,
    read_code,
    read_optional_code,
    widths_of,
)
from importers.values.reading import Unreadable


@pytest.mark.parametrize(
    ("raw", "value", "rules"),
    [
        ("TJ-OP-0001", "TJ-OP-0001", []),
        ("Ｐー１０１", "P-101", ["code-width", "code-dash"]),
        ("P‐101", "P-101", ["code-dash"]),
        ("P−101", "P-101", ["code-dash"]),
        ("P―101", "P-101", ["code-dash"]),
        ("P─101", "P-101", ["code-dash"]),
        ("P－101", "P-101", ["code-width"]),
        ("0012", "0012", []),
        (" 0012\u3000", "0012", ["code-width"]),
        ("ポンプ", "ポンプ", []),
        ("1E5", "1E5", []),
        ("12E34", "12E34", []),
        ("O0-I1", "O0-I1", []),
        ("MC1ーOPーPUOS05ー002", "MC1-OP-PUOS05-002", ["code-dash"]),
        ("ポンプー", "ポンプー", []),
        ("123456789012345", "123456789012345", []),
        ("1234567890123450", "1234567890123450", ["may-be-rounded"]),
        ("1234567890123457024", "1234567890123457024", ["may-be-rounded"]),
        ("1234567890123456789", "1234567890123456789", []),
    ],
)
def test_codes(raw, value, rules):
    reading = read_code(raw)
    assert (reading.value, [change.rule for change in reading.changes]) == (value, rules)


@pytest.mark.parametrize("dash", "‐‑‒–—―−─━－ー")
def test_every_dash_of_a_code_is_one(dash):
    assert read_code(f"P{dash}101").value == "P-101"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("1E+05", "digits-lost"),
        ("1.00E+05", "digits-lost"),
        ("１．２Ｅ＋０９", "digits-lost"),
        ("1月2日", "date-in-code"),
        ("2-Jan", "date-in-code"),
        ("Jan-02", "date-in-code"),
        ("2024-01-02", "date-in-code"),
        ("2024/1/2", "date-in-code"),
        ("2024-01-02 00:00:00", "date-in-code"),
    ],
)
def test_what_a_spreadsheet_made_of_a_code_is_asked(raw, code):
    with pytest.raises(Unreadable) as caught:
        read_code(raw)
    assert (caught.value.code, caught.value.asks) == (code, True)


def test_lost_zeros_are_seen_beside_numbers_that_kept_theirs():
    widths = widths_of(["0012", "0300", "P-1", "1234", "7"])
    assert widths == {4}
    assert lost_zeros("7", widths) == ["0007"]
    assert lost_zeros("1234", widths) == []
    assert lost_zeros("0012", widths) == []
    assert lost_zeros("P-1", widths) == []
    assert lost_zeros("7", set()) == []
    assert lost_zeros("7", {4, 3}) == ["007", "0007"]


def test_a_dash_alone_is_no_code():
    assert read_optional_code("－").value is None
    assert read_optional_code("L02-4533").value == "L02-4533"


def test_capital_codes():
    reading = read_class_code("pu-os-01")
    assert reading.value == "PU-OS-01"
    assert [change.rule for change in reading.changes] == ["code-case"]


@given(st.text(max_size=30))
def test_reading_twice_changes_nothing_more(text):
    try:
        once = read_code(text).value
    except Unreadable:
        reject()
    assert read_code(once).value == once
