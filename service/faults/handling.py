"""What staff do with a case: judge it, move it from state to state."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core import outbox
from service.core.clock import now
from service.core.errors import FieldError, NotFound
from service.core.http.conditional import ensure_version
from service.core.i18n.dates import tokyo_day
from service.faults import approval_queries, queries
from service.faults.approval_domain import ApprovalPending
from service.faults.domain import (
    CaseState,
    EndsBeforeStart,
    ReasonMissing,
    WaitReason,
    ensure_reason,
    ensure_transition,
)
from service.faults.models import FaultCase
from service.faults.schemas import CaseChange, Reasoned, Resolve, Wait
from service.faults.steps import AT_WORK, TARGETS, CaseIsMerged, DowntimeUnknown, NotAtWork, Step

SETTLED = frozenset({CaseState.CLOSED, CaseState.DISMISSED, CaseState.MERGED})


def take(session: Session, case_id: UUID, *, by: Actor, expected: int | None = None) -> FaultCase:
    """The case, locked, for a change that was made on version ``expected`` (None: any).

    Raises:
        NotFound: when there is no such case.
        Stale: when somebody has changed it since.
    """
    by.require(Permission.CASES_HANDLE)
    case = queries.case_for_update(session, case_id)
    if case is None:
        raise NotFound
    ensure_version(case.version, expected)
    return case


def apply(
    session: Session,
    case: FaultCase,
    changes: Mapping[str, Any],
    *,
    action: str,
    by: Actor,
    reason: str | None = None,
) -> FaultCase:
    """Writes what differs, with its trail and its event; nothing when nothing differs."""
    before = {name: getattr(case, name) for name in changes}
    changed = [name for name, value in changes.items() if before[name] != value]
    if not changed:
        return case
    for name in changed:
        setattr(case, name, changes[name])
    case.updated_by = by.id
    session.add(case)
    session.flush()
    session.refresh(case)
    record(
        session,
        action,
        "fault_case",
        case.id,
        by=by,
        before={name: before[name] for name in changed},
        after={name: changes[name] for name in changed},
        reason=reason,
    )
    announce(session, case, "case.changed", by=by, changed=changed)
    return case


def announce(session: Session, case: FaultCase, topic: str, *, by: Actor, **more: Any) -> None:
    payload = {
        "case_id": case.id,
        "case_no": case.case_no,
        "state": case.state,
        "urgency": case.urgency,
        "title": case.case_no,
        "href": f"/cases/{case.id}",
        "by": by.name,
        "by_id": by.id,
    }
    outbox.publish(
        session,
        topic,
        payload | more,
        facility_id=case.facility_id,
        company_id=case.company_id,
    )


def move(
    session: Session,
    case: FaultCase,
    step: Step,
    *,
    by: Actor,
    reason: str | None = None,
    **changes: Any,
) -> FaultCase:
    target = TARGETS[step]
    ensure_transition(CaseState(case.state), target)
    ensure_reason(target, reason)
    state = {
        "state": target.value,
        "state_reason": reason or None,
        "wait_reason": None,
        "closed_at": now() if target is CaseState.CLOSED else None,
    }
    return apply(session, case, state | changes, action=f"case.{step.value}", by=by, reason=reason)


def take_step(
    session: Session,
    case_id: UUID,
    step: Step,
    given: Reasoned | None = None,
    *,
    by: Actor,
    expected: int | None = None,
) -> FaultCase:
    """Moves the case on by one step; `Step.WAIT` needs a `Wait`, resolving takes a `Resolve`."""
    case = take(session, case_id, by=by, expected=expected)
    if case.state == CaseState.MERGED:
        raise CaseIsMerged
    if case.state == CaseState.IN_APPROVAL and approval_queries.pending(session, case.id):
        raise ApprovalPending
    reason = given.reason if given else None
    if step is Step.WAIT:
        wait_reason = given.wait_reason if isinstance(given, Wait) else None
        return _wait(session, case, wait_reason, by=by, reason=reason)
    times = given if isinstance(given, Resolve) else Resolve()
    if step is Step.RESOLVE:
        return move(session, case, step, by=by, reason=reason, **_downtime(case, times))
    if step is Step.CLOSE:
        return _close(session, case, times, by=by)
    return move(session, case, step, by=by, reason=reason)


def _wait(
    session: Session,
    case: FaultCase,
    wait_reason: WaitReason | None,
    *,
    by: Actor,
    reason: str | None,
) -> FaultCase:
    ensure_transition(CaseState(case.state), CaseState.WAITING)
    if wait_reason is None:
        raise ReasonMissing(errors=[FieldError("/wait_reason", ReasonMissing.message)])
    return move(session, case, Step.WAIT, by=by, reason=reason, wait_reason=wait_reason.value)


def _close(session: Session, case: FaultCase, times: Resolve, *, by: Actor) -> FaultCase:
    """A case closes only with its downtime known, even if that is none: the rates need it."""
    ensure_transition(CaseState(case.state), CaseState.CLOSED)
    downtime = known_downtime(case, times)
    return move(session, case, Step.CLOSE, by=by, reason=times.reason, **downtime)


def known_downtime(case: FaultCase, times: Resolve) -> dict[str, datetime | None]:
    """Stop and restoration as they will be kept.

    Raises:
        DowntimeUnknown: when one of them is still open.
    """
    downtime = _downtime(case, times)
    if None in {downtime["stop_from"], downtime["stop_to"]}:
        raise DowntimeUnknown(errors=[FieldError("/stop_to", DowntimeUnknown.message)])
    return downtime


def _downtime(case: FaultCase, times: Resolve) -> dict[str, datetime | None]:
    """Stop and restoration. An empty interval at the occurrence says: it never stopped."""
    if times.no_downtime:
        return {"stop_from": case.occurred_at, "stop_to": case.occurred_at}
    start, end = times.stop_from or case.stop_from, times.stop_to or case.stop_to
    _ensure_order(start, end)
    return {"stop_from": start, "stop_to": end}


def _ensure_order(start: datetime | None, end: datetime | None) -> None:
    if start is not None and end is not None and end < start:
        raise EndsBeforeStart(errors=[FieldError("/stop_to", EndsBeforeStart.message)])


def change_case(
    session: Session,
    case_id: UUID,
    change: CaseChange,
    *,
    by: Actor,
    expected: int | None = None,
) -> FaultCase:
    """Corrects or judges: only the fields that are given. A settled case asks for a reason."""
    case = take(session, case_id, by=by, expected=expected)
    given = {
        name: _plain(value)
        for name, value in change
        if name in change.model_fields_set and name != "reason"
    }
    if CaseState(case.state) in SETTLED and not change.reason:
        raise ReasonMissing(errors=[FieldError("/reason", ReasonMissing.message)])
    if given.get("temporary_fix") and CaseState(case.state) not in AT_WORK:
        raise NotAtWork
    _ensure_order(given.get("stop_from", case.stop_from), given.get("stop_to", case.stop_to))
    _ensure_company(session, given.get("company_id"))
    if "position_id" in given:
        given |= _placed(session, case, given["position_id"])
    return apply(session, case, given, action="case.updated", by=by, reason=change.reason)


def _plain(value: Any) -> Any:
    return value.value if hasattr(value, "value") else value


def _ensure_company(session: Session, company_id: UUID | None) -> None:
    if company_id is not None and not queries.company_exists(session, company_id):
        raise NotFound


def _placed(session: Session, case: FaultCase, position_id: UUID) -> dict[str, Any]:
    """The fault follows its position: facility and the device of that day come along."""
    row = queries.placed(session, position_id, tokyo_day(case.occurred_at))
    if row is None:
        raise NotFound
    return {"facility_id": row.facility_id, "device_id": row.device_id}
