"""Names with a unit number: 「No.2汚水ポンプ」, 「２号汚水ポンプ」, 「No.1～4汚水ポンプ」."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from importers.values.text import folded

MOST = 50
_MARK = r"(?:No\.?|#)\s*"
_NOT_OF_A_THING = r"(?![線棟館室池井系路橋幹道街区])"  # 1号棟, 国道134号線: no unit of equipment
_GO = rf"(?:号機|号{_NOT_OF_A_THING})"
_N = r"\d{1,3}"
_TO, _AND = r"~|から|乃至", r",|、|・|&|及び|と|/"
_MEMBER = rf"(?:{_MARK})?(?<!\d){_N}\s*{_GO}?"
_SEQUENCE = re.compile(
    rf"(?:第\s*)?({_MARK})?({_N}\s*{_GO}?(?:\s*(?:{_TO}|{_AND}|-)\s*{_MEMBER})+)(?![\d.-])",
    re.IGNORECASE,
)
_STEP = re.compile(rf"({_TO}|{_AND}|-)?\s*(?:{_MARK})?({_N})", re.IGNORECASE)
_LETTERS = re.compile(r"^(.+?)((?:\([A-Z]\)){2,})(.*)$")
_NUMBER = rf"{_N}(?:-{_N})?(?!\d)"
_MARKED = re.compile(
    rf"\(?(?:第\s*)?(?:{_MARK})({_NUMBER}|[A-Z](?![A-Za-z]))\s*{_GO}?\)?", re.IGNORECASE
)
_GO_MARKED = re.compile(
    rf"\(?(?:第\s*)?(?<![0-9A-Za-z.-])({_NUMBER}|[A-Z]|[一二三四五六七八九十])\s*{_GO}\)?"
)
_KANJI = {kanji: str(number) for number, kanji in enumerate("一二三四五六七八九十", start=1)}
_SPACES = re.compile(r"[\s　]+")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−─━"), "-")
_BETWEEN = re.compile(r"[\s・_\-()「」]+")


class Group(NamedTuple):
    """Several things in one name; ``members`` are (unit number, name of the one)."""

    members: tuple[tuple[str, str], ...]


class Unit(NamedTuple):
    """A name without its unit number, and the number; two in one for a unit of a train: 1-2."""

    base: str
    unit_no: str | None


def _written(name: str) -> str:
    return folded(name).replace("〜", "~").translate(_DASHES)


@lru_cache(maxsize=20_000)
def parse_group(name: str) -> Group | None:
    """None for the name of one thing, and for writings of which nobody can be sure.

    「No.1-2汚水ポンプ」 is the second pump of the first train, so that a dash joins a range only
    where both ends are marked or 号 follows: 「No.1-No.4」, 「1-4号」.
    """
    text = _written(name)
    letters = _LETTERS.match(text)
    if letters:
        before, found, after = letters.groups()
        members = re.findall(r"\(([A-Z])\)", found)
        return _distinct([(one, f"{before}({one}){after}") for one in members])
    match = _SEQUENCE.search(text)
    if match is None:
        return None
    numbers = _numbers(match[1], match[2])
    before, after = text[: match.start()], text[match.end() :].lstrip()
    return _distinct([(str(n), f"{before}No.{n}{after}".strip()) for n in numbers])


def _distinct(members: Sequence[tuple[str, str]]) -> Group | None:
    numbers = {unit_no for unit_no, _ in members}
    if len(members) < 2 or len(numbers) < len(members) or len(members) > MOST:  # noqa: PLR2004
        return None
    return Group(tuple(members))


def _numbers(mark: str | None, text: str) -> list[int]:
    """「1～3,5」 as 1, 2, 3, 5; nothing where it may mean something else."""
    is_go = "号" in text
    if mark is None and not is_go:
        return []
    dashed_is_range = text.rstrip().endswith(("号", "号機")) or len(re.findall(_MARK, text)) > 0
    numbers: list[int] = []
    for joint, written in _STEP.findall(text):
        number = int(written)
        if joint == "-" and not dashed_is_range:
            return []
        if joint in {"~", "-", "から", "乃至"}:
            if not numbers or not numbers[-1] < number < numbers[-1] + MOST:
                return []
            numbers.extend(range(numbers[-1] + 1, number + 1))
        else:
            numbers.append(number)
    return numbers


@lru_cache(maxsize=20_000)
def unit_of(name: str) -> Unit:
    """The name without its unit number, and the number."""
    text = _written(name)
    match = _MARKED.search(text) or _GO_MARKED.search(text)
    if match is None:
        return Unit(_SPACES.sub("", text), None)
    base = text[: match.start()] + text[match.end() :]
    return Unit(_SPACES.sub("", base), _plain(match[1]))


def _plain(number: str) -> str:
    """「01」 is 1 and 「1-02」 is 1-2."""
    parts = _KANJI.get(number, number).upper().split("-")
    return "-".join(str(int(part)) if part.isdecimal() else part for part in parts)


@lru_cache(maxsize=20_000)
def unit_key(name: str) -> str:
    """The same for all writings of one name: 「汚水ﾎﾟﾝﾌﾟ２号」 and 「No.2汚水ポンプ」."""
    base, unit = unit_of(name)
    for pattern in (_MARKED, _GO_MARKED):  # a valve's own number beside that of its pump
        base = pattern.sub(lambda match: f"#{_plain(match[1])}#", base)
    word = _BETWEEN.sub(_kept_between_digits, base).casefold()
    return f"{word}#{unit}" if unit else word


def _kept_between_digits(match: re.Match[str]) -> str:
    """「弁(1)」 and 「弁1」 are the same, 「弁1-2」 and 「弁12」 are not."""
    text, start, end = match.string, match.start(), match.end()
    inside = start > 0 and end < len(text) and text[start - 1].isdigit() and text[end].isdigit()
    return "-" if inside else ""
