"""Rows become a plan: what each would create or change, or why it cannot.

A row counts for its main record; records that several rows share (a place, a model, a station)
are written by the first sound row that names them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from importers.difference import difference
from importers.interpretation import InterpretedRow
from importers.kinds import KINDS
from importers.known import Known, Record
from importers.models import Outcome
from importers.queries import Existing
from importers.records import Addition, Draft, Message, problem
from importers.resolution import Resolution

_BLOCKING = (
    ("error", Outcome.REJECTED),
    ("conflict", Outcome.CONFLICT),
    ("question", Outcome.NEEDS_DECISION),
)


# Told by one row only, beside its main record; settling has seen to that.
OWNED = frozenset({"device", "installation", "fault_report", "case_report", "response_record"})


@dataclass(slots=True)
class PlannedRow:
    table_no: int
    sheet: str | None
    row_no: int
    part_no: int
    main: str
    raw: dict[str, str]
    outcome: Outcome
    messages: list[Message]
    target_id: UUID | None = None
    target_version: int | None = None
    operations: list[dict[str, Any]] = field(default_factory=list)
    changes: dict[str, dict[str, list[Any]]] = field(default_factory=dict)


class Planner:
    """Plans part after part; remembers the records that rows of several parts share."""

    def __init__(self) -> None:
        self._shared: dict[Record, Draft] = {}
        self._mains: set[int] = set()

    def plan(
        self, rows: Iterable[InterpretedRow], known: Known, resolution: Resolution
    ) -> Iterator[PlannedRow]:
        part = _Part(known, resolution)
        return (self._planned(row, part) for row in rows)

    def _planned(self, row: InterpretedRow, part: "_Part") -> PlannedRow:
        planned = PlannedRow(
            row.table_no,
            row.sheet,
            row.row_no,
            row.part_no,
            row.main,
            row.raw,
            Outcome.UNCHANGED,
            row.messages,
        )
        if not row.is_sound:
            planned.outcome = _blocked_outcome(row.messages)
            return planned
        main = row.main_draft
        is_new = self._is_new(main, planned)
        for draft in row.drafts:
            own = draft is main or draft.kind in OWNED
            if is_new if own else self._is_first(draft, planned):
                part.operate(draft, planned)
        part.aim(planned, main)
        return planned

    def _is_new(self, main: Draft, planned: PlannedRow) -> bool:
        if (main.kind, main.key) in self._shared:  # a row before stands inside of this place
            return self._is_first(main, planned)
        record = hash((main.kind, main.key))
        is_new = record not in self._mains
        self._mains.add(record)
        return is_new

    def _is_first(self, draft: Draft, planned: PlannedRow) -> bool:
        if hash((draft.kind, draft.key)) in self._mains:
            return False
        first = self._shared.setdefault((draft.kind, draft.key), draft)
        if first is draft:
            return True
        self._mention_difference(first, draft, planned)
        return False

    def _mention_difference(self, first: Draft, draft: Draft, planned: PlannedRow) -> None:
        differing = [n for n, v in draft.values.items() if first.values.get(n) != v]
        if differing:
            label = KINDS[draft.kind].label
            told = {"kind": label, "key": " ".join(draft.key), "fields": ", ".join(differing)}
            planned.messages.append(problem("warning", "told-otherwise-before", **told))


class _Part:
    def __init__(self, known: Known, resolution: Resolution) -> None:
        self._known = known
        self._resolution = resolution
        self._operated: set[int] = set()

    def operate(self, draft: Draft, planned: PlannedRow) -> None:
        if id(draft) in self._operated:
            return
        self._operated.add(id(draft))
        before = self._known.find(draft.kind, draft.key)
        if before is None:
            planned.operations.append(self._creation(draft))
        elif not (draft.ensure or KINDS[draft.kind].is_link):
            self._change(draft, before, planned)

    def aim(self, planned: PlannedRow, main: Draft) -> None:
        before = self._known.find(main.kind, main.key)
        planned.target_id = self._resolution.id_of(main.kind, main.key)
        planned.target_version = before.version if before else None
        if planned.operations:
            planned.outcome = Outcome.UPDATE if before else Outcome.CREATE

    def _creation(self, draft: Draft) -> dict[str, Any]:
        values = {
            name: value.onto(None) if isinstance(value, Addition) else value
            for name, value in self._resolution.values(draft).items()
            if value is not None
        }
        return {
            "kind": draft.kind,
            "do": "create",
            "id": self._resolution.id_of(draft.kind, draft.key),
            "key": draft.key,
            "values": KINDS[draft.kind].render(values, {}),
        }

    def _change(self, draft: Draft, before: Existing, planned: PlannedRow) -> None:
        kind = KINDS[draft.kind]
        told = self._resolution.values(draft)
        changed = difference(kind, told, before, draft.soft)
        if not changed:
            return
        planned.changes[draft.kind] = changed
        new = {name: pair[1] for name, pair in changed.items()}
        values = kind.render(new, before.values)
        planned.operations.append(
            {
                "kind": draft.kind,
                "do": "update",
                "id": before.id,
                "version": before.version,
                "key": draft.key,
                "values": values,
                "prior": kind.render({n: before.values[n] for n in new}, before.values),
            }
        )


def _blocked_outcome(messages: list[Message]) -> Outcome:
    levels = {message["level"] for message in messages}
    return next((outcome for level, outcome in _BLOCKING if level in levels), Outcome.REJECTED)
