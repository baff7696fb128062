from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.numbers import (
    parse_decimal,
    read_int,
    read_yes_no,
)
from importers.values.reading import Unreadable


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("１，２３４", "1234"),
        ("1,234.5", "1234.5"),
        ("▲5", "-5"),
        ("△1,000", "-1000"),
        ("(123)", "-123"),
        ("-0.5", "-0.5"),
        ("¥100", "100"),
    ],
)
def test_figures(raw, expected):
    assert parse_decimal(raw) == Decimal(expected)


@pytest.mark.parametrize("raw", ["", "一式", "1,23", "12a", "1.2.3", "NaN", "inf", "--5"])
def test_no_figure(raw):
    with pytest.raises(Unreadable, match="not-a-number"):
        parse_decimal(raw)


@pytest.mark.parametrize(
    ("raw", "expected"), [("15年", 15), ("12.0", 12), ("７", 7), ("1,200", 1200)]
)
def test_whole_numbers(raw, expected):
    assert read_int(raw).value == expected


def test_a_fraction_is_no_whole_number():
    with pytest.raises(Unreadable, match="not-a-whole-number"):
        read_int("7.5")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("10²", "not-a-number"),
        ("⑴", "not-a-number"),
        ("½", "not-a-number"),
        ("1.2E+09", "digits-lost"),
        ("1E5", "digits-lost"),
        ("99999999999", "number-too-large"),
    ],
)
def test_what_only_looks_like_a_figure(raw, code):
    with pytest.raises(Unreadable) as caught:
        read_int(raw)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("raw", "expected"), [("有", True), ("×", False), ("1", True), ("０", False)]
)
def test_yes_and_no(raw, expected):
    assert read_yes_no(raw).value is expected


def test_neither_yes_nor_no():
    with pytest.raises(Unreadable, match="not-yes-or-no"):
        read_yes_no("たぶん")


@given(st.integers(-(10**12), 10**12))
def test_grouped_digits_are_read_back(number):
    assert parse_decimal(f"{number:,}") == number


@given(st.text(max_size=15) | st.text(alphabet="0123456789.,-▲()eE+¥", max_size=10))
def test_any_text_is_a_figure_or_a_reason(text):
    try:
        number = parse_decimal(text)
    except Unreadable:
        number = parse_decimal("0")
    assert number.is_finite()
