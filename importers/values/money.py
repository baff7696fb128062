"""Yen, whatever unit the header or the cell says."""

import re
from decimal import ROUND_HALF_UP, Decimal

from importers.values.numbers import parse_decimal, refuse_raised_digits
from importers.values.reading import Change, Reader, Reading, Unreadable
from importers.values.text import folded
from importers.values.unknown import absence_of

UNITS = {"円": 1, "千円": 1_000, "万円": 10_000, "百万円": 1_000_000, "億円": 100_000_000}
_UNIT = re.compile(r"(百万円|千円|万円|億円|円)(?=\)?$)")
_TAX = re.compile(r"\(?(税込|税抜|税別)[みき]?\)?$|^\(?(税込|税抜|税別)[みき]?\)?:?")
_ELSEWHERE = re.compile(r"一式|含む|含み|込み?$|別途|他に|計上")
_DOUBTFUL_POINT = re.compile(r"[▲△(¥-]*[1-9]\d{0,2}(?:\.\d{3})+\)?")
_MIXED = re.compile(r"(?:([\d,.]+)億)?(?:([\d,.]+)万)?(?:([\d,.]+)千)?([\d,.]+)?円?")
_PARTS = (100_000_000, 10_000, 1_000, 1)
_MOST_YEN = 10**13  # ten times what any plant has cost


def money_reader(unit: str | None, *, signed: bool = False) -> Reader:
    """Whole yen. Without a unit in header or cell the figure is taken as yen.

    ``signed`` is for columns such as adjustments; a price is never below nothing.

    Raises (the reader):
        Unreadable: ``thousands-or-decimals`` and ``price-elsewhere`` (both ask),
        ``negative-price``, ``number-too-large``, ``not-a-number``.
    """
    factor = UNITS.get(unit or "円", 1)

    def read(raw: str) -> Reading:
        if raw.isascii() and raw.isdecimal() and len(raw) < 10:  # noqa: PLR2004 - the usual cell
            return _reading(raw, int(raw) * factor, "money-unit" if factor > 1 else "number-form")
        if absence_of(raw):
            return Reading(None, (Change("no-price", raw, ""),))
        found = _read(raw, factor)
        if found.value < 0 and not signed:
            raise Unreadable("negative-price", value=raw)
        return found

    return read


def _read(raw: str, factor: int) -> Reading:
    refuse_raised_digits(raw)
    text = folded(raw).replace(" ", "")
    tax = _TAX.search(text)
    text = _TAX.sub("", text)
    if _ELSEWHERE.search(text):
        raise Unreadable("price-elsewhere", asks=True, value=raw)
    if _DOUBTFUL_POINT.fullmatch(_UNIT.sub("", text)):
        raise Unreadable("thousands-or-decimals", asks=True, value=raw)
    exact, rule = _exact(text, raw, factor)
    yen = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    reading = _reading(raw, yen, rule if yen == exact else "rounded-to-yen")
    if tax is None:
        return reading
    taxed = "tax-included" if (tax[1] or tax[2]) == "税込" else "tax-excluded"
    return Reading(reading.value, (*reading.changes, Change(taxed, raw, str(yen))))


def _exact(text: str, raw: str, factor: int) -> tuple[Decimal, str]:
    mixed = _MIXED.fullmatch(text)
    if mixed and any(mixed.groups()[:3]):  # 「1億2,345万円」, 「12,345千円」
        parts = zip(mixed.groups(), _PARTS, strict=True)
        sums = (_amount(number, raw) * part for number, part in parts if number)
        return sum(sums, Decimal(0)), "money-unit"
    written = _UNIT.search(text)
    if written:
        factor = UNITS[written[1]]
        text = text[: written.start()] + text[written.end() :]
    return _amount(text, raw) * factor, "money-unit" if factor > 1 else "number-form"


def _amount(text: str, raw: str) -> Decimal:
    try:
        return parse_decimal(text)
    except Unreadable as reason:
        raise Unreadable(reason.code, asks=reason.asks, value=raw) from reason


def _reading(raw: str, yen: int, rule: str) -> Reading:
    if abs(yen) > _MOST_YEN:
        raise Unreadable("number-too-large", value=raw)
    return Reading(yen, (Change(rule, raw, str(yen)),) if str(yen) != raw else ())
