import unicodedata

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


def read_words(raw: str) -> Reading:
    """Several short words in one cell: 「S01 S03」, 「溢水、臭気」."""
    words = folded(raw)
    for separator in "、,;/・|":
        words = words.replace(separator, " ")
    found = words.split()
    return changed("split-words", trimmed(raw), " ".join(found), found)
