"""Yen, whatever unit the header or the cell says."""

import re
from decimal import ROUND_HALF_UP, Decimal

from importers.values.numbers import parse_decimal
from importers.values.reading import Change, Reader, Reading, Unreadable
from importers.values.text import folded

UNITS = {"円": 1, "千円": 1_000, "百万円": 1_000_000, "万円": 10_000, "億円": 100_000_000}
_UNIT = re.compile(r"(百万円|千円|万円|億円|円)$")
_TAX = re.compile(r"\(?(税込み?|税抜き?|税別)\)?$")
_NOTHING = frozenset({"-", "--", "―", "ー", "−", "不明", "不詳", "なし", "無し", "無", "?"})
_ELSEWHERE = re.compile(r"一式|含む|含み|別途|他に|計上")
_THREE_AFTER_POINT = re.compile(r"^\d{1,3}(\.\d{3})+$")


def money_reader(unit: str | None) -> Reader:
    """Whole yen. Without a unit in header or cell the figure is taken as yen.

    Raises (the reader):
        Unreadable: ``thousands-or-decimals`` and ``price-elsewhere`` (both ask),
        ``negative-price``, ``not-a-number``.
    """

    def read(raw: str) -> Reading:
        text = folded(raw).replace(" ", "")
        if text in _NOTHING:
            return Reading(None, (Change("no-price", raw, ""),))
        if _ELSEWHERE.search(text):
            raise Unreadable("price-elsewhere", asks=True, value=raw)
        text = _TAX.sub("", text)
        written = _UNIT.search(text)
        factor = UNITS[written[1] if written else unit or "円"]
        return _yen(raw, text[: written.start()] if written else text, factor)

    return read


def _yen(raw: str, text: str, factor: int) -> Reading:
    if _THREE_AFTER_POINT.match(text.lstrip("¥")):
        raise Unreadable("thousands-or-decimals", asks=True, value=raw)
    yen = int((parse_decimal(text) * factor).quantize(Decimal(1), ROUND_HALF_UP))
    if yen < 0:
        raise Unreadable("negative-price", value=raw)
    if str(yen) == raw:
        return Reading(yen)
    return Reading(yen, (Change("money-unit" if factor > 1 else "number-form", raw, str(yen)),))
