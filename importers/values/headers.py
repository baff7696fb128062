"""Column names that carry the unit of their column: 「取得価格(千円)」, 「吐出量 m3/min」."""

import re
from functools import cache

from importers.values.dates import FISCAL
from importers.values.eras import WESTERN
from importers.values.text import folded

UNITS = {
    "円": "円",
    "千円": "千円",
    "万円": "万円",
    "百万円": "百万円",
    "mm": "mm",
    "cm": "cm",
    "m": "m",
    "a": "A",
    "kw": "kW",
    "w": "W",
    "ps": "PS",
    "hp": "HP",
    "kva": "kVA",
    "v": "V",
    "kv": "kV",
    "m3/min": "m3/min",
    "m3/分": "m3/min",
    "m3/h": "m3/h",
    "m3/hr": "m3/h",
    "m3/時": "m3/h",
    "m3/時間": "m3/h",
    "m3/日": "m3/d",
    "m3/d": "m3/d",
    "m3/day": "m3/d",
    "m3/s": "m3/s",
    "m3/sec": "m3/s",
    "m3/秒": "m3/s",
    "nm3/min": "Nm3/min",
    "nm3/分": "Nm3/min",
    "nm3/h": "Nm3/h",
    "nm3/時": "Nm3/h",
    "l/min": "L/min",
    "l/分": "L/min",
    "l/h": "L/h",
    "l/時": "L/h",
    "l/s": "L/s",
    "l/秒": "L/s",
    "台": "台",
    "年": "年",
    "分": "分",
    "時間": "時間",
    "h": "時間",
    "hr": "時間",
    "p": "P",
    "極": "P",
    "min-1": "min-1",
    "rpm": "min-1",
    "mω": "MΩ",
    "mm/s": "mm/s",
    "°c": "℃",
    "mpa": "MPa",
    "kpa": "kPa",
    "回": "回",
    WESTERN: WESTERN,
}
_HINTS = frozenset({"和暦", "元号", "年号", "税込", "税込み", "税抜", "税抜き", "税別", "単位"})
_IN_BRACKETS = re.compile(r"^(.+?)[(\[〔【［<：:]+([^()\[\]〔〕【】<>]+)[)\]〕】］>]*$")
_BARE = re.compile(
    r"^(.*[^0-9A-Za-z/])(N?m3/\S+|L/\S+|mm|kW|kVA|kV|千円|百万円|PS)$", re.IGNORECASE
)
_BETWEEN = re.compile(r"[・,、:\s]+")
_PLUS = str.maketrans({"³": "3", "⁻": "-", "¹": "1", "／": "/", "φ": "", "Φ": ""})


def unit_named(word: str) -> str | None:
    """The unit as the registry writes it, of any writing; None for a word that is no unit."""
    word = word.strip().translate(_PLUS)
    return UNITS.get(word.lower())


@cache
def split_header(title: str) -> tuple[str, str | None]:
    """The name without its unit, and the unit; a bracket that holds no unit stays in the name.

    Below 「設置年度」 years are fiscal, so that 年度 counts as a unit that stays in the name.
    """
    text = folded(title).translate({ord("³"): "3"})
    bracket = _IN_BRACKETS.match(text)
    if bracket and _is_about_unit(bracket[2]):
        name = _name(bracket[1])
        return name, _unit(bracket[2]) or (FISCAL if name.endswith(FISCAL) else None)
    bare = _BARE.match(text)
    if bare and unit_named(bare[2]):
        return _name(bare[1]), unit_named(bare[2])
    return text, FISCAL if text.endswith(FISCAL) else None


def header_hint(title: str) -> frozenset[str]:
    """What a bracket says beside the unit: 和暦, 税込, 税抜."""
    bracket = _IN_BRACKETS.match(folded(title))
    words = _BETWEEN.split(bracket[2]) if bracket and _is_about_unit(bracket[2]) else []
    return frozenset(word.rstrip("みき") for word in words if word in _HINTS - {"単位"})


def _name(text: str) -> str:
    return text.removesuffix("単位").rstrip("φΦ (:").strip()


def _is_about_unit(words: str) -> bool:
    return all(word in _HINTS or unit_named(word) for word in _BETWEEN.split(words.strip()))


def _unit(words: str) -> str | None:
    found = [unit_named(word) for word in _BETWEEN.split(words.strip()) if word not in _HINTS]
    return found[0] if len(found) == 1 else None
