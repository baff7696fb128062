"""Figures with units in cells of their own: 「28」 below 「吐出量(m3/min)」, 「5.5kW」."""

import re
from collections.abc import Mapping
from decimal import Context, Decimal

from importers.values.headers import unit_named
from importers.values.numbers import parse_decimal, plain, refuse_raised_digits
from importers.values.reading import Change, Reader, Reading, Unreadable
from importers.values.text import folded
from importers.values.unknown import absence_of

_METRIC_HORSEPOWER = Decimal("0.73549875")
_MECHANICAL_HORSEPOWER = Decimal("0.74569987158227022")
_EXACT = Context(prec=28)
FACTORS: dict[str, Mapping[str, Decimal]] = {
    "mm": {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "A": Decimal(1)},
    "m": {"m": Decimal(1), "cm": Decimal("0.01"), "mm": Decimal("0.001")},
    "m3/min": {
        "m3/min": Decimal(1),
        "m3/h": _EXACT.divide(Decimal(1), Decimal(60)),
        "m3/s": Decimal(60),
        "m3/d": _EXACT.divide(Decimal(1), Decimal(1440)),
        "L/min": Decimal("0.001"),
        "L/s": Decimal("0.06"),
        "L/h": _EXACT.divide(Decimal(1), Decimal(60_000)),
        "Nm3/min": Decimal(1),
        "Nm3/h": _EXACT.divide(Decimal(1), Decimal(60)),
    },
    "kW": {
        "kW": Decimal(1),
        "W": Decimal("0.001"),
        "PS": _METRIC_HORSEPOWER,
        "HP": _MECHANICAL_HORSEPOWER,
    },
    "kVA": {"kVA": Decimal(1)},
    "V": {"V": Decimal(1), "kV": Decimal(1000)},
    "A": {"A": Decimal(1)},
}
_BEFORE = re.compile(r"^(?:φ|Φ|口径|呼び径|AC|DC|約)\s*(?=[\d.])", re.IGNORECASE)
_BESIDE = re.compile(r"(?:\([^()]*\)|[×xX*]\d{1,3}(?:台|基))+$")
_UNIT = re.compile(r"(?<=[\d.\s)])(?![eE][+-]?\d)\s*([^\d\s.,()▲△~-][^\s()]*)$")
_DOUBTFUL_POINT = re.compile(r"[1-9]\d{0,2}\.\d00|[1-9]\d{0,2}(?:\.\d{3}){2,}")
_WHOLE = frozenset({"mm", "V"})  # nobody writes thousandths of them
_WHOLE_POINT = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_SIGNIFICANT = Context(prec=7)
_MOST = Decimal(10) ** 9


def measure_reader(unit: str, header_unit: str | None) -> Reader:
    """A number in ``unit``; the cell's own unit outweighs that of the header.

    Raises (the reader):
        Unreadable: ``other-quantity`` for a unit of another quantity (kVA is no kW),
        ``thousands-or-decimals`` (asks), ``negative-measure``, ``number-too-large``,
        ``not-a-number``.
    """
    factors = FACTORS[unit]
    below = header_unit or unit

    def read(raw: str) -> Reading:
        if absence_of(raw):
            return Reading(None, (Change("no-figure", raw, ""),))
        refuse_raised_digits(raw)
        text, beside = _without_remarks(folded(raw).translate(_PLUS))
        text, written = _split_unit(text, below)
        if written not in factors:
            raise Unreadable("other-quantity", value=raw, unit=unit)
        number = _figure(text, raw, unit)
        return _reading(raw, number * factors[written], written, unit, beside)

    return read


_PLUS = str.maketrans({"³": "3", "✕": "×", "✖": "×", "Φ": "φ"})


def _without_remarks(text: str) -> tuple[str, str]:
    """「90kW(予備機含)」: what stands in brackets or counts devices is no part of the figure."""
    beside = _BESIDE.search(text)
    if beside is None or beside.start() == 0:
        return text, ""
    return text[: beside.start()].strip(), beside[0]


def _split_unit(text: str, below: str) -> tuple[str, str]:
    match = _UNIT.search(text)
    if match is None:
        return text, below
    return text[: match.start()].strip(), unit_named(match[1]) or match[1]


def _figure(text: str, raw: str, unit: str) -> Decimal:
    text = _BEFORE.sub("", text).strip()
    doubtful = _DOUBTFUL_POINT.fullmatch(text) or (unit in _WHOLE and _WHOLE_POINT.fullmatch(text))
    if doubtful:
        raise Unreadable("thousands-or-decimals", asks=True, value=raw)
    try:
        number = parse_decimal(text)
    except Unreadable as reason:
        raise Unreadable(reason.code, asks=reason.asks, value=raw) from reason
    if number < 0:
        raise Unreadable("negative-measure", value=raw)
    if number > _MOST:
        raise Unreadable("number-too-large", value=raw)
    return number


def _reading(raw: str, exact: Decimal, written: str, unit: str, beside: str) -> Reading:
    number = exact if written == unit else _SIGNIFICANT.plus(exact)
    value = int(number) if number == number.to_integral_value() else float(number)
    rule = "number-form" if written == unit else _rule_of(written)
    shown = plain(number)
    changes = (Change(rule, raw, shown),) if shown != raw else ()
    if beside:
        changes = (*changes, Change("remark-beside", raw, beside))
    return Reading(value, changes)


def _rule_of(written: str) -> str:
    return "normal-volume" if written.startswith("N") else "unit"
