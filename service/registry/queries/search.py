"""What a search box means: words folded as the generated ``search_text`` columns are."""

import unicodedata

TODAY = "gesuibo.day()"  # today in Japan, or the past day that was asked for
MAX_WORDS = 8


def search_words(typed: str) -> list[str]:
    return unicodedata.normalize("NFKC", typed).lower().split()[:MAX_WORDS]


def like(word: str) -> str:
    """A LIKE pattern that finds the word anywhere; its own signs are taken literally."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def every_word(typed: str, condition: str) -> tuple[str, dict[str, str]]:
    """``condition`` with ``:{word}`` for each word, joined by "and"; and the patterns."""
    names = {f"w{number}": like(word) for number, word in enumerate(search_words(typed))}
    clauses = [f"({condition.format(word=name)})" for name in names]
    return " and ".join(clauses) or "true", names
