"""What words of a ledger stand for: names, former codes and numbers of records in the registry.

Nothing is guessed: a word means a record only when exactly one record is called so.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from sqlmodel import Session

from importers import directory_queries as queries
from importers.decisions import Decisions
from importers.values.groups import unit_key
from importers.values.reading import Unreadable

MAX_CANDIDATES = 8
_LIKENESS = 0.5
_OLD_FORMS = str.maketrans("髙﨑邊邉齋齊斉濵濱澤嶋嶌藪德", "高崎辺辺斎斎斎浜浜沢島島薮徳")
_SMALL_KANA = str.maketrans("ヶヵ", "ケカ")
_BETWEEN = re.compile(r"[\s・･()（）「」\-‐－]+")


def word_key(word: str) -> str:
    """Writings that people take for the same word."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return _BETWEEN.sub("", folded).translate(_OLD_FORMS).translate(_SMALL_KANA)


class Named(NamedTuple):
    """A record that words can mean; ``words`` are its names, the first one shown to people."""

    code: str
    words: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.words[0]} ({self.code})"


class Directory:
    """Words are looked up among all records of a kind; both are fetched once."""

    def __init__(self, session: Session, decisions: Decisions) -> None:
        self._session = session
        self._decisions = decisions
        self._named: dict[str, list[Named]] = {}
        self._codes: dict[str, dict[str, set[str]]] = {}
        self._found: dict[tuple[str, str], str] = {}

    def code_of(self, kind: str, word: str) -> str:
        """The code that a word means.

        Raises:
            Unreadable: ``unknown-lookup`` or ``ambiguous-lookup``; both ask.
        """
        found = self._found.get((kind, word))
        if found is None:
            found = self._found[kind, word] = self._look_up(kind, word)
        return found

    def candidates(self, kind: str, word: str) -> list[Named]:
        """Records whose names look like the word, the likeliest first."""
        by_word: dict[str, list[Named]] = defaultdict(list)
        for named in self._all(kind):
            for name in named.words:
                by_word[word_key(name)].append(named)
        close = get_close_matches(word_key(word), by_word, MAX_CANDIDATES, _LIKENESS)
        return list(dict.fromkeys(named for key in close for named in by_word[key]))

    def choices(self, kind: str, word: str) -> list[dict[str, str]]:
        """All records of a kind as answers, those with names alike first."""
        alike = self.candidates(kind, word)
        ordered = dict.fromkeys([*alike, *sorted(self._all(kind))])
        return [{"value": named.code, "label": named.label} for named in ordered]

    def learn(self, kind: str, code: str, *words: str) -> None:
        """The file itself names a record that the registry may not have yet."""
        named = Named(code, words or (code,))
        if named not in self._all(kind):
            self._all(kind).append(named)
            for word in (code, *words):
                self._index(kind).setdefault(word_key(word), set()).add(code)

    def mentioned(self, kind: str, text: str) -> str | None:
        """The code of the one record whose name occurs in a text, the longest name winning."""
        key = word_key(text)
        found = {
            (len(word_key(name)), named.code)
            for named in self._all(kind)
            for name in named.words
            if len(name) > 1 and word_key(name) in key
        }
        if not found:
            return None
        longest = max(length for length, _ in found)
        codes = {code for length, code in found if length == longest}
        return codes.pop() if len(codes) == 1 else None

    def _look_up(self, kind: str, word: str) -> str:
        decided = self._decisions.lookups.get(kind, {}).get(word)
        if decided is not None:
            return decided
        codes = self._index(kind).get(word_key(word), set())
        if len(codes) == 1:
            return next(iter(codes))
        code = "ambiguous-lookup" if codes else "unknown-lookup"
        raise Unreadable(code, asks=True, kind=kind, value=word)

    def _index(self, kind: str) -> dict[str, set[str]]:
        if kind not in self._codes:
            codes: dict[str, set[str]] = defaultdict(set)
            for named in self._all(kind):
                for word in (named.code, *named.words):
                    codes[word_key(word)].add(named.code)
            self._codes[kind] = dict(codes)
        return self._codes[kind]

    def _all(self, kind: str) -> list[Named]:
        if kind not in self._named:
            self._named[kind] = [
                Named(code, tuple(word for word in words if word))
                for code, *words in queries.names(self._session, kind)
            ]
        return self._named[kind]


class Places:
    """Positions of facilities by their names: 「２号汚水ポンプ」 is 「No.2汚水ポンプ」."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._of_facility: dict[str, dict[str, list[str]]] = {}
        self._labels: dict[str, str] = {}

    def fetch(self, facilities: Iterable[str]) -> None:
        wanted = [code for code in facilities if code not in self._of_facility]
        for code in wanted:
            self._of_facility[code] = defaultdict(list)
        for facility, code, name in queries.position_names(self._session, wanted):
            self._of_facility[facility][unit_key(name)].append(code)
            self._labels[code] = f"{name} ({code})"

    def named(self, facility: str, name: str) -> list[str]:
        return self._of_facility.get(facility, {}).get(unit_key(name), [])

    def candidates(self, facility: str, name: str) -> list[tuple[str, str]]:
        """Codes and labels of places with names alike."""
        keys = self._of_facility.get(facility, {})
        close = get_close_matches(unit_key(name), keys, MAX_CANDIDATES, _LIKENESS)
        return [(code, self._labels[code]) for key in close for code in keys[key]]
