"""Marking what of a photo nobody outside the office sees."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.datastructures import FormData

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments import masking, queries, service
from service.attachments.api import StoreDep
from service.attachments.domain import MASK_REASON_LABELS, Derivative
from service.attachments.schemas import MaskArea, MaskCreate
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render

router = APIRouter(include_in_schema=False)
Handler = Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))]
SIDES = ("left", "top", "width", "height")
LEAST_ROWS = 3


@router.get("/attachments/{attachment_id}/mask")
def page(
    request: Request, session: SessionDep, by: Handler, attachment_id: UUID, back: str = ""
) -> Response:
    return _page(request, session, by, attachment_id, typed=Typed("mask", {"back": back}))


def _page(
    request: Request,
    session: Session,
    by: Actor,
    attachment_id: UUID,
    *,
    typed: Typed,
    status_code: int = 200,
) -> Response:
    attachment = masking.photo(session, attachment_id, by=by)
    mask = queries.mask(session, attachment_id)
    rows = typed.values.get("rows") or [list(area) for area in (mask.areas if mask else [])]
    return render(
        request,
        "attachments/mask.html",
        status_code=status_code,
        attachment=attachment,
        mask=mask,
        rows=[*rows, *[[""] * 4] * max(1, LEAST_ROWS - len(rows))],
        reasons=MASK_REASON_LABELS,
        back=_inside(str(typed.value("mask", "back"))),
        typed=typed,
    )


@router.get("/attachments/{attachment_id}/unmasked")
def unmasked(session: SessionDep, store: StoreDep, by: Handler, attachment_id: UUID) -> Response:
    """The whole picture, for whoever marks what is hidden."""
    attachment = masking.photo(session, attachment_id, by=by)
    content = service.derivative(store, attachment, Derivative.SCREEN)
    if content is None:
        raise NotFound
    headers = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
    return Response(content, headers=headers, media_type="image/jpeg")


@router.post("/attachments/{attachment_id}/mask")
def hide(
    request: Request, session: SessionDep, form: Submitted, by: Handler, attachment_id: UUID
) -> Response:
    back = _inside(str(form.get("back", "")))
    rows = _rows(form)

    def act() -> None:
        areas = [read_form(MaskArea, dict(zip(SIDES, row, strict=True))) for row in rows]
        reason: dict[str, Any] = {"reason": form.get("reason", "")}
        new = read_form(MaskCreate, reason).model_copy(update={"areas": areas})
        masking.hide(session, attachment_id, new, by=by)

    typed = Typed("mask", {"rows": rows, "reason": form.get("reason", ""), "back": back})
    failed = attempt(request, session, act, typed)
    if failed:
        typed, status_code = failed
        return _page(request, session, by, attachment_id, typed=typed, status_code=status_code)
    return RedirectResponse(back or f"/attachments/{attachment_id}/mask", 303)


def _rows(form: FormData) -> list[list[str]]:
    """What was typed, row by row; rows that nobody has filled in are none."""
    columns = [[str(value).strip() for value in form.getlist(side)] for side in SIDES]
    return [list(row) for row in zip(*columns, strict=False) if any(row)][:20]


def _inside(address: str) -> str:
    """Only a page of our own is gone back to."""
    return address if address.startswith("/cases/") else ""
