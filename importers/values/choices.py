from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from importers.values.reading import Change, Reader, Reading, Unreadable
from importers.values.text import folded, read_words

Word = TypeVar("Word", bound=StrEnum)


def choice(labels: Mapping[Word, str], also: Mapping[str, Word] | None = None) -> Reader:
    """A reader of one word of a closed set: its code, its Japanese label or another spelling."""
    words = _words(labels, also)

    def read(raw: str) -> Reading:
        value = _find(raw, words)
        return Reading(value.value, (Change("word", raw, value.value),) if raw != value else ())

    return read


def choices(labels: Mapping[Word, str], also: Mapping[str, Word] | None = None) -> Reader:
    """A reader of several words of a closed set in one cell."""
    words = _words(labels, also)

    def read(raw: str) -> Reading:
        found = [_find(word, words).value for word in _split(raw)]
        joined = " ".join(found)
        return Reading(found, (Change("word", raw, joined),) if raw != joined else ())

    return read


def _split(raw: str) -> Iterable[str]:
    words: list[str] = read_words(raw).value
    return words


def _words(labels: Mapping[Word, str], also: Mapping[str, Word] | None) -> dict[str, Word]:
    words: dict[str, Word] = {}
    for value, label in labels.items():
        words[folded(label).lower()] = value
        words[value.value.lower()] = value
    for word, value in (also or {}).items():
        words[folded(word).lower()] = value
    return words


def _find(raw: str, words: Mapping[str, Word]) -> Word:
    value = words.get(folded(raw).lower())
    if value is None:
        raise Unreadable("unknown-word", value=raw)
    return value
