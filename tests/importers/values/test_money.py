import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.money import money_reader
from importers.values.reading import Unreadable

THOUSANDS = money_reader("千円")


@pytest.mark.parametrize(
    ("raw", "yen", "rules"),
    [
        ("40560", 40_560_000, ["money-unit"]),
        ("12,345", 12_345_000, ["money-unit"]),
        ("１２，３４５", 12_345_000, ["money-unit"]),
        ("12,345千円", 12_345_000, ["money-unit"]),
        ("500,000円", 500_000, ["number-form"]),
        ("¥1,200,000円", 1_200_000, ["number-form"]),
        ("1234.5", 1_234_500, ["money-unit"]),
        ("2,200", 2_200_000, ["money-unit"]),
        ("1億2,345万円", 123_450_000, ["money-unit"]),
        ("1.2億円", 120_000_000, ["money-unit"]),
        ("3百万円", 3_000_000, ["money-unit"]),
        ("1,100(税込)", 1_100_000, ["money-unit", "tax-included"]),
        ("税抜1,100", 1_100_000, ["money-unit", "tax-excluded"]),
        ("1.2345", 1_235, ["rounded-to-yen"]),
        ("0", 0, []),
        ("－", None, ["no-price"]),
        ("不明", None, ["no-price"]),
    ],
)
def test_prices_below_a_header_in_thousands(raw, yen, rules):
    reading = THOUSANDS(raw)
    assert (reading.value, [change.rule for change in reading.changes]) == (yen, rules)


@pytest.mark.parametrize(
    ("unit", "yen"), [(None, 15), ("円", 15), ("千円", 15_000), ("百万円", 15_000_000)]
)
def test_the_unit_of_the_header(unit, yen):
    assert money_reader(unit)("15").value == yen


@pytest.mark.parametrize(
    ("raw", "code", "asks"),
    [
        ("2.200", "thousands-or-decimals", True),
        ("1.234.567", "thousands-or-decimals", True),
        ("一式に含む", "price-elsewhere", True),
        ("一式", "price-elsewhere", True),
        ("▲500", "negative-price", False),
        ("△500", "negative-price", False),
        ("(123)", "negative-price", False),
        ("1.2E+07", "digits-lost", True),
        ("12,34", "not-a-number", False),
        ("10²", "not-a-number", False),
        ("⑴", "not-a-number", False),
        ("約300", "not-a-number", False),
        ("9" * 20, "number-too-large", False),
        ("〃", "not-a-number", False),
    ],
)
def test_what_is_no_price_says_why(raw, code, asks):
    with pytest.raises(Unreadable) as caught:
        THOUSANDS(raw)
    assert (caught.value.code, caught.value.asks) == (code, asks)


@pytest.mark.parametrize("raw", ["▲500", "△500", "-500", "(500)", "▲500千円"])
def test_corrections_may_be_negative(raw):
    assert money_reader("千円", signed=True)(raw).value == -500_000


@given(st.integers(0, 10**9), st.sampled_from(["{:,}", "{:,}円", "{}", "¥{:,}"]))
def test_every_price_is_read_back(yen, form):
    assert money_reader("円")(form.format(yen)).value == yen


@given(st.text(max_size=20) | st.text(alphabet="0123456789.,円千百万億▲()税込E+", max_size=12))
def test_any_text_is_a_price_or_a_reason(text):
    try:
        value = THOUSANDS(text).value
    except Unreadable as reason:
        value = reason.code
    assert value is None or isinstance(value, str) or value >= 0
