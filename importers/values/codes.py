import re

from importers.values.reading import Change, Reading, Unreadable
from importers.values.text import folded

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−─━﹣﹘˗⁃"), "-")
_PLAIN = re.compile(r"[0-9A-DF-Z-]+")  # most codes; an E could be an exponent
_LONG_VOWEL = re.compile(r"(?<=[0-9A-Za-z-])ー+(?=[0-9A-Za-z-])")
_DATE = re.compile(
    r"\d{1,2}月\d{1,2}日|\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"|\d{4}-\d\d-\d\d 00:00:00|\d{4}/\d{1,2}/\d{1,2}",
    re.IGNORECASE,
)
_EXACT_DIGITS = 16  # a spreadsheet keeps 15 digits of a number and writes zeros for the rest
_ROUNDED = re.compile(r"[1-9]\d{14,}0")
_EXPONENT = re.compile(r"\d(\.\d+)?[eE]\+\d+")


def read_code(raw: str) -> Reading:
    """Codes, serial and telephone numbers: one width, one dash; leading zeros stay.

    「Ｐー１０１」 is P-101; a long vowel between letters of a name is never touched because names
    are not read by this rule.

    Raises:
        Unreadable: ``digits-lost`` (1.2E+09) and ``date-in-code`` (「1月2日」 was 1-2); both ask.
    """
    if _PLAIN.fullmatch(raw) and len(raw) < _EXACT_DIGITS:
        return Reading(raw)
    text = folded(raw)
    dashed = _LONG_VOWEL.sub("-", text.translate(_DASHES))
    changes = []
    if text != raw:
        changes.append(Change("code-width", raw, text))
    if dashed != text:
        changes.append(Change("code-dash", text, dashed))
    if _EXPONENT.fullmatch(dashed):
        raise Unreadable("digits-lost", asks=True, value=raw)
    if _DATE.fullmatch(dashed):
        raise Unreadable("date-in-code", asks=True, value=raw)
    if _ROUNDED.fullmatch(dashed):
        changes.append(Change("may-be-rounded", raw, dashed))
    return Reading(dashed, tuple(changes))


def read_optional_code(raw: str) -> Reading:
    """Like `read_code`, with a lone dash or 「不明」 as nothing."""
    reading = read_code(raw)
    if reading.value in {
        "-",
        "--",
        "ー",
        "不明",
        "なし",
        "無し",
        "無",
        "?",
        "??",
        "調査中",
        "未定",
        "不詳",
        "判読不能",
    }:
        return Reading(None, (Change("no-code", raw, ""),))
    return reading


def read_class_code(raw: str) -> Reading:
    """Codes that are always capitals."""
    reading = read_code(raw)
    upper = reading.value.upper()
    if upper == reading.value:
        return reading
    return Reading(upper, (*reading.changes, Change("code-case", reading.value, upper)))
