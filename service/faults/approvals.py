"""決裁: a case goes round, is approved, returned or withdrawn; what was approved is hashed."""

import hashlib
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import now, today
from service.core.errors import FieldError, Forbidden, NotFound
from service.faults import approval_queries as queries
from service.faults import handling
from service.faults.approval_domain import (
    AlreadySettled,
    ApprovalNeeded,
    CommentMissing,
    ContentChanged,
    NobodyApproves,
    NothingToReview,
    RequestState,
    decision_of,
    ensure_comment,
    first_step,
    route_for,
)
from service.faults.approval_models import ApprovalRequest
from service.faults.domain import ApprovalTarget, CaseState, ensure_transition
from service.faults.models import Approval, FaultCase
from service.faults.schemas import Submission
from service.faults.steps import CaseIsMerged, Step
from service.faults.vocabulary import ApprovalRole, Decision


def has_routes(session: Session) -> bool:
    """A city without routes closes its cases by hand, as before."""
    return bool(queries.routes(session, today()))


def ensure_none_needed(session: Session, case_id: UUID, *, by: Actor) -> None:
    """A case that costs money closes by its 決裁 only.

    Raises:
        ApprovalNeeded: when a route with a threshold above nothing applies.
    """
    by.require(Permission.CASES_HANDLE)
    route = route_for(queries.routes(session, today()), queries.cost_yen(session, case_id))
    if route is not None and route.min_cost_yen > 0:
        raise ApprovalNeeded(route=route.name)


def submit(
    session: Session,
    case_id: UUID,
    new: Submission,
    *,
    by: Actor,
    expected: int | None = None,
) -> ApprovalRequest:
    """起案: the case goes to the first role of the route that its cost asks for.

    Raises:
        DowntimeUnknown: an approved case closes, and closing asks for stop and restoration.
        NobodyApproves: when a role of the route is held by nobody.
        CommentMissing: 事後決裁 without a reason.
    """
    case = handling.take(session, case_id, by=by, expected=expected)
    _ensure_ready(case, new)
    if by.id is None:
        raise Forbidden
    downtime = handling.known_downtime(case, new)
    day = today()
    cost = queries.cost_yen(session, case.id)
    route = route_for(queries.routes(session, day), cost)
    if route is None:
        raise NobodyApproves(role="–")
    start = first_step(route, queries.posts(session, day), by.id)
    handling.move(session, case, Step.SUBMIT, by=by, reason=new.reason, **downtime)
    request = ApprovalRequest(
        case_id=case.id,
        route_name=route.name,
        steps=[role.value for role in route.steps],
        circulate=[role.value for role in route.circulate],
        step_no=start,
        cost_yen=cost,
        submitted_by=by.id,
        submitted_at=now(),
        post_facto=new.post_facto,
        reason=new.reason,
        content_hash=content_hash(session, case.id),
        created_by=by.id,
    )
    session.add(request)
    session.flush()
    _tell(session, case, request, by=by)
    return request


def _ensure_ready(case: FaultCase, new: Submission) -> None:
    if case.state == CaseState.MERGED:
        raise CaseIsMerged
    if new.post_facto and not new.reason:
        raise CommentMissing(errors=[FieldError("/reason", CommentMissing.message)])
    ensure_transition(CaseState(case.state), CaseState.IN_APPROVAL)


def decide(
    session: Session,
    request_id: UUID,
    wanted: Decision,
    comment: str | None = None,
    *,
    by: Actor,
) -> ApprovalRequest:
    """承認 or 差戻し by the holder of the step's role; by an absent holder's deputy it is 代決.

    Raises:
        NotYourTurn, CommentMissing, AlreadySettled.
        ContentChanged: somebody has changed the case since it was submitted.
    """
    request, case = _open(session, request_id, by=by)
    role = ApprovalRole(request.steps[request.step_no])
    day = today()
    decision = decision_of(wanted, role, queries.posts(session, day).get(role), by.id, day)
    ensure_comment(decision, comment)
    if decision is not Decision.RETURNED and content_hash(session, case.id) != request.content_hash:
        raise ContentChanged
    _stamp(session, request, role, decision, comment, by=by)
    if decision is Decision.RETURNED:
        _settle(request, RequestState.RETURNED)
        handling.move(session, case, Step.RETURN, by=by, reason=comment)
    elif request.step_no + 1 < len(request.steps):
        request.step_no += 1
    else:
        _settle(request, RequestState.APPROVED)
        handling.move(session, case, Step.CLOSE, by=by, reason=comment)
    session.flush()
    _tell(session, case, request, by=by)
    return request


