"""Names with a unit number: 「No.2汚水ポンプ」, 「２号汚水ポンプ」, 「No.1～4汚水ポンプ」."""

import re
from functools import cache
from typing import NamedTuple

from importers.values.text import folded

MOST = 50
_MARK = r"(?:No\.?|NO\.?|no\.?|ＮＯ|#|№|第)"
_N = r"(\d{1,3})"
_TO = r"(?:~|〜|-|–|—|―|ー|から|乃至)"
_AND = r"(?:[,、・&]|及び|と|/)"
_HEAD_UNIT = re.compile(rf"^(.*?){_MARK}\s*{_N}(?!\d)\s*(?:号機?|号)?\s*(.*)$")
_HEAD_GO = re.compile(rf"^{_N}\s*(?:号機|号)\s*(.+)$")
_TAIL_GO = re.compile(rf"^(.+?)\s*(?:第)?{_N}\s*(?:号機|号)$")
_RANGE = re.compile(
    rf"^(.*?){_MARK}\s*{_N}\s*(?:号機?|号)?\s*{_TO}\s*(?:{_MARK})?\s*{_N}(?!\d)\s*(?:号機?|号)?\s*(.*)$"
)
_RANGE_GO = re.compile(rf"^(.*?){_N}\s*(?:号機?|号)?\s*{_TO}\s*{_N}\s*(?:号機|号)\s*(.*)$")
_LIST = re.compile(
    rf"^(.*?){_MARK}\s*((?:\d{{1,3}}\s*(?:号機?|号)?\s*{_AND}\s*(?:{_MARK})?\s*)+\d{{1,3}})(?!\d)\s*(?:号機?|号)?\s*(.*)$"
)
_LIST_GO = re.compile(
    rf"^(.*?)((?:\d{{1,3}}\s*(?:号機?|号)?\s*{_AND}\s*)+\d{{1,3}})\s*(?:号機|号)\s*(.*)$"
)
_SPACES = re.compile(r"\s+")
_LONG = re.compile(r"[‐‑‒–—―−─━]")


class Group(NamedTuple):
    """Several things in one name; ``members`` are (unit number, name of the one)."""

    members: tuple[tuple[str, str], ...]


class Unit(NamedTuple):
    base: str
    unit_no: str | None


def _written(name: str) -> str:
    return folded(name).replace("〜", "~").replace("～", "~")


@cache
def parse_group(name: str) -> Group | None:
    """None for the name of one thing, and for writings of which nobody can be sure."""
    text = _written(name)
    for pattern in (_RANGE, _RANGE_GO):
        match = pattern.match(text)
        if match:
            first, last = int(match[2]), int(match[3])
            if first < last < first + MOST:
                return _group(match[1], range(first, last + 1), match[4])
            return None
    for pattern in (_LIST, _LIST_GO):
        match = pattern.match(text)
        if match:
            numbers = [int(n) for n in re.findall(r"\d+", match[2])]
            if len(set(numbers)) == len(numbers):
                return _group(match[1], numbers, match[3])
    return None


def _group(before: str, numbers: range | list[int], after: str) -> Group:
    return Group(tuple((str(n), f"{before}No.{n}{after}".strip()) for n in numbers))


@cache
def unit_of(name: str) -> Unit:
    """The name without its unit number, and the number."""
    text = _written(name)
    for pattern in (_HEAD_UNIT,):
        match = pattern.match(text)
        if match:
            return Unit(_SPACES.sub("", match[1] + match[3]), str(int(match[2])))
    match = _HEAD_GO.match(text)
    if match:
        return Unit(_SPACES.sub("", match[2]), str(int(match[1])))
    match = _TAIL_GO.match(text)
    if match:
        return Unit(_SPACES.sub("", match[1]), str(int(match[2])))
    return Unit(_SPACES.sub("", text), None)


@cache
def unit_key(name: str) -> str:
    """The same for all writings of one name: 「汚水ﾎﾟﾝﾌﾟ２号」 and 「No.2汚水ポンプ」."""
    base, unit = unit_of(name)
    word = _LONG.sub("ー", base).casefold().replace("・", "")
    return f"{word}#{unit}" if unit else word
