import re
from decimal import Decimal

from importers.values.reading import Reading, Unreadable, changed
from importers.values.text import folded

_NEGATIVE_MARKS = ("▲", "△", "-", "−")
_UNIT_AT_END = re.compile(r"(千円|百万円|円|年|%|％|人|件|台|分|時間)$")
_LARGEST_INTEGER = 2**31 - 1
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DIGITS = re.compile(r"[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30}")
_EXPONENT = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE](?:\+?[0-9]+|-[0-9]{3,})")
_SMALL = re.compile(r"[0-9](?:\.[0-9]{1,20})?[eE]-[0-9]{1,2}")
# Width folding makes 102 of 10² and a negative 1 of ⑴.
_NO_DIGITS = re.compile(r"(?<=\d)[²³¹⁰⁴-₎]|[①-⒛㉈-㉏㉑-㉟㊱-㊿⓪-⓿❶-➓¼-¾⅐-⅟]")


def refuse_raised_digits(raw: str) -> None:
    """To be asked of the cell itself: in folded text raised and circled digits look like others.

    Raises:
        Unreadable: ``not-a-number``.
    """
    if not raw.isascii() and _NO_DIGITS.search(raw):
        raise Unreadable("not-a-number", value=raw)


def parse_decimal(raw: str) -> Decimal:
    """Digits as ledgers write them: 「１，２３４」, 「▲5」, 「(123)」.

    Raises:
        Unreadable: ``digits-lost`` for 1.2E+09 (asks), ``not-a-number``.
    """
    refuse_raised_digits(raw)
    text = folded(raw).replace(" ", "").removeprefix("¥").removeprefix("\\")
    sign = 1
    if text.startswith("(") and text.endswith(")"):
        sign, text = -1, text[1:-1]
    elif text.startswith(_NEGATIVE_MARKS):
        sign, text = -1, text[1:]
    text = text.removeprefix("¥")
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if _EXPONENT.fullmatch(text):
        raise Unreadable("digits-lost", asks=True, value=raw)
    if not (_DIGITS.fullmatch(text) or _SMALL.fullmatch(text)):
        raise Unreadable("not-a-number", value=raw)
    return sign * Decimal(text)


def plain(number: Decimal) -> str:
    return format(number.normalize(), "f") if number else "0"


def read_decimal(raw: str) -> Reading:
    number = parse_decimal(_UNIT_AT_END.sub("", raw.strip()))
    return changed("number-form", raw, plain(number), number)


def read_int(raw: str) -> Reading:
    """A whole number; 「15年」 is 15, 「12.0」 of a spreadsheet is 12.

    Raises:
        Unreadable: ``not-a-whole-number``, ``number-too-large``.
    """
    if raw.isascii() and raw.isdecimal() and len(raw) < 10 and raw[0] != "0":  # noqa: PLR2004
        return Reading(int(raw))
    number = read_decimal(raw).value
    if number != number.to_integral_value():
        raise Unreadable("not-a-whole-number", value=raw)
    if abs(number) > _LARGEST_INTEGER:
        raise Unreadable("number-too-large", value=raw)
    return changed("number-form", raw, plain(number), int(number))


_TRUE = frozenset(
    {"1", "true", "yes", "y", "○", "〇", "◯", "有", "あり", "はい", "済", "計上", "対象"}
)
_FALSE = frozenset(
    {
        "0",
        "false",
        "no",
        "n",
        "×",
        "無",
        "なし",
        "無し",
        "いいえ",
        "未",
        "非計上",
        "計上しない",
        "対象外",
    }
)


def read_yes_no(raw: str) -> Reading:
    """「○」「有」「1」 and their opposites.

    Raises:
        Unreadable: ``not-yes-or-no``.
    """
    word = folded(raw).lower()
    if word in _TRUE:
        return changed("yes-no", raw, "true", value=True)
    if word in _FALSE:
        return changed("yes-no", raw, "false", value=False)
    raise Unreadable("not-yes-or-no", value=raw)
