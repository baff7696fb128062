"""Taking an applied import back: records become what they were, or stay and say why."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session

from importers import undo_queries as queries
from importers.kind import Kind
from importers.kinds import KINDS
from importers.undo_queries import Touched

Work = dict[tuple[str, str], list[Touched]]
# Nothing refers to these; they give way before older stays are set back to their days.
_LEAVES = ("installation", "response_record")


@dataclass
class Undone:
    """Records by kind; ``kept`` names those that stay as the import left them."""

    deleted: dict[str, int] = field(default_factory=dict)
    restored: dict[str, int] = field(default_factory=dict)
    kept: dict[UUID, str] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        return {"deleted": self.deleted, "restored": self.restored, "kept": len(self.kept)}


def undo(session: Session, job_id: UUID) -> Undone:
    """Takes back what the job wrote; what was changed or used since stays.

    The job must be in the state ``undoing``.
    """
    touched = queries.touched(session, job_id)
    work: Work = defaultdict(list)
    for record in touched:
        work[record.kind, record.do].append(record)
    done = Undone()
    step = _Step(session, job_id, done)
    for kind in reversed(KINDS.values()):
        if kind.is_link and (kind.name, "create") in work:
            queries.unlink(session, kind, job_id)
    for name in _LEAVES:
        step.delete(KINDS[name], work[name, "create"])
    for kind in KINDS.values():
        step.restore(kind, work[kind.name, "update"])
    for kind in reversed(KINDS.values()):
        if kind.name not in _LEAVES and not kind.is_link:
            step.delete(kind, work[kind.name, "create"])
    _note(session, touched, done)
    return done


class _Step:
    def __init__(self, session: Session, job_id: UUID, done: Undone) -> None:
        self._session = session
        self._job_id = job_id
        self._done = done

    def delete(self, kind: Kind, records: list[Touched]) -> None:
        ids = self._unchanged(kind, records)
        if not ids:
            return
        gone = queries.delete_created(self._session, kind, ids, self._job_id)
        self._done.deleted[kind.name] = len(gone)
        self._done.kept |= dict.fromkeys(ids - gone, "used-since")

    def restore(self, kind: Kind, records: list[Touched]) -> None:
        ids = self._unchanged(kind, records)
        if ids:
            restored = queries.restore_updated(self._session, kind, ids, self._job_id)
            self._done.restored[kind.name] = restored

    def _unchanged(self, kind: Kind, records: list[Touched]) -> set[UUID]:
        """Records that nobody has written since; the others stay."""
        if not records:
            return set()
        marks = queries.marks(self._session, kind, [r.id for r in records], self._job_id)
        mine = {
            record.id
            for record in records
            if record.id in marks and marks[record.id] in {None, record.mark}
        }
        self._done.kept |= dict.fromkeys({r.id for r in records} - mine, "changed-since")
        return mine


def _note(session: Session, touched: Iterable[Touched], done: Undone) -> None:
    """Tells on each row which of its records stayed, and why."""
    kept: dict[int, list[dict[str, str]]] = defaultdict(list)
    for record in touched:
        if record.id in done.kept:
            told = {"kind": record.kind, "id": str(record.id), "reason": done.kept[record.id]}
            kept[record.row_id].append(told)
    if kept:
        rows = [{"id": row_id, "kept": told} for row_id, told in kept.items()]
        queries.note_kept(session, json.dumps(rows))
