"""What a search box means: words folded as the generated ``search_text`` columns are."""

import re
import unicodedata

TODAY = "gesuibo.day()"  # today in Japan, or the past day that was asked for
MAX_WORDS = 8


_OLD = "澤邊邉齋齊龍濱髙瀧嶋國廣櫻條驛澁澀德惠眞藏壽榮圓縣舊鐵關發變點處圖氣續臺淺淨"
_NEW = "沢辺辺斎斉竜浜高滝島国広桜条駅渋渋徳恵真蔵寿栄円県旧鉄関発変点処図気続台浅浄"
_FOLDS = {chr(kana): chr(kana + 0x60) for kana in range(0x3041, 0x3097)}
_TABLE = str.maketrans(_FOLDS | dict(zip(_OLD, _NEW, strict=True)))
_DASHES = re.compile(r"([0-9a-z])[-‐‑‒–—―−_]+(?=[0-9a-z])")


def folded(text: str) -> str:
    """Width, case, kana of either kind and old forms of kanji made one; codes without dashes.

    PostgreSQL's ``gesuibo.fold`` does the same to what is stored.
    """
    plain = "".join(map(str.lower, unicodedata.normalize("NFKC", text))).translate(_TABLE)
    return _DASHES.sub(r"\1", plain)


def search_words(typed: str) -> list[str]:
    return folded(typed).split()[:MAX_WORDS]


def like(word: str) -> str:
    """A LIKE pattern that finds the word anywhere; its own signs are taken literally."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def every_word(typed: str, condition: str) -> tuple[str, dict[str, str]]:
    """``condition`` with ``:{word}`` for each word, joined by "and"; and the patterns."""
    names = {f"w{number}": like(word) for number, word in enumerate(search_words(typed))}
    clauses = [f"({condition.format(word=name)})" for name in names]
    return " and ".join(clauses) or "true", names
