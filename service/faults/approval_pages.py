"""決裁 on the screen: my desk, the round of a case, the paper to print, who approves what."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts import queries as accounts
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import now, today
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.faults import approval_desk, approval_offices, approvals, dossier, inbox
from service.faults.approval_domain import APPROVAL_ROLE_LABELS
from service.faults.approval_offices import AbsenceChange, PostCreate, RouteCreate
from service.faults.vocabulary import ApprovalRole, Decision
from service.faults.wording import DECISION_LABELS, LABELS

router = APIRouter(include_in_schema=False)
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
Administrator = Annotated[Actor, Depends(requires(Permission.USERS_MANAGE))]
ROLES = list(APPROVAL_ROLE_LABELS.items())


@router.get("/approvals")
def my_desk(request: Request, session: SessionDep, by: Handler) -> Response:
    return _desk(request, session, by, Typed())


def _desk(
    request: Request, session: SessionDep, by: Actor, typed: Typed, status_code: int = 200
) -> Response:
    return render(
        request,
        "faults/approvals.html",
        status_code=status_code,
        desk=approval_desk.desk_of(session, by=by),
        roles=APPROVAL_ROLE_LABELS,
        typed=typed,
    )


def _comment(form: Any) -> str | None:
    return str(form.get("comment", "")).strip()[:10_000] or None


@router.post("/approvals/{request_id}/{decision}")
def decide(
    request: Request,
    session: SessionDep,
    form: Submitted,
    by: Handler,
    request_id: UUID,
    decision: str,
) -> Response:
    """From the desk: approve, return, take back, or mark as seen; back to the desk or the case."""
    comment = _comment(form)

    def act() -> None:
        if decision == "withdraw":
            approvals.withdraw(session, request_id, comment, by=by)
        elif decision == "seen":
            role = ApprovalRole(str(form.get("role")))
            approvals.acknowledge(session, request_id, role, comment, by=by)
        elif decision in {"approved", "returned"}:
            approvals.decide(session, request_id, Decision(decision), comment, by=by)
        else:
            raise NotFound

    failed = attempt(request, session, act, Typed(str(request_id), dict(form)))
    if failed:
        return _desk(request, session, by, *failed)
    case = str(form.get("case", ""))
    return RedirectResponse(f"/cases/{UUID(case)}" if case else "/approvals", 303)


@router.get("/cases/{case_id}/paper")
def paper(request: Request, session: SessionDep, by: Handler, case_id: UUID) -> Response:
    """故障報告書兼対応記録: one page for the file, with the boxes for the stamps."""
    case = inbox.case_row(session, case_id)
    if case is None:
        raise NotFound
    return render(
        request,
        "faults/paper.html",
        case=case,
        dossier=dossier.dossier(session, case_id),
        round=approval_desk.round_of(session, case_id, by=by),
        roles=APPROVAL_ROLE_LABELS,
        decisions=DECISION_LABELS,
        labels=LABELS,
        printed_at=now(),
    )


@router.get("/admin/approvals")
def offices(request: Request, session: SessionDep, _by: Administrator) -> Response:
    return _offices(request, session, Typed())


def _offices(
    request: Request, session: SessionDep, typed: Typed, status_code: int = 200
) -> Response:
    return render(
        request,
        "faults/approval_offices.html",
        status_code=status_code,
        routes=approval_offices.routes(session),
        posts=approval_offices.posts(session),
        people=[(str(user.id), user.display_name) for user in accounts.handlers(session)],
        roles=ROLES,
        role_labels=APPROVAL_ROLE_LABELS,
        today=today(),
        typed=typed,
    )


@router.post("/admin/approvals/routes")
def add_route(
    request: Request, session: SessionDep, form: Submitted, by: Administrator
) -> Response:
    values = {name: form.get(name, "") for name in ("name", "min_cost_yen", "valid_from")}
    lists = {name: form.getlist(name) for name in ("steps", "circulate")}

    def act() -> None:
        approval_offices.add_route(session, read_form(RouteCreate, values | lists), by=by)

    failed = attempt(request, session, act, Typed("route", values | lists))
    return _offices(request, session, *failed) if failed else _back()


@router.post("/admin/approvals/routes/{route_id}/end")
def end_route(session: SessionDep, by: Administrator, route_id: UUID) -> Response:
    approval_offices.end_route(session, route_id, by=by)
    return _back()


@router.post("/admin/approvals/posts")
def add_post(request: Request, session: SessionDep, form: Submitted, by: Administrator) -> Response:
    values = {name: form.get(name, "") for name in ("role", "user_id", "deputy_id", "valid_from")}

    def act() -> None:
        approval_offices.add_post(session, read_form(PostCreate, values), by=by)

    failed = attempt(request, session, act, Typed("post", values))
    return _offices(request, session, *failed) if failed else _back()


@router.post("/admin/approvals/posts/{post_id}/absence")
def set_absence(
    request: Request, session: SessionDep, form: Submitted, by: Administrator, post_id: UUID
) -> Response:
    values = {name: form.get(name, "") for name in ("absent_from", "absent_to")}

    def act() -> None:
        change = read_form(AbsenceChange, values)
        approval_offices.set_absence(session, post_id, change, by=by)

    failed = attempt(request, session, act, Typed(str(post_id), values))
    return _offices(request, session, *failed) if failed else _back()


@router.post("/admin/approvals/posts/{post_id}/end")
def end_post(session: SessionDep, by: Administrator, post_id: UUID) -> Response:
    approval_offices.end_post(session, post_id, by=by)
    return _back()


def _back() -> Response:
    return RedirectResponse("/admin/approvals", 303)
