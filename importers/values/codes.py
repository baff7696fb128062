import re

from importers.values.reading import Change, Reading
from importers.values.text import folded

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−─━﹣﹘˗⁃"), "-")
_PLAIN = re.compile(r"[0-9A-DF-Z-]+")  # most codes; an E could be an exponent
_LONG_VOWEL = re.compile(r"(?<=[0-9A-Za-z-])ー+(?=[0-9A-Za-z-])")
_EXPONENT = re.compile(r"\d(\.\d+)?[eE]\+\d+")


def read_code(raw: str) -> Reading:
    """Codes, serial and telephone numbers: one width, one dash; leading zeros stay.

    「Ｐー１０１」 is P-101; a long vowel between letters of a name is never touched because names
    are not read by this rule.
    """
    if _PLAIN.fullmatch(raw):
        return Reading(raw)
    text = folded(raw)
    dashed = _LONG_VOWEL.sub("-", text.translate(_DASHES))
    changes = []
    if text != raw:
        changes.append(Change("code-width", raw, text))
    if dashed != text:
        changes.append(Change("code-dash", text, dashed))
    if _EXPONENT.fullmatch(dashed):
        changes.append(Change("code-may-have-lost-digits", raw, dashed))
    return Reading(dashed, tuple(changes))


def read_optional_code(raw: str) -> Reading:
    """Like `read_code`, with a lone dash or 「不明」 as nothing."""
    reading = read_code(raw)
    if reading.value in {"-", "不明", "なし", "無し", "?"}:
        return Reading(None, (Change("no-code", raw, ""),))
    return reading


def read_class_code(raw: str) -> Reading:
    """Codes that are always capitals."""
    reading = read_code(raw)
    upper = reading.value.upper()
    if upper == reading.value:
        return reading
    return Reading(upper, (*reading.changes, Change("code-case", reading.value, upper)))
