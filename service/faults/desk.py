"""The page of one case, and what its forms do."""

from dataclasses import replace
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from service.accounts import queries as accounts
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments.api import CaseForm, StoreDep
from service.attachments.domain import ATTACHMENT_KIND_LABELS, AttachmentKind
from service.attachments.service import store_upload
from service.attachments.store import PhotoStore
from service.core.clock import today
from service.core.errors import Invalid, NotFound
from service.core.http.forms import Submitted, Typed, attempt
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.faults import (
    approval_desk,
    conflicts,
    dossier,
    inbox,
    incident_queries,
    marks,
    notices,
    phrases,
    placing_queries,
    service,
    splitting,
    unregistered_queries,
)
from service.faults.approval_domain import (
    APPROVAL_ROLE_LABELS,
    REQUEST_STATE_LABELS,
    RequestState,
)
from service.faults.domain import CaseState
from service.faults.forms import (
    change_form,
    local_input,
    own_fields,
    response_form,
    step_form,
)
from service.faults.marks import MARK_LABELS
from service.faults.steps import MERGEABLE, Step, steps_from
from service.faults.wording import LABELS, changes_of, named_ids

desk = APIRouter()
PRECONDITION_FAILED = 412

Reader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]


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
    told = dossier.dossier(session, case_id)
    names = placing_queries.names(session, named_ids(told.changes))
    typed = typed or Typed()
    theirs: list[Any] = []
    if status_code == PRECONDITION_FAILED:
        theirs = conflicts.changed_since(told, case.version, typed.values.get("version"))
        typed = replace(typed, values=conflicts.rebased(typed.values, theirs))
    return render(
        request,
        "faults/case.html",
        status_code=status_code,
        case=case,
        dossier=told,
        device=placing_queries.device(session, case_id),
        merged_into=case.merged_into_id and inbox.case_row(session, case.merged_into_id),
        handles=handles,
        changes_of=partial(changes_of, names=names),
        theirs=theirs,
        typed=typed,
        labels=LABELS,
        local_input=local_input,
        **(_tools(session, case, told, by) if handles else _NO_TOOLS),
    )


_NO_TOOLS: dict[str, Any] = {"steps": [], "splittable": set()} | dict.fromkeys(
    ("can_merge", "origin", "round", "incident", "notices", "outside")
)


def _tools(session: SessionDep, case: Any, told: dossier.Dossier, by: Actor) -> dict[str, Any]:
    """What staff can do with the case, and what only they see of it."""
    state = CaseState(case.state)
    round_ = approval_desk.round_of(session, case.id, by=by)
    is_going_round = round_ is not None and round_.request.state == RequestState.PENDING
    return {
        # Of a case that goes round its approvers decide, further below.
        "steps": [] if is_going_round else [step.value for step in steps_from(state)],
        "can_merge": state in MERGEABLE,
        "companies": accounts.companies(session),
        "splittable": splitting.splittable(session, case.id, state),
        "origin": splitting.origin(session, case.id, state),
        "attachment_kinds": list(ATTACHMENT_KIND_LABELS.items()),
        "round": round_,
        "marks": marks.marks(session, case.id),
        "told_times": marks.told(session, case.id),
        "mark_labels": MARK_LABELS,
        "phrases": phrases.phrases(session),
        "today": today(),
        "approval_roles": APPROVAL_ROLE_LABELS,
        "request_states": REQUEST_STATE_LABELS,
        "incident": incident_queries.of_case(session, case.id),
        "notices": notices.notices(session, case, told.texts),
        "notice_labels": notices.NOTICE_LABELS,
        "notice_steps": notices.STEPS,
        "verdict_labels": notices.VERDICT_LABELS,
        "outside": unregistered_queries.outside_reason(session, case.id),
    }


def case_page_with(
    request: Request,
    session: SessionDep,
    case_id: UUID,
    by: Actor,
    typed: Typed,
    status_code: int,
) -> Response:
    """The page again, with what was typed and what is wrong with it."""
    return _case_page(request, session, case_id, by, typed=typed, status_code=status_code)


@desk.get("/cases/{case_id}")
def case_page(request: Request, session: SessionDep, by: Reader, case_id: UUID) -> Response:
    return _case_page(request, session, case_id, by)


def _done(case_id: UUID, anchor: str = "") -> Response:
    return RedirectResponse(f"/cases/{case_id}{anchor}", 303)


def _version(values: dict[str, Any]) -> int | None:
    text = str(values.get("version", ""))
    if not text.isdecimal():
        raise Invalid
    return int(text)


@desk.post("/cases/{case_id}/steps/{step}")
def take_step(
    request: Request, form: Submitted, session: SessionDep, by: Handler, case_id: UUID, step: Step
) -> Response:
    values = own_fields(form.multi_items(), step.value)

    def act() -> None:
        given = step_form(step, values)
        service.take_step(session, case_id, step, given, by=by, expected=_version(values))

    failed = attempt(request, session, act, Typed(step.value, values))
    if failed:
        return _case_page(request, session, case_id, by, typed=failed[0], status_code=failed[1])
    return _done(case_id)


@desk.post("/cases/{case_id}/judgement")
def judge(
    request: Request, form: Submitted, session: SessionDep, by: Handler, case_id: UUID
) -> Response:
    values = own_fields(form.multi_items(), "judge")

    def act() -> None:
        change = change_form(values)
        service.change_case(session, case_id, change, by=by, expected=_version(values))

    # A box that is not ticked is not sent; shown again it must stay as it was left.
    left = {"counts_as_failure": "", "temporary_fix": ""} | values
    failed = attempt(request, session, act, Typed("judge", left))
    if failed:
        return _case_page(request, session, case_id, by, typed=failed[0], status_code=failed[1])
    return _done(case_id)


@desk.post("/cases/{case_id}/merge")
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

    failed = attempt(request, session, act, Typed("merge", values))
    if failed:
        return _case_page(request, session, case_id, by, typed=failed[0], status_code=failed[1])
    return _done(case_id)


@desk.post("/cases/{case_id}/unmerge")
def unmerge(session: SessionDep, by: Handler, case_id: UUID) -> Response:
    service.unmerge(session, case_id, by=by)
    return _done(case_id)


@desk.post("/cases/{case_id}/responses")
def add_response(
    request: Request,
    form: CaseForm,
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

    failed = attempt(request, session, act, Typed("response", values))
    if failed:
        return _case_page(request, session, case_id, by, typed=failed[0], status_code=failed[1])
    return _done(case_id, "#timeline")


@desk.post("/cases/{case_id}/phrase")
def insert_phrase(
    request: Request, form: CaseForm, session: SessionDep, by: Handler, case_id: UUID
) -> Response:
    """The form as it was typed, with the chosen phrase in its text; nothing is saved."""
    values = own_fields(form.multi_items(), "response")
    chosen = str(form.get("phrase", ""))
    if chosen:
        written = str(values.get("description", ""))
        values["description"] = phrases.with_phrase(session, written, UUID(chosen))
    return _case_page(request, session, case_id, by, typed=Typed("response", values))


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
