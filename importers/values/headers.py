"""Column names that carry the unit of their column: 「取得価格(千円)」, 「吐出量 m3/min」."""

import re
from functools import cache

from importers.values.text import folded

UNITS = {
    "円": "円",
    "千円": "千円",
    "百万円": "百万円",
    "mm": "mm",
    "cm": "cm",
    "m": "m",
    "A": "A",
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
    "m3/日": "m3/d",
    "m3/d": "m3/d",
    "m3/s": "m3/s",
    "m3/秒": "m3/s",
    "l/min": "L/min",
    "l/分": "L/min",
    "l/s": "L/s",
    "l/秒": "L/s",
    "台": "台",
    "年": "年",
    "分": "分",
    "時間": "時間",
    "h": "時間",
}
_IN_BRACKETS = re.compile(r"^(.+?)[(\[〔【［<：:](?:単位)?[:：]?([^()\[\]〔〕【】]+)[)\]〕】］>]?$")
_BARE = re.compile(
    r"^(.*[^0-9A-Za-z/])(k?m3/\S+|L/\S+|mm|kW|kVA|kV|千円|百万円|PS)$", re.IGNORECASE
)
_PLUS = str.maketrans({"³": "3", "／": "/"})


@cache
def split_header(title: str) -> tuple[str, str | None]:
    """The name without its unit, and the unit; a bracket that holds no unit stays in the name."""
    text = folded(title).translate(_PLUS)
    for pattern in (_IN_BRACKETS, _BARE):
        match = pattern.match(text)
        unit = _unit(match[2]) if match else None
        if match and unit:
            return match[1].strip(), unit
    return text, None


def _unit(word: str) -> str | None:
    word = word.strip()
    return UNITS.get(word) or UNITS.get(word.lower())
