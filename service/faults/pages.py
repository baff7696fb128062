from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from service.accounts import queries as accounts
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments.api import ArrivingForm, StoreDep
from service.attachments.domain import ATTACHMENT_KIND_LABELS, AttachmentKind
from service.attachments.service import store_upload
from service.attachments.store import PhotoStore
from service.core.clock import now
from service.core.errors import DomainError, Invalid, NotFound
from service.core.http.problems import explain, status_of
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.identity import new_id
from service.faults import dossier, inbox, service
from service.faults.domain import OPEN_STATES, CaseState
from service.faults.forms import (
    Typed,
    case_filter,
    change_form,
    field_errors,
    local_input,
    own_fields,
    report_form,
    response_form,
    step_form,
)
from service.faults.steps import MERGEABLE, Step, steps_from
from service.faults.symptoms import DEFAULT_SET
from service.faults.wording import LABELS, changes_of

router = APIRouter(include_in_schema=False)

Reader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
SHOWN = 50


def _attempt(
    request: Request, session: SessionDep, act: Callable[[], object], typed: Typed
) -> tuple[Typed, int] | None:
    """Does it, or says what was typed and what is wrong; then nothing has been written."""
    try:
        with session.begin_nested():
            act()
    except NotFound:
        raise
    except DomainError as error:
        errors = field_errors(error)
        failed = Typed(typed.form, typed.values, errors, explain(request, error))
        return failed, status_of(error)
    return None


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
    )


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


def _case_page(
    request: Request,
    session: SessionDep,
    case_id: UUID,
    by: Actor,
    *,
    typed: Typed | None = None,
    status_code: int = 200,
) -> Response:
    case = inbox.case_row(session, case_id)
    if case is None:
        raise NotFound
    handles = by.can(Permission.CASES_HANDLE)
    state = CaseState(case.state)
    return render(
        request,
        "faults/case.html",
        status_code=status_code,
        case=case,
        dossier=dossier.dossier(session, case_id),
        merged_into=case.merged_into_id and inbox.case_row(session, case.merged_into_id),
        steps=[step.value for step in steps_from(state)] if handles else [],
        can_merge=handles and state in MERGEABLE,
        handles=handles,
        companies=accounts.companies(session) if handles else [],
        changes_of=changes_of,
        typed=typed or Typed(),
        labels=LABELS,
        attachment_kinds=list(ATTACHMENT_KIND_LABELS.items()),
        local_input=local_input,
    )


@router.get("/cases/{case_id}")
def case_page(request: Request, session: SessionDep, by: Reader, case_id: UUID) -> Response:
    return _case_page(request, session, case_id, by)


def _done(case_id: UUID, anchor: str = "") -> Response:
    return RedirectResponse(f"/cases/{case_id}{anchor}", 303)


def _version(values: dict[str, Any]) -> int | None:
    text = str(values.get("version", ""))
    if not text.isdecimal():
        raise Invalid
    return int(text)


async def submitted(request: Request) -> FormData:
    return await request.form(max_fields=60, max_files=0)


Submitted = Annotated[FormData, Depends(submitted)]


@router.post("/cases/{case_id}/steps/{step}")
def take_step(
    request: Request, form: Submitted, session: SessionDep, by: Handler, case_id: UUID, step: Step
) -> Response:
    values = own_fields(form.multi_items(), step.value)

    def act() -> None:
        given = step_form(step, values)
        service.take_step(session, case_id, step, given, by=by, expected=_version(values))

    failed = _attempt(request, session, act, Typed(step.value, values))
    if failed:
        return _case_page(request, session, case_id, by, typed=failed[0], status_code=failed[1])
    return _done(case_id)


@router.post("/cases/{case_id}/judgement")
def judge(
    request: Request, form: Submitted, session: SessionDep, by: Handler, case_id: UUID
) -> Response:
    values = own_fields(form.multi_items(), "judge")

    def act() -> None:
        change = change_form(values)
        service.change_case(session, case_id, change, by=by, expected=_version(values))

    failed = _attempt(request, session, act, Typed("judge", values))
    if failed:
        return _case_page(request, session, case_id, by, typed=failed[0], status_code=failed[1])
    return _done(case_id)


@router.post("/cases/{case_id}/merge")
def merge(
    request: Request, form: Submitted, session: SessionDep, by: Handler, case_id: UUID
) -> Response:
    values = own_fields(form.multi_items(), "merge")

    def act() -> None:
        into_id = inbox.case_id_of(session, str(values.get("case_no", "")))
        if into_id is None:
            raise inbox.UnknownCaseNumber
        reason = str(values.get("reason", ""))
        service.merge(session, case_id, into_id, by=by, reason=reason, expected=_version(values))

    failed = _attempt(request, session, act, Typed("merge", values))
    if failed:
        return _case_page(request, session, case_id, by, typed=failed[0], status_code=failed[1])
    return _done(case_id)


@router.post("/cases/{case_id}/unmerge")
def unmerge(session: SessionDep, by: Handler, case_id: UUID) -> Response:
    service.unmerge(session, case_id, by=by)
    return _done(case_id)


@router.post("/cases/{case_id}/responses")
def add_response(
    request: Request,
    form: ArrivingForm,
    session: SessionDep,
    store: StoreDep,
    by: Handler,
    case_id: UUID,
) -> Response:
    values = own_fields(form.multi_items(), "response")
    kind = AttachmentKind(str(form.get("photo_kind") or AttachmentKind.AFTER))

    def act() -> None:
        response = service.add_response(session, case_id, response_form(values), by=by)
        _keep_photos(session, store, form, response.id, kind, by)

    failed = _attempt(request, session, act, Typed("response", values))
    if failed:
        return _case_page(request, session, case_id, by, typed=failed[0], status_code=failed[1])
    return _done(case_id, "#timeline")


def _keep_photos(
    session: SessionDep,
    store: PhotoStore,
    form: FormData,
    response_id: UUID,
    kind: AttachmentKind,
    by: Actor,
) -> None:
    for photo in form.getlist("photos"):
        if isinstance(photo, UploadFile) and photo.filename:
            store_upload(session, store, photo, response_id=response_id, kind=kind, by=by)


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
    failed = _attempt(request, session, act, typed)
    if failed:
        chosen = values.get("position_id")
        return _report_page(
            request,
            session,
            position_id=UUID(chosen) if chosen else None,
            typed=failed[0],
            status_code=failed[1],
        )
    return _done(filed[0])
