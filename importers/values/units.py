"""Exact factors to the units of the registry. The original figure is always kept beside."""

from decimal import Decimal

METRE_PER_FOOT = Decimal("0.3048")
MILLIMETRE_PER_INCH = Decimal("25.4")
CUBIC_METRE_PER_US_GALLON = Decimal("0.003785411784")
KILOWATT_PER_HORSEPOWER = Decimal("0.74569987158227022")

_FACTORS = {
    ("ft", "m"): METRE_PER_FOOT,
    ("in", "mm"): MILLIMETRE_PER_INCH,
    ("gpm", "m3/min"): CUBIC_METRE_PER_US_GALLON,
    ("hp", "kW"): KILOWATT_PER_HORSEPOWER,
}


def convert(number: Decimal, unit: str, into: str, *, digits: int) -> float:
    """The figure in the other unit, rounded to what the original can tell."""
    return float(round(number * _FACTORS[unit, into], digits))
