from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit import queries, service
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], dependencies=[ONLY_KNOWN_PARAMETERS])

Auditor = Annotated[Actor, Depends(requires(Permission.AUDIT_READ))]


class AuditRead(BaseModel):
    id: int
    at: datetime
    actor_name: str
    via: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None
    request_id: str | None


class VerificationRead(BaseModel):
    entries: int
    unsealed: int
    broken_at: int | None
    problem: str | None


@router.get("")
def of_target(
    session: SessionDep,
    _by: Auditor,
    target_type: Annotated[str, Query()],
    target_id: Annotated[str, Query()],
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[AuditRead]:
    """What was done to one record, newest first."""
    rows = queries.of_target(session, target_type, target_id, limit=limit)
    return [AuditRead.model_validate(row, from_attributes=True) for row in rows]


@router.get("/verification")
def verification(session: SessionDep, _by: Auditor) -> VerificationRead:
    """Recomputes the whole chain; takes seconds on a large trail."""
    return VerificationRead.model_validate(service.verify(session), from_attributes=True)
