"""Rows that fall because of other rows, found over the whole file before anything is planned.

Only hashes are kept of what each row tells, so that a million rows fit in memory.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import count

from importers.interpretation import InterpretedRow
from importers.kinds import KINDS
from importers.known import Known, Record
from importers.records import OCCUPANT, Draft, Message, Ref, problem

NAMED_ROWS = 20
_NEVER_NAMED = frozenset({"installation", "case_report", "response_record"})


class Settlement:
    """Takes the rows in the order of the file; ``apply`` must meet them in the same.

    A part is told, then checked for what the registry refuses, then added.
    """

    def __init__(self) -> None:
        self._start = 0
        self._row_nos = array("q")
        self._mains = array("q")
        self._told: dict[int, int] = {}
        self._repeated: dict[int, list[int]] = {}
        self._drafted: Counter[int] = Counter()
        self._open: list[tuple[int, int]] = []
        self._refs: dict[int, Ref] = {}
        self._parents: dict[int, tuple[int, int]] = {}
        self._verdicts: dict[int, list[Message]] = defaultdict(list)
        self._fallen: set[int] = set()

    def tell(self, rows: Iterable[InterpretedRow]) -> None:
        """Notes which records the rows tell of; before anything blocks one of them."""
        self._start = len(self._row_nos)
        for ordinal, row in enumerate(rows, start=self._start):
            self._row_nos.append(row.row_no)
            self._mains.append(0)
            if row.is_sound:
                main = row.main_draft
                self._mains[ordinal] = _name(main)
                for draft in row.drafts:
                    if draft is main or (draft.kind == "device" and not draft.ensure):
                        self._tell(_name(draft), ordinal)

    def is_repeated(self, row: InterpretedRow) -> bool:
        """Whether another row so far tells of its main record, too."""
        return row.is_sound and _name(row.main_draft) in self._repeated

    def add(self, rows: Iterable[InterpretedRow], known: Known) -> None:
        """What the sound ones of the rows told last bring and need."""
        for ordinal, row in enumerate(rows, start=self._start):
            if row.is_sound:
                self._add(ordinal, row, known)

    def settle(self, parts: Iterator[list[InterpretedRow]]) -> None:
        """``parts`` are walked only when rows tell of one record twice."""
        if self._repeated:
            self._judge_repeated(parts)
        self._told.clear()
        self._break_circles()
        while self._drop_orphans():
            pass

    def apply(self, rows: Iterable[InterpretedRow], ordinals: Iterator[int]) -> None:
        """Gives rows their verdicts. ``ordinals`` goes on from part to part."""
        for row, ordinal in zip(rows, ordinals, strict=False):
            messages = self._verdicts.get(ordinal, ())
            for message in messages:
                if message["level"] == "warning":
                    row.messages.append(message)
                else:
                    row.block(message)

    def _add(self, ordinal: int, row: InterpretedRow, known: Known) -> None:
        own: set[Record] = {(draft.kind, draft.key) for draft in row.drafts}
        for draft in row.drafts:
            if draft.kind not in _NEVER_NAMED or draft.kind == row.main:
                self._drafted[_name(draft)] += 1
        for draft in row.drafts:
            if draft.kind == "position" and "parent_id" in draft.refs:
                parent = draft.refs["parent_id"]
                self._parents[hash(("position", draft.key))] = (
                    ordinal,
                    hash(("position", parent.key)),
                )
            for ref in draft.refs.values():
                if (ref.kind, ref.key) not in own and not known.has(ref):
                    self._lean(ordinal, ref)

    def _tell(self, record: int, ordinal: int) -> None:
        first = self._told.setdefault(record, ordinal)
        if first != ordinal:
            self._repeated.setdefault(record, [first]).append(ordinal)

    def _lean(self, ordinal: int, ref: Ref) -> None:
        if ref.kind == OCCUPANT:
            return
        record = hash((ref.kind, ref.key))
        self._refs[record] = ref
        self._open.append((ordinal, record))

    # -- two rows that tell of one record ----------------------------------------------------------

    def _judge_repeated(self, parts: Iterator[list[InterpretedRow]]) -> None:
        wanted = {ordinal for ordinals in self._repeated.values() for ordinal in ordinals}
        ordinals = count()
        drafts = {
            ordinal: row.drafts
            for part in parts
            for row, ordinal in zip(part, ordinals, strict=False)
            if ordinal in wanted
        }
        for tellers in self._repeated.values():
            self._judge(tellers, same=all(drafts[o] == drafts[tellers[0]] for o in tellers))

    def _judge(self, tellers: list[int], *, same: bool) -> None:
        if same:
            first = self._row_nos[tellers[0]]
            for ordinal in tellers[1:]:
                self._say(ordinal, problem("warning", "repeated-row", row_no=first))
            return
        numbers = ", ".join(str(self._row_nos[o]) for o in tellers[:NAMED_ROWS])
        for ordinal in tellers:
            self._drop(ordinal, problem("conflict", "duplicate-in-file", rows=numbers))

    # -- places above each other ----------------------------------------------------------------

    def _break_circles(self) -> None:
        settled: set[int] = set()
        for start in self._parents:
            path: list[int] = []
            place = start
            while place in self._parents and place not in settled and place not in path:
                path.append(place)
                place = self._parents[place][1]
            if place in path:
                for member in path[path.index(place) :]:
                    self._drop(self._parents[member][0], problem("error", "parent-cycle"))
            settled.update(path)

    # -- rows that lean on rows --------------------------------------------------------------------

    def _drop_orphans(self) -> bool:
        fell = False
        for ordinal, record in self._open:
            if ordinal in self._fallen or self._drafted[record]:
                continue
            ref = self._refs[record]
            kind, key = KINDS[ref.kind].label, " ".join(ref.key)
            self._drop(ordinal, problem("error", "unknown-reference", kind=kind, key=key))
            fell = True
        return fell

    def _drop(self, ordinal: int, message: Message) -> None:
        self._say(ordinal, message)
        if ordinal not in self._fallen:
            self._fallen.add(ordinal)
            self._drafted[self._mains[ordinal]] -= 1

    def _say(self, ordinal: int, message: Message) -> None:
        if message not in self._verdicts[ordinal]:
            self._verdicts[ordinal].append(message)


def _name(draft: Draft) -> int:
    return hash((draft.kind, draft.key))