def withdraw(
    session: Session, request_id: UUID, comment: str | None, *, by: Actor
) -> ApprovalRequest:
    """引戻し: whoever has submitted takes it back while nobody has decided finally."""
    request, case = _open(session, request_id, by=by)
    if request.submitted_by != by.id:
        raise Forbidden
    ensure_comment(Decision.WITHDRAWN, comment)
    role = ApprovalRole(request.steps[request.step_no])
    _stamp(session, request, role, Decision.WITHDRAWN, comment, by=by)
    _settle(request, RequestState.WITHDRAWN)
    handling.move(session, case, Step.RETURN, by=by, reason=comment)
    session.flush()
    _tell(session, case, request, by=by)
    return request


def acknowledge(
    session: Session, request_id: UUID, role: ApprovalRole, comment: str | None, *, by: Actor
) -> Approval:
    """後閲 of what a deputy has decided, or 供覧: the holder of the role has seen it.

    Raises:
        NothingToReview: when nothing of this request waits for the role.
    """
    by.require(Permission.CASES_HANDLE)
    request = queries.locked(session, request_id)
    if request is None:
        raise NotFound
    day = today()
    decision_of(Decision.CIRCULATED, role, queries.posts(session, day).get(role), by.id, day)
    proxies = queries.unreviewed_proxies(session, [role.value])
    if any(row["request_id"] == request.id for row in proxies):
        return _stamp(session, request, role, Decision.POST_REVIEW, comment, by=by)
    waiting = queries.circulating(session, [role.value])
    if any(row["request_id"] == request.id for row in waiting):
        return _stamp(session, request, role, Decision.CIRCULATED, comment, by=by)
    raise NothingToReview


def content_hash(session: Session, case_id: UUID) -> bytes:
    """SHA-256 of everything that an approver reads of the case."""
    return hashlib.sha256(queries.content(session, case_id).encode()).digest()


def _open(session: Session, request_id: UUID, *, by: Actor) -> tuple[ApprovalRequest, FaultCase]:
    by.require(Permission.CASES_HANDLE)
    request = queries.locked(session, request_id)
    if request is None:
        raise NotFound
    if request.state != RequestState.PENDING:
        raise AlreadySettled
    return request, handling.take(session, request.case_id, by=by)


def _stamp(
    session: Session,
    request: ApprovalRequest,
    role: ApprovalRole,
    decision: Decision,
    comment: str | None,
    *,
    by: Actor,
) -> Approval:
    if by.id is None:
        raise Forbidden
    stamp = Approval(
        target_type=ApprovalTarget.CASE,
        target_id=request.case_id,
        request_id=request.id,
        route_step=request.step_no,
        role=role,
        decision=decision,
        decided_by=by.id,
        decided_at=now(),
        comment=comment or None,
        post_facto=request.post_facto,
        content_hash=request.content_hash,
        created_by=by.id,
    )
    session.add(stamp)
    session.flush()
    after = {"role": role.value, "decision": decision.value, "request_id": str(request.id)}
    record(
        session,
        f"approval.{decision.value}",
        "fault_case",
        request.case_id,
        by=by,
        after=after,
        reason=comment,
    )
    return stamp


def _settle(request: ApprovalRequest, state: RequestState) -> None:
    request.state = state
    request.settled_at = now()


def _tell(session: Session, case: FaultCase, request: ApprovalRequest, *, by: Actor) -> None:
    handling.announce(
        session,
        case,
        "approval.changed",
        by=by,
        request_id=request.id,
        request_state=request.state,
        role=request.steps[request.step_no],
    )
