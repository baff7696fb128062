"""Marks of a case by one tap, and the office's phrases."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.faults import desk, marks, phrases
from service.faults.marks import Adoption, MarkSet
from service.faults.marks_models import MarkKind
from service.faults.phrases import PhraseCreate

router = APIRouter(include_in_schema=False)
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
Administrator = Annotated[Actor, Depends(requires(Permission.USERS_MANAGE))]


@router.post("/cases/{case_id}/marks/{kind}")
def set_mark(
    request: Request,
    session: SessionDep,
    by: Handler,
    form: Submitted,
    case_id: UUID,
    kind: MarkKind,
) -> Response:
    """Without a clock it is now; ``clear`` takes the mark back."""

    def act() -> None:
        if form.get("clear"):
            marks.clear_mark(session, case_id, kind, by=by)
            return
        day, clock = str(form.get("day", "")), str(form.get("clock", ""))
        at = marks.moment_of(day, clock) if clock else None
        given = MarkSet(at=at, is_estimated=form.get("is_estimated") == "true")
        marks.set_mark(session, case_id, kind, given, by=by)

    failed = attempt(request, session, act, Typed(f"mark-{kind}", dict(form)))
    if failed:
        return desk.case_page_with(request, session, case_id, by, *failed)
    return RedirectResponse(f"/cases/{case_id}", 303)


@router.post("/cases/{case_id}/marks/{kind}/adopt")
def adopt(
    request: Request,
    session: SessionDep,
    by: Handler,
    form: Submitted,
    case_id: UUID,
    kind: MarkKind,
) -> Response:
    """What the contractor has told becomes the case's own."""

    def act() -> None:
        marks.adopt(session, case_id, kind, read_form(Adoption, form).report_id, by=by)

    failed = attempt(request, session, act, Typed(f"mark-{kind}", dict(form)))
    if failed:
        return desk.case_page_with(request, session, case_id, by, *failed)
    return RedirectResponse(f"/cases/{case_id}", 303)


@router.get("/admin/phrases")
def list_phrases(request: Request, session: SessionDep, _by: Administrator) -> Response:
    return _list(request, session, Typed())


def _list(request: Request, session: SessionDep, typed: Typed, status_code: int = 200) -> Response:
    return render(
        request,
        "faults/phrases.html",
        status_code=status_code,
        phrases=phrases.phrases(session),
        typed=typed,
    )


@router.post("/admin/phrases")
def add_phrase(
    request: Request, session: SessionDep, by: Administrator, form: Submitted
) -> Response:
    def act() -> None:
        phrases.add_phrase(session, read_form(PhraseCreate, form), by=by)

    failed = attempt(request, session, act, Typed("phrase", dict(form)))
    if failed:
        return _list(request, session, *failed)
    return RedirectResponse("/admin/phrases", 303)


@router.post("/admin/phrases/{phrase_id}/remove")
def remove_phrase(session: SessionDep, by: Administrator, phrase_id: UUID) -> Response:
    phrases.remove_phrase(session, phrase_id, by=by)
    return RedirectResponse("/admin/phrases", 303)
