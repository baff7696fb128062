"""What the pages of a facility and of a position show of its cases."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.faults import figures, inbox
from service.faults.domain import OPEN_STATES, CaseState
from service.faults.wording import LABELS
from service.registry import service as registry
from service.registry.queries import facilities

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]
# Contractors see their own cases only: counted from these, figures would tell them nothing true.
Analyst = Annotated[Actor, Depends(requires(Permission.ANALYTICS_READ))]
SHOWN = 10


@router.get("/facilities/{facility_id}/cases")
def facility_cases(
    request: Request, session: SessionDep, _by: Reader, facility_id: UUID
) -> Response:
    """The whole page; the bare list when the facility's page asks for it."""
    facility = facilities.read(session, facility_id)
    if facility is None:
        raise NotFound
    found = figures.facility_cases(session, facility_id)
    return render(
        request,
        "faults/facility_cases.html",
        fragment="cases",
        facility=facility,
        found=found,
        cases=inbox.list_cases(
            session, inbox.open_cases(facility_id=facility_id), limit=SHOWN
        ).cases,
        states=[state for state in CaseState if state in OPEN_STATES],
        labels=LABELS,
    )


@router.get("/positions/{position_id}/figures")
def position_figures(
    request: Request, session: SessionDep, _by: Analyst, position_id: UUID
) -> Response:
    card = registry.position_card(session, position_id)
    return render(
        request,
        "faults/position_figures.html",
        fragment="figures",
        card=card,
        found=figures.position_figures(session, position_id),
        years=figures.YEARS,
        fewest=figures.FEWEST,
    )
