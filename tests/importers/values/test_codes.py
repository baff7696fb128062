import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from importers.values.codes import read_class_code, read_code, read_optional_code
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
    ],
)
def test_codes(raw, value, rules):
    reading = read_code(raw)
    assert (reading.value, [change.rule for change in reading.changes]) == (value, rules)


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
