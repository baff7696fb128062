"""Rows become a plan: what each would create or change, or why it cannot.

A row counts for its main record; records that several rows share (a place, a model, a station)
are written by the first sound row that names them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from importers.difference import difference
from importers.interpretation import InterpretedRow
from importers.kind import Kind
from importers.kinds import KINDS
from importers.known import Known, Record
from importers.models import Outcome
from importers.occupancy import Occupancy
from importers.queries import Existing
from importers.records import OCCUPANT, Draft, Key, Message, Ref, problem
from service.core.identity import new_id

_BLOCKING = (
    ("error", Outcome.REJECTED),
    ("conflict", Outcome.CONFLICT),
    ("question", Outcome.NEEDS_DECISION),
)


@dataclass(slots=True)
class PlannedRow:
    row_no: int
    raw: dict[str, str]
    outcome: Outcome
    messages: list[Message]
    target_id: UUID | None = None
    target_version: int | None = None
    operations: list[dict[str, Any]] = field(default_factory=list)
    changes: dict[str, dict[str, list[Any]]] = field(default_factory=dict)


class Planner:
    def __init__(self, main: str, rows: list[InterpretedRow], known: Known) -> None:
        self._main = main
        self._rows = rows
        self._known = known
        self._ids: dict[Record, UUID | None] = {}
        self._drafted: dict[Record, Draft] = {}
        self._settled: dict[Record, Draft] = {}

    def plan(self) -> list[PlannedRow]:
        self._find_repeated_keys()
        self._find_clashes()
        self._drop_orphans()
        return [self._planned(row) for row in self._rows]

    # -- rows that cannot be applied ---------------------------------------------------------

    def _sound(self) -> Iterable[InterpretedRow]:
        return (row for row in self._rows if row.is_sound)

    def _find_repeated_keys(self) -> None:
        """Two rows that say different things of one record: nobody knows which one holds."""
        by_key: dict[Key, list[InterpretedRow]] = defaultdict(list)
        for row in self._sound():
            by_key[self._main_draft(row).key].append(row)
        for rows in by_key.values():
            if len(rows) > 1:
                self._settle_repeated(rows)

    def _settle_repeated(self, rows: list[InterpretedRow]) -> None:
        numbers = ", ".join(str(row.row_no) for row in rows)
        if all(row.drafts == rows[0].drafts for row in rows[1:]):
            for row in rows[1:]:
                row.messages.append(problem("warning", "repeated-row", row_no=rows[0].row_no))
            return
        for row in rows:
            self._block(row, problem("conflict", "duplicate-in-file", rows=numbers))

    def _find_clashes(self) -> None:
        occupancy = Occupancy(self._known)
        for row in self._sound():
            for draft in row.drafts:
                if draft.kind != "installation":
                    continue
                other = occupancy.clash(draft)
                if other is not None:
                    details = {"device": other.asset_code, "position": other.position_code}
                    self._block(row, problem("conflict", "installation-overlap", **details))
                    break

    def _drop_orphans(self) -> None:
        """A row that leans on a rejected row falls, too, until nothing falls any more."""
        while True:
            self._drafted = {}
            for row in self._sound():
                for draft in row.drafts:
                    self._drafted.setdefault((draft.kind, draft.key), draft)
            passed: set[int] = set()
            fallen = [row for row in self._sound() if self._reject_if_orphan(row, passed)]
            if not fallen:
                return

    def _reject_if_orphan(self, row: InterpretedRow, passed: set[int]) -> bool:
        for draft in row.drafts:
            if id(draft) in passed:  # rows in one room share the drafts of their places
                continue
            found = self._fault_of(draft)
            if found is not None:
                self._block(row, found)
                return True
            passed.add(id(draft))
        return False

    def _fault_of(self, draft: Draft) -> Message | None:
        for ref in draft.refs.values():
            if not self._known.has(ref) and (ref.kind, ref.key) not in self._drafted:
                label = KINDS[ref.kind].label
                return problem("error", "unknown-reference", kind=label, key=" ".join(ref.key))
        kind = KINDS[draft.kind]
        before = self._known.find(draft.kind, draft.key)
        if before is None:
            return self._missing(kind, draft)
        return self._frozen(kind, draft, before)

    def _missing(self, kind: Kind, draft: Draft) -> Message | None:
        told = self._drafted[draft.kind, draft.key]
        for name in kind.required:
            if name not in told.values and name not in told.refs:
                return problem("error", "value-missing", kind=kind.label, field=name)
        return None

    def _frozen(self, kind: Kind, draft: Draft, before: Existing) -> Message | None:
        if draft.ensure:
            return None
        for name in kind.fixed & draft.refs.keys():
            if self._resolved(draft.refs[name]) != before.values[name]:
                return problem("conflict", "fixed-value-differs", kind=kind.label, field=name)
        if kind.append_only and difference(kind, self._values(draft), before):
            return problem("conflict", "append-only", kind=kind.label, key=" ".join(draft.key))
        return None

    def _block(self, row: InterpretedRow, message: Message) -> None:
        row.messages.append(message)
        row.drafts = []

    # -- rows that can ------------------------------------------------------------------------

    def _planned(self, row: InterpretedRow) -> PlannedRow:
        planned = PlannedRow(row.row_no, row.raw, Outcome.UNCHANGED, row.messages)
        if not row.is_sound:
            planned.outcome = _blocked_outcome(row.messages)
            return planned
        for draft in row.drafts:
            self._operate(draft, planned)
        self._aim(planned, self._main_draft(row))
        return planned

    def _operate(self, draft: Draft, planned: PlannedRow) -> None:
        record = (draft.kind, draft.key)
        if record in self._settled:
            self._mention_difference(self._settled[record], draft, planned)
            return
        self._settled[record] = draft
        before = self._known.find(draft.kind, draft.key)
        values = self._values(draft)
        if before is None:
            planned.operations.append(self._creation(draft, values))
        elif not (draft.ensure or KINDS[draft.kind].is_link):
            self._change(draft, values, before, planned)

    def _mention_difference(self, first: Draft, draft: Draft, planned: PlannedRow) -> None:
        if first is draft:
            return
        differing = [n for n, v in draft.values.items() if first.values.get(n) != v]
        if differing and draft.kind != self._main:
            label = KINDS[draft.kind].label
            planned.messages.append(
                problem(
                    "warning",
                    "told-otherwise-before",
                    kind=label,
                    key=" ".join(draft.key),
                    fields=", ".join(differing),
                )
            )

    def _creation(self, draft: Draft, values: dict[str, Any]) -> dict[str, Any]:
        kind = KINDS[draft.kind]
        return {
            "kind": draft.kind,
            "do": "create",
            "id": self._id(draft.kind, draft.key),
            "key": draft.key,
            "values": kind.render({k: v for k, v in values.items() if v is not None}, {}),
        }

    def _change(
        self, draft: Draft, values: dict[str, Any], before: Existing, planned: PlannedRow
    ) -> None:
        kind = KINDS[draft.kind]
        changed = difference(kind, values, before)
        if not changed:
            return
        planned.changes[draft.kind] = changed
        new = {name: pair[1] for name, pair in changed.items()}
        planned.operations.append(
            {
                "kind": draft.kind,
                "do": "update",
                "id": before.id,
                "version": before.version,
                "key": draft.key,
                "values": kind.render(new, before.values),
            }
        )

    def _aim(self, planned: PlannedRow, main: Draft) -> None:
        before = self._known.find(main.kind, main.key)
        planned.target_id = self._id(main.kind, main.key)
        planned.target_version = before.version if before else None
        if planned.operations:
            planned.outcome = Outcome.UPDATE if before else Outcome.CREATE

    # -- names into ids ------------------------------------------------------------------------

    def _main_draft(self, row: InterpretedRow) -> Draft:
        return next(draft for draft in row.drafts if draft.kind == self._main)

    def _id(self, kind: str, key: Key) -> UUID | None:
        record = (kind, key)
        if record not in self._ids:
            found = self._known.find(kind, key)
            self._ids[record] = found.id if found else new_id()
        return self._ids[record]

    def _values(self, draft: Draft) -> dict[str, Any]:
        resolved = {name: self._resolved(ref) for name, ref in draft.refs.items()}
        return draft.values | resolved

    def _resolved(self, ref: Ref) -> Any:
        if ref.kind == OCCUPANT:
            return self._known.occupant(ref.key)
        if ref.attribute == "id":
            return self._id(ref.kind, ref.key)
        drafted = self._drafted.get((ref.kind, ref.key))
        if drafted is not None and ref.attribute in drafted.refs:
            return self._resolved(drafted.refs[ref.attribute])
        return self._known.attribute(ref)


def _blocked_outcome(messages: list[Message]) -> Outcome:
    levels = {message["level"] for message in messages}
    return next((outcome for level, outcome in _BLOCKING if level in levels), Outcome.REJECTED)
