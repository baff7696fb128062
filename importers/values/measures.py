"""Figures with units in cells of their own: 「28」 below 「吐出量(m3/min)」, 「φ500」."""

import re
from collections.abc import Mapping
from decimal import Decimal

from importers.values.headers import UNITS
from importers.values.numbers import parse_decimal, plain
from importers.values.reading import Reader, Reading, Unreadable, changed
from importers.values.text import folded

_FACTORS: dict[str, Mapping[str, Decimal]] = {
    "mm": {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "A": Decimal(1)},
    "m": {"m": Decimal(1), "cm": Decimal("0.01"), "mm": Decimal("0.001")},
    "m3/min": {
        "m3/min": Decimal(1),
        "m3/h": Decimal(1) / 60,
        "m3/s": Decimal(60),
        "m3/d": Decimal(1) / 1440,
        "L/min": Decimal("0.001"),
        "L/s": Decimal("0.06"),
    },
    "kW": {
        "kW": Decimal(1),
        "W": Decimal("0.001"),
        "PS": Decimal("0.7355"),
        "HP": Decimal("0.7457"),
    },
    "V": {"V": Decimal(1), "kV": Decimal(1000)},
}
_DIAMETER = re.compile(r"^(?:φ|Φ|口径|呼び径)\s*")
_UNIT = re.compile(r"\s*([^\d\s.,()▲△-][^\d\s]*(?:3/\S+)?)$")
_PLACES = Decimal("0.0001")


def measure_reader(unit: str, header_unit: str | None) -> Reader:
    """A number in ``unit``; the cell's own unit outweighs that of the header.

    Raises (the reader):
        Unreadable: ``other-quantity`` for a unit of another quantity (kVA is no kW),
        ``not-a-number``.
    """
    factors = _FACTORS[unit]

    def read(raw: str) -> Reading:
        text = folded(raw).replace("³", "3")
        if unit == "mm":
            text = _DIAMETER.sub("", text)
        match = _UNIT.search(text)
        written = header_unit or unit
        if match:
            word = match[1]
            written = UNITS.get(word) or UNITS.get(word.lower()) or word
            text = text[: match.start()]
        if written not in factors:
            raise Unreadable("other-quantity", value=raw, unit=unit)
        number = (parse_decimal(text) * factors[written]).quantize(_PLACES).normalize()
        value = int(number) if number == number.to_integral_value() else float(number)
        rule = "number-form" if written == unit else "unit"
        return changed(rule, raw, plain(number), value)

    return read
