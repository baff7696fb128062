"""事象: grouping cases of the inbox, and the page of one incident."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.faults import inbox, incident_queries, incidents
from service.faults.incidents import IncidentCases, IncidentCreate
from service.faults.wording import LABELS

router = APIRouter(include_in_schema=False)
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
SHOWN = 50


@router.get("/incidents")
def list_incidents(request: Request, session: SessionDep, _by: Handler) -> Response:
    return _list(request, session, Typed())


def _list(request: Request, session: SessionDep, typed: Typed, status_code: int = 200) -> Response:
    chosen = [str(one) for one in typed.values.get("case_ids", [])]
    return render(
        request,
        "faults/incidents.html",
        status_code=status_code,
        incidents=incident_queries.listed(session, limit=SHOWN),
        chosen=chosen,
        typed=typed,
    )


@router.post("/incidents")
def group(request: Request, session: SessionDep, by: Handler, form: Submitted) -> Response:
    """The chosen cases of the inbox, into a new incident or into one that is there."""
    ids = [str(one) for one in form.getlist("case_ids")]
    chosen = str(form.get("incident_id", ""))
    name = str(form.get("name", ""))
    into: list[UUID] = []

    def act() -> None:
        if chosen:
            cases = read_form(IncidentCases, {"case_ids": ids})
            into.append(UUID(chosen))
            incidents.group(session, into[0], cases.case_ids, by=by)
            return
        new = read_form(IncidentCreate, {"name": name, "case_ids": ids})
        into.append(incidents.open_incident(session, new, by=by).id)

    failed = attempt(request, session, act, Typed("group", {"case_ids": ids, "name": name}))
    if failed:
        return _list(request, session, *failed)
    return RedirectResponse(f"/incidents/{into[0]}", 303)


@router.get("/incidents/{incident_id}")
def incident_page(
    request: Request, session: SessionDep, _by: Handler, incident_id: UUID
) -> Response:
    return _page(request, session, incident_id, Typed())


def _page(
    request: Request, session: SessionDep, incident_id: UUID, typed: Typed, status_code: int = 200
) -> Response:
    incident = incident_queries.incident(session, incident_id)
    if incident is None:
        raise NotFound
    cases = incident_queries.cases(session, incident_id)
    counts: dict[str, int] = {}
    for case in cases:
        counts[case.state] = counts.get(case.state, 0) + 1
    return render(
        request,
        "faults/incident.html",
        status_code=status_code,
        incident=incident,
        cases=cases,
        counts=counts,
        typed=typed,
        labels=LABELS,
    )


@router.post("/incidents/{incident_id}/cases")
def add_case(
    request: Request, session: SessionDep, by: Handler, form: Submitted, incident_id: UUID
) -> Response:
    def act() -> None:
        case_id = inbox.case_id_of(session, str(form.get("case_no", "")))
        if case_id is None:
            raise inbox.UnknownCaseNumber
        incidents.group(session, incident_id, [case_id], by=by)

    failed = attempt(request, session, act, Typed("add", dict(form)))
    if failed:
        return _page(request, session, incident_id, *failed)
    return RedirectResponse(f"/incidents/{incident_id}", 303)


@router.post("/incidents/{incident_id}/cases/{case_id}/leave")
def leave(session: SessionDep, by: Handler, incident_id: UUID, case_id: UUID) -> Response:
    incidents.ungroup(session, incident_id, case_id, by=by)
    return RedirectResponse(f"/incidents/{incident_id}", 303)
