import re
import unicodedata
from functools import lru_cache

from importers.values.reading import Reading, changed

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u00ad"))


def folded(raw: str) -> str:
    """Width and ligatures folded (NFKC), blanks at the ends removed."""
    return unicodedata.normalize("NFKC", raw.translate(_INVISIBLE)).strip()


def trimmed(raw: str) -> str:
    """The text as written, without blanks at its ends and without characters nobody can see."""
    return raw.translate(_INVISIBLE).strip()


def read_text(raw: str) -> Reading:
    """Names and sentences: their widths and dashes are left as they were written."""
    text = trimmed(raw).replace("\r\n", "\n").replace("\r", "\n")
    return changed("trimmed", raw, text, text)


_KEPT = re.compile(r"([（）「」『』【】［］～〜・、。])")


@lru_cache(maxsize=20_000)
def name_form(raw: str) -> str:
    """Letters and digits half-width, kana full-width; brackets and dashes stay as written."""
    parts = _KEPT.split(trimmed(raw).replace("№", "No."))
    folded_parts = (p if _KEPT.fullmatch(p) else unicodedata.normalize("NFKC", p) for p in parts)
    return " ".join("".join(folded_parts).split())


def read_name(raw: str) -> Reading:
    """「Ｎｏ．２汚水ﾎﾟﾝﾌﾟ」 is No.2汚水ポンプ; the long vowel ー is never taken for a dash."""
    name = name_form(raw)
    rule = "trimmed" if name == trimmed(raw) else "name-width"
    return changed(rule, raw, name, name)


def read_raw(raw: str) -> Reading:
    """Cells that only make sense together with others: kept for whoever joins them."""
    return Reading(raw)


def read_words(raw: str) -> Reading:
    """Several short words in one cell: 「S01 S03」, 「溢水、臭気」."""
    words = folded(raw)
    for separator in "、,;/・|":
        words = words.replace(separator, " ")
    found = words.split()
    return changed("split-words", trimmed(raw), " ".join(found), found)
