"""事象 as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.faults import incident_queries, incidents
from service.faults.incidents import IncidentCases, IncidentCreate
from service.faults.schemas import CaseRead

router = APIRouter(prefix="/api/v1", tags=["faults"], dependencies=[ONLY_KNOWN_PARAMETERS])
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
AT_MOST = 200


class IncidentLine(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    created_at: datetime
    cases: int
    open: int
    first_at: datetime | None
    last_at: datetime | None


class IncidentRead(BaseModel):
    id: UUID
    name: str
    created_at: datetime
    cases: list[CaseRead]


def _read(session: SessionDep, incident_id: UUID) -> IncidentRead:
    incident = incident_queries.incident(session, incident_id)
    if incident is None:
        raise NotFound
    cases = incident_queries.cases(session, incident_id)
    return IncidentRead(
        id=incident.id,
        name=incident.name,
        created_at=incident.created_at,
        cases=[CaseRead.model_validate(case) for case in cases],
    )


@router.get("/incidents")
def list_incidents(session: SessionDep, _by: Handler) -> list[IncidentLine]:
    """The newest first, 200 at most."""
    rows = incident_queries.listed(session, limit=AT_MOST)
    return [IncidentLine.model_validate(row) for row in rows]


@router.post("/incidents", status_code=201)
def open_incident(session: SessionDep, by: Handler, new: IncidentCreate) -> IncidentRead:
    """Groups cases under a name; they stay cases of their own."""
    return _read(session, incidents.open_incident(session, new, by=by).id)


@router.get("/incidents/{incident_id}")
def read_incident(session: SessionDep, _by: Handler, incident_id: UUID) -> IncidentRead:
    return _read(session, incident_id)


@router.post("/incidents/{incident_id}/cases")
def add_cases(
    session: SessionDep, by: Handler, incident_id: UUID, new: IncidentCases
) -> IncidentRead:
    """Adds cases; one of another incident changes over."""
    incidents.group(session, incident_id, new.case_ids, by=by)
    return _read(session, incident_id)


@router.delete("/incidents/{incident_id}/cases/{case_id}", status_code=204)
def remove_case(session: SessionDep, by: Handler, incident_id: UUID, case_id: UUID) -> Response:
    incidents.ungroup(session, incident_id, case_id, by=by)
    return Response(status_code=204)
