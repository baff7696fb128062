"""Whether the registry is still what the plan was made on."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session

from importers import queries
from importers.kind import Kind, Parent
from importers.kinds import KINDS
from importers.queries import Step

Work = dict[tuple[str, str], list[Step]]


def work_of(session: Session, job_id: UUID) -> Work:
    """The plan's steps by kind and by what they do."""
    work: Work = defaultdict(list)
    for step in queries.steps(session, job_id):
        work[step.kind, step.do].append(step)
    return work


def moved_rows(session: Session, work: Work) -> list[int]:
    """Rows whose records have changed or appeared since the plan; what is updated gets locked."""
    moved: set[int] = set()
    for (name, do), steps in sorted(work.items()):
        moved.update(_changed(session, name, steps) if do == "update" else ())
        moved.update(_appeared(session, name, steps) if do == "create" else ())
    return sorted(moved)


def _changed(session: Session, name: str, steps: list[Step]) -> Iterable[int]:
    kind = KINDS[name]
    if not kind.versioned:
        return ()
    present = queries.lock_versions(session, kind, [step.id for step in steps])
    return [s.row_no for s in steps if s.id is None or present.get(s.id) != s.version]


def _appeared(session: Session, name: str, steps: list[Step]) -> Iterable[int]:
    kind = KINDS[name]
    if kind.is_link:
        return ()
    keys = [(step.row_no, _stored_key(kind, step)) for step in steps]
    has_parent = isinstance(kind.keys[0], Parent)
    firsts = [UUID(key[0]) if has_parent else key[0] for _, key in keys]
    taken = queries.taken_keys(session, kind, firsts)
    return [row_no for row_no, key in keys if key in taken]


def _stored_key(kind: Kind, step: Step) -> tuple[str, ...]:
    """The key as the table holds it: parents by their ids."""
    return tuple(
        str(step.values[part.column]) if isinstance(part, Parent) else word
        for part, word in zip(kind.keys, step.key, strict=True)
    )
