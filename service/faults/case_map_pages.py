from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.accounts import queries as accounts
from service.accounts.access import requires
from service.accounts.permissions import Permission
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.faults import inbox
from service.faults.domain import OPEN_STATES, CaseState
from service.faults.forms import case_filter
from service.faults.wording import LABELS
from service.registry.city_map import Mark, city_map
from service.registry.queries import facilities

router = APIRouter(include_in_schema=False)


@router.get("/inbox/map", dependencies=[Depends(requires(Permission.CASES_HANDLE))])
def inbox_map(request: Request, session: SessionDep) -> Response:
    return _map(request, session, only_open=True)


@router.get("/cases/map", dependencies=[Depends(requires(Permission.CASES_READ))])
def cases_map(request: Request, session: SessionDep) -> Response:
    return _map(request, session, only_open=False)


def _map(request: Request, session: SessionDep, *, only_open: bool) -> Response:
    """Where the list's cases are; the bare drawing when the list itself asks for it."""
    wanted = case_filter(request.query_params, only_open=only_open)
    marks = [
        Mark(row.id, row.name, row.cases, row.urgent)
        for row in inbox.count_by_facility(session, wanted)
    ]
    return render(
        request,
        "faults/map.html",
        fragment="drawing",
        map=city_map(facilities.everywhere(session), marks),
        total=sum(mark.count for mark in marks),
        list="/inbox" if only_open else "/cases",
        only_open=only_open,
        facilities=inbox.facilities(session),
        companies=accounts.companies(session),
        states=[state for state in CaseState if not only_open or state in OPEN_STATES],
        labels=LABELS,
    )
