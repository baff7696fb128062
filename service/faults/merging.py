"""Two cases of one fault become one, and become two again, with nothing lost either way."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.core.http.conditional import ensure_version
from service.faults import queries
from service.faults.domain import CaseState, InvalidTransition, ensure_reason, ensure_transition
from service.faults.handling import apply, take
from service.faults.models import FaultCase
from service.faults.steps import CannotMerge

RESTORED = frozenset({"state", "wait_reason", "state_reason", "merged_into_id"})


def merge(
    session: Session,
    case_id: UUID,
    into_id: UUID,
    *,
    by: Actor,
    reason: str | None,
    expected: int | None = None,
) -> FaultCase:
    """The case joins another, which keeps the earlier occurrence. Reports stay where they are.

    Raises:
        CannotMerge: into itself, or into a case that is merged or dismissed.
    """
    case, target = _both(session, case_id, into_id, by=by)
    ensure_version(case.version, expected)
    ensure_transition(CaseState(case.state), CaseState.MERGED)
    ensure_reason(CaseState.MERGED, reason)
    if case.id == target.id or target.state in {CaseState.MERGED, CaseState.DISMISSED}:
        raise CannotMerge
    changes = {
        "state": CaseState.MERGED.value,
        "wait_reason": None,
        "state_reason": reason,
        "merged_into_id": target.id,
    }
    merged = apply(session, case, changes, action="case.merged", by=by, reason=reason)
    earliest = min(target.occurred_at, case.occurred_at)
    apply(session, target, {"occurred_at": earliest}, action="case.absorbed", by=by, reason=reason)
    return merged


def unmerge(
    session: Session,
    case_id: UUID,
    *,
    by: Actor,
    reason: str | None = None,
    expected: int | None = None,
) -> FaultCase:
    """The case is again what it was before; its former target loses what it had from it."""
    case = take(session, case_id, by=by, expected=expected)
    if case.state != CaseState.MERGED or case.merged_into_id is None:
        raise InvalidTransition(current=case.state, target=CaseState.REPORTED)
    target = take(session, case.merged_into_id, by=by)
    before = queries.before_merge(session, case.id)
    restored = {name: before[name] for name in RESTORED & set(before)} | {"merged_into_id": None}
    ensure_transition(CaseState.MERGED, CaseState(restored["state"]))
    separate = apply(session, case, restored, action="case.unmerged", by=by, reason=reason)
    _restore_occurrence(session, target, by=by, reason=reason)
    return separate


def _both(
    session: Session, case_id: UUID, into_id: UUID, *, by: Actor
) -> tuple[FaultCase, FaultCase]:
    """Locks both in one order, so that two merges across each other cannot wait for ever."""
    taken = {key: take(session, key, by=by) for key in sorted({case_id, into_id})}
    return taken[case_id], taken[into_id]


def _restore_occurrence(
    session: Session, target: FaultCase, *, by: Actor, reason: str | None
) -> None:
    own = queries.own_occurrence(session, target.id)
    occurrences = [case.occurred_at for case in queries.merged_into(session, target.id)]
    occurrences.append(datetime.fromisoformat(own) if own else target.occurred_at)
    changes = {"occurred_at": min(occurrences)}
    apply(session, target, changes, action="case.released", by=by, reason=reason)
    if target.merged_into_id is not None:
        outer = take(session, target.merged_into_id, by=by)
        _restore_occurrence(session, outer, by=by, reason=reason)
