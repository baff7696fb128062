"""The equipment class that the words of a ledger mean."""

from collections.abc import Sequence

from sqlmodel import Session

from importers.decisions import Decisions
from importers.directory import word_key
from importers.interpretation import InterpretedRow
from importers.matching import queries
from importers.matching.queries import KnownClass
from importers.records import change_message, problem
from importers.values.groups import unit_of
from importers.values.reading import Change

KIND = "equipment_class"


class ClassMatch:
    def __init__(self, session: Session, decisions: Decisions) -> None:
        self._session = session
        self._decided = decisions.lookups.get(KIND, {})
        self._by_word: dict[str, list[KnownClass]] | None = None

    def match(self, rows: Sequence[InterpretedRow]) -> None:
        """Leaves ``class_code`` in the cells of rows with words for it; asks where they fail."""
        for row in rows:
            if "class_code" not in row.cells and _word(row):
                self._look_up(row, _word(row))

    def by_name(self, rows: Sequence[InterpretedRow]) -> None:
        """New places of ledgers without any class: 「No.2汚水ポンプ」 is a 汚水ポンプ."""
        for row in rows:
            if "class_code" not in row.cells and "name" in row.cells:
                self._look_up(row, unit_of(row.cells["name"])[0])

    def _look_up(self, row: InterpretedRow, word: str) -> None:
        decided = self._decided.get(word)
        if decided is not None:
            self._mean(row, word, decided, "lookup")
            return
        found = self._called(word)
        for field in ("middle", "major"):
            if len(found) > 1 and field in row.cells:
                key = word_key(row.cells[field])
                found = [one for one in found if word_key(getattr(one, field)) == key]
        if len(found) == 1:
            self._mean(row, word, found[0].class_code, "lookup")
            return
        told = _told_by_name(found, row)
        if told is not None:
            self._mean(row, word, told.class_code, "class-by-name")
            return
        code = "ambiguous-lookup" if found else "unknown-lookup"
        row.block(problem("question", code, "分類", kind=KIND, value=word))

    def _mean(self, row: InterpretedRow, word: str, code: str, rule: str) -> None:
        row.cells["class_code"] = code
        row.messages.append(change_message("分類", Change(rule, word, code)))

    def _called(self, word: str) -> list[KnownClass]:
        if self._by_word is None:
            self._by_word = {}
            for one in queries.classes(self._session):
                for name in {one.class_code, one.minor}:
                    self._by_word.setdefault(word_key(name), []).append(one)
        return self._by_word.get(word_key(word), [])


def _told_by_name(classes: Sequence[KnownClass], row: InterpretedRow) -> KnownClass | None:
    """「吐出弁」 of 「No.1汚水ポンプ吐出弁」 is the one among the 汚水ポンプ設備."""
    name = word_key(row.cells.get("name", ""))
    found = [one for one in classes if word_key(one.middle.removesuffix("設備")) in name]
    return found[0] if len(found) == 1 else None


def _word(row: InterpretedRow) -> str:
    word: str = row.cells.get("class_name") or ""
    return word
