"""Codes, serial and telephone numbers: texts of digits, never numbers."""

import re
from collections.abc import Collection, Iterable

from importers.values.reading import Change, Reading, Unreadable
from importers.values.text import folded
from importers.values.unknown import absence_of

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−─━﹣﹘˗⁃"), "-")
_PLAIN = re.compile(r"[0-9A-Z-]{1,15}")  # too short to have been rounded
_SHORTEST_DATE = 5
_LONG_VOWEL = re.compile(r"(?<=[0-9A-Za-z-])ー+(?=[0-9A-Za-z-])")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE = re.compile(
    rf"\d{{1,2}}月\d{{1,2}}日|\d{{1,2}}-{_MONTH}|{_MONTH}-\d{{2}}"
    r"|(?:19|20)\d\d([-/])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?:[ T]0?0:00(?::00)?)?",
    re.IGNORECASE,
)
_LONG = re.compile(r"[1-9]\d{15,29}")  # a spreadsheet keeps 15 digits of a number
_EXACT_WHOLE = 2**53
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+\d+|\d\.\d+E-?\d+", re.IGNORECASE)


def read_code(raw: str) -> Reading:
    """Codes, serial and telephone numbers: one width, one dash; leading zeros stay.

    「Ｐー１０１」 is P-101; a long vowel between letters of a name is never touched because names
    are not read by this rule. Neither O and 0 nor I and 1 are ever exchanged.

    Raises:
        Unreadable: ``digits-lost`` (1.2E+09) and ``date-in-code`` (「1月2日」 was 1-2); both ask.
    """
    if _PLAIN.fullmatch(raw):
        if len(raw) >= _SHORTEST_DATE and _DATE.fullmatch(raw):
            raise Unreadable("date-in-code", asks=True, value=raw)
        return Reading(raw)
    text = folded(raw)
    dashed = _LONG_VOWEL.sub("-", text.translate(_DASHES))
    if _EXPONENT.fullmatch(dashed):
        raise Unreadable("digits-lost", asks=True, value=raw)
    if _DATE.fullmatch(dashed):
        raise Unreadable("date-in-code", asks=True, value=raw)
    changes = []
    if text != raw:
        changes.append(Change("code-width", raw, text))
    if dashed != text:
        changes.append(Change("code-dash", text, dashed))
    if _LONG.fullmatch(dashed) and _may_be_rounded(dashed):
        changes.append(Change("may-be-rounded", raw, dashed))
    return Reading(dashed, tuple(changes))


def _may_be_rounded(digits: str) -> bool:
    """Either zeros stand after the 15th digit, or it is a number as computers keep it."""
    number = int(digits)
    return digits.endswith("0") or (number > _EXACT_WHOLE and int(float(digits)) == number)


def read_optional_code(raw: str) -> Reading:
    """Like `read_code`, with a lone dash, 「不明」 or 「なし」 as nothing."""
    if absence_of(raw):
        return Reading(None, (Change("no-code", raw, ""),))
    return read_code(raw)


def read_class_code(raw: str) -> Reading:
    """Codes that are always capitals."""
    reading = read_code(raw)
    upper = reading.value.upper()
    if upper == reading.value:
        return reading
    return Reading(upper, (*reading.changes, Change("code-case", reading.value, upper)))


def widths_of(codes: Iterable[str]) -> frozenset[int]:
    """How long the numbers of a column are that still have their leading zeros."""
    return frozenset(len(code) for code in codes if code.isdecimal() and code.startswith("0"))


def lost_zeros(code: str, widths: Collection[int]) -> list[str]:
    """What 「12」 may have been beside 「0013」: 0012; nothing for a number that lacks no zeros."""
    if not code.isdecimal() or code.startswith("0"):
        return []
    return [code.zfill(width) for width in sorted(set(widths)) if width > len(code)]
