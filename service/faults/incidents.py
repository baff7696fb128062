"""事象: cases of one storm or one power cut stand together and stay cases of their own."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import now
from service.core.errors import FieldError, Invalid, NotFound
from service.core.i18n.marker import N_
from service.faults import incident_queries as queries
from service.faults.incident_models import Incident

BURST_WITHIN = timedelta(hours=1)
# As many in an hour are no coincidence: a day has three of them (reference: 1,100 a year).
BURST_FROM = 5
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class NoCaseChosen(Invalid):
    code = "no-case-chosen"
    message = N_("案件を一つ以上選んでください。")


class IncidentCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    case_ids: Annotated[list[UUID], Field(max_length=500)] = []


class IncidentCases(BaseModel):
    model_config = ConfigDict(extra="forbid")

    case_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]


def open_incident(session: Session, new: IncidentCreate, *, by: Actor) -> Incident:
    """Raises `NoCaseChosen` without cases: an incident is what cases have in common."""
    by.require(Permission.CASES_HANDLE)
    if not new.case_ids:
        raise NoCaseChosen(errors=[FieldError("/case_ids", NoCaseChosen.message)])
    incident = Incident(name=new.name, created_by=by.id)
    session.add(incident)
    session.flush()
    after = {"name": incident.name}
    record(session, "incident.opened", "incident", incident.id, by=by, after=after)
    group(session, incident.id, new.case_ids, by=by)
    return incident


def group(session: Session, incident_id: UUID, case_ids: Sequence[UUID], *, by: Actor) -> int:
    """Adds the cases; one of another incident changes over. Returns how many were not in it yet.

    Raises:
        NotFound: when the incident or one of the cases is not there.
    """
    by.require(Permission.CASES_HANDLE)
    incident = queries.incident(session, incident_id)
    found = queries.known(session, case_ids)
    if incident is None or len(found) != len(set(case_ids)):
        raise NotFound
    before = queries.incident_of(session, case_ids)
    fresh = [case for case in found if before.get(case.id) != incident_id]
    for case in fresh:
        queries.join(session, case.id, incident_id)
        after = {"incident": incident.name, "incident_id": incident_id}
        record(session, "case.grouped", "fault_case", case.id, by=by, after=after)
    return len(fresh)


def ungroup(session: Session, incident_id: UUID, case_id: UUID, *, by: Actor) -> None:
    by.require(Permission.CASES_HANDLE)
    incident = queries.incident(session, incident_id)
    if incident is None:
        raise NotFound
    if queries.incident_of(session, [case_id]).get(case_id) != incident_id:
        return
    queries.leave(session, case_id, incident_id)
    before = {"incident": incident.name, "incident_id": incident_id}
    after = {"incident": None}
    record(session, "case.ungrouped", "fault_case", case_id, by=by, before=before, after=after)


def burst(session: Session) -> list[UUID]:
    """Open cases of the last hour that no incident holds, when they are as many as in a storm."""
    found = queries.burst(session, now() - BURST_WITHIN)
    return found if len(found) >= BURST_FROM else []
