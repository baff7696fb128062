from decimal import Decimal

import pytest

from importers.values.units import convert


@pytest.mark.parametrize(
    ("number", "unit", "into", "digits", "expected"),
    [
        ("10", "ft", "m", 2, 3.05),
        ("4", "in", "mm", 1, 101.6),
        ("150", "gpm", "m3/min", 3, 0.568),
        ("10", "hp", "kW", 2, 7.46),
    ],
)
def test_conversions(number, unit, into, digits, expected):
    assert convert(Decimal(number), unit, into, digits=digits) == expected
