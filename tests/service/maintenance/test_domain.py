"""Measured items as check sheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.maintenance.domain import ItemUnreadable, read_items, write_item, write_items


@pytest.mark.parametrize(
    ("written", "items"),
    [
        (
            "電流=12.3 A ○",
            [{"item": "電流", "value": 12.3, "unit": "A", "judgement": "good"}],
        ),
        (
            "絶縁抵抗：５０ＭΩ△；異音＝なし",
            [
                {"item": "絶縁抵抗", "value": 50.0, "unit": "MΩ", "judgement": "watch"},
                {"item": "異音", "text": "なし"},
            ],
        ),
        ("振動=0.8mm/s ×", [{"item": "振動", "value": 0.8, "unit": "mm/s", "judgement": "bad"}]),
        ("運転時間=12034", [{"item": "運転時間", "value": 12034.0}]),
        (
            "外観=○\n\n電圧=200～210V",
            [
                {"item": "外観", "judgement": "good"},
                {"item": "電圧", "text": "200~210V"},
            ],
        ),
        ("圧力=-0.05 MPa", [{"item": "圧力", "value": -0.05, "unit": "MPa"}]),
        ("", []),
    ],
)
def test_items_are_read(written, items):
    assert read_items(written) == items


@pytest.mark.parametrize("written", ["電流 12.3", "=3 A", "電流=1; なし"])
def test_a_line_without_name_or_sign_is_refused(written):
    with pytest.raises(ItemUnreadable):
        read_items(written)


@given(st.text(max_size=60))
def test_what_was_read_is_written_so_that_it_is_read_the_same(written):
    try:
        items = read_items(written)
    except ItemUnreadable:
        return
    assert read_items(write_items(items)) == items
    assert read_items("\n".join(map(write_item, items))) == items
