from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts import queries as accounts
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import now
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n.request import locale_of
from service.core.identity import new_id
from service.faults import inbox, incident_queries, incidents, service
from service.faults.desk import desk
from service.faults.domain import OPEN_STATES, CaseState
from service.faults.forms import (
    case_filter,
    local_input,
    own_fields,
    report_form,
)
from service.faults.overview import overview
from service.faults.pace_queries import paces
from service.faults.symptoms import DEFAULT_SET
from service.faults.watch import elapsed
from service.faults.wording import LABELS

router = APIRouter(include_in_schema=False)

Reader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
SHOWN = 50
OFFERED_INCIDENTS = 10


@router.get("/")
def dashboard(request: Request, session: SessionDep, by: Reader) -> Response:
    newest = inbox.list_cases(session, inbox.open_cases(), limit=10)
    urgent = [
        row
        for level in ("S", "A")
        for row in inbox.list_cases(
            session, case_filter({"urgency": level}, only_open=True), limit=10
        ).cases
    ]
    return render(
        request,
        "faults/dashboard.html",
        counts=inbox.open_counts(session),
        overview=overview(session),
        moment=now(),
        facilities=inbox.open_by_facility(session),
        newest=newest.cases,
        urgent=urgent,
        open_states=[state for state in CaseState if state in OPEN_STATES],
        labels=LABELS,
        by=by,
    )


def _list(request: Request, session: SessionDep, template: str, *, only_open: bool) -> Response:
    query = request.query_params
    page = inbox.list_cases(
        session,
        case_filter(query, only_open=only_open),
        order=inbox.Order.REPORTED if only_open else inbox.Order.OCCURRED,
        cursor=query.get("cursor"),
        limit=SHOWN,
    )
    states = [state for state in CaseState if not only_open or state in OPEN_STATES]
    return render(
        request,
        template,
        fragment="rows",
        cases=page.cases,
        cursor=page.cursor,
        facilities=inbox.facilities(session),
        companies=accounts.companies(session),
        states=states,
        labels=LABELS,
        **(_triage(request, session, [row.id for row in page.cases]) if only_open else {}),
    )


def _triage(request: Request, session: SessionDep, shown: list[UUID]) -> dict[str, Any]:
    """How the shown cases stand in time, what waits for a place, what may be one storm."""
    locale = locale_of(request)
    return {
        "paces": paces(session, shown),
        "now_at": now(),
        "elapsed": lambda moment: elapsed(moment, locale),
        "burst": incidents.burst(session),
        "incidents": incident_queries.listed(session, limit=OFFERED_INCIDENTS),
        "incident_of": incident_queries.names_of(session, shown),
    }


@router.get("/inbox")
def inbox_page(request: Request, session: SessionDep, _by: Handler) -> Response:
    return _list(request, session, "faults/inbox.html", only_open=True)


@router.get("/cases")
def cases_page(request: Request, session: SessionDep, _by: Reader) -> Response:
    return _list(request, session, "faults/cases.html", only_open=False)


@router.get("/positions/{position_id}/cases")
def position_cases(
    request: Request, session: SessionDep, _by: Reader, position_id: UUID
) -> Response:
    """The history of one position; the bare list when the position's page asks for it."""
    position = inbox.position_row(session, position_id)
    if position is None:
        raise NotFound
    page = inbox.list_cases(
        session,
        inbox.CaseFilter(position_id=position_id),
        order=inbox.Order.OCCURRED,
        cursor=request.query_params.get("cursor"),
        limit=SHOWN,
    )
    return render(
        request,
        "faults/position_cases.html",
        fragment="history",
        position=position,
        cases=page.cases,
        cursor=page.cursor,
        labels=LABELS,
    )


def _report_page(
    request: Request,
    session: SessionDep,
    *,
    position_id: UUID | None,
    typed: Typed | None = None,
    status_code: int = 200,
) -> Response:
    position = inbox.position_row(session, position_id) if position_id else None
    if position_id and position is None:
        raise NotFound
    known = inbox.list_cases(session, inbox.open_cases(position_id=position_id), limit=10)
    return render(
        request,
        "faults/report_new.html",
        status_code=status_code,
        position=position,
        open_cases=known.cases if position else [],
        facilities=inbox.facilities(session),
        companies=accounts.companies(session),
        symptoms=list((position.symptom_set if position else None) or DEFAULT_SET),
        report_id=new_id(),
        now=now(),
        local_input=local_input,
        typed=typed or Typed(),
        labels=LABELS,
    )


@router.get("/reports/new")
def new_report_page(
    request: Request,
    session: SessionDep,
    _by: Handler,
    position: Annotated[UUID | None, Query()] = None,
) -> Response:
    return _report_page(request, session, position_id=position)


@router.post("/reports/new")
def new_report(
    request: Request,
    form: Submitted,
    session: SessionDep,
    by: Handler,
) -> Response:
    values = own_fields(form.multi_items(), "report")
    symptoms, effects = (
        [str(one) for one in form.getlist(name)] for name in ("symptoms", "effects")
    )
    filed: list[UUID] = []

    def act() -> None:
        new = report_form(values, symptoms, effects)
        filed.append(service.file_report(session, new, by=by).case_id)

    typed = Typed("report", values | {"symptoms": symptoms, "effects": effects})
    failed = attempt(request, session, act, typed)
    if failed:
        chosen = values.get("position_id")
        return _report_page(
            request,
            session,
            position_id=UUID(chosen) if chosen else None,
            typed=failed[0],
            status_code=failed[1],
        )
    return RedirectResponse(f"/cases/{filed[0]}", 303)


router.include_router(desk)
