from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from importers.values.reading import Change, Reading, Unreadable
from importers.values.text import folded, read_words

Word = TypeVar("Word", bound=StrEnum)


class Choice(Generic[Word]):
    """Reads one word of a closed set: its code, its Japanese label or another spelling.

    ``answers`` are the words among which a person chooses when the ledger has another one.
    """

    def __init__(self, labels: Mapping[Word, str], also: Mapping[str, Word] | None = None) -> None:
        self.answers = list(labels.values())
        self._words = _words(labels, also)

    def __call__(self, raw: str) -> Reading:
        value = self.find(raw)
        return Reading(value.value, (Change("word", raw, value.value),) if raw != value else ())

    def find(self, raw: str) -> Word:
        value = self._words.get(folded(raw).lower())
        if value is None:
            raise Unreadable("unknown-word", asks=True, value=raw)
        return value


class Choices(Choice[Word]):
    """Reads several words of a closed set in one cell."""

    def __call__(self, raw: str) -> Reading:
        found = [self.find(word).value for word in _split(raw)]
        joined = " ".join(found)
        return Reading(found, (Change("word", raw, joined),) if raw != joined else ())


choice, choices = Choice, Choices


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
