"""決裁 as JSON: what waits for me, submitting, deciding, taking back, having seen."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.conditional import IfMatch
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.faults import approval_desk, approvals
from service.faults.schemas import Commented, DecisionGiven, Submission
from service.faults.vocabulary import ApprovalRole, Decision

router = APIRouter(prefix="/api/v1", tags=["approvals"], dependencies=[ONLY_KNOWN_PARAMETERS])
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]


class ApprovalRequestRead(BaseModel):
    """``step_no`` counts from 0 into ``steps``, the roles of the route."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    case_id: UUID
    route_name: str
    steps: list[str]
    step_no: int
    state: str
    cost_yen: int
    submitted_by: UUID
    submitted_at: datetime
    post_facto: bool
    reason: str | None
    settled_at: datetime | None


class Seen(Commented):
    role: ApprovalRole


@router.get("/approvals")
def list_mine(session: SessionDep, by: Handler) -> list[ApprovalRequestRead]:
    """What waits for the reader's decision, the oldest first."""
    return [
        ApprovalRequestRead.model_validate(dict(row))
        for row in approval_desk.desk_of(session, by=by).to_decide
    ]


@router.post("/cases/{case_id}/approval", status_code=201)
def submit(
    session: SessionDep, by: Handler, version: IfMatch, case_id: UUID, new: Submission
) -> ApprovalRequestRead:
    """Sends the case round on the route that its cost asks for."""
    request = approvals.submit(session, case_id, new, by=by, expected=version)
    return ApprovalRequestRead.model_validate(request)


@router.post("/approvals/{request_id}/decision", status_code=201)
def decide(
    session: SessionDep, by: Handler, request_id: UUID, given: DecisionGiven
) -> ApprovalRequestRead:
    """By the deputy of an absent holder an approval is a 代決 and needs a comment."""
    wanted = Decision(given.decision)
    request = approvals.decide(session, request_id, wanted, given.comment, by=by)
    return ApprovalRequestRead.model_validate(request)


@router.post("/approvals/{request_id}/withdrawal", status_code=201)
def withdraw(
    session: SessionDep, by: Handler, request_id: UUID, given: Commented
) -> ApprovalRequestRead:
    request = approvals.withdraw(session, request_id, given.comment, by=by)
    return ApprovalRequestRead.model_validate(request)


@router.post("/approvals/{request_id}/seen", status_code=204)
def seen(session: SessionDep, by: Handler, request_id: UUID, given: Seen) -> None:
    """後閲 of what a deputy has decided, or 供覧."""
    approvals.acknowledge(session, request_id, given.role, given.comment, by=by)
