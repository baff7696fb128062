"""重複: devices that may be one thing, compared side by side, made one, made two again."""

from typing import Annotated, Any
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
from service.core.i18n.marker import N_
from service.core.paging import cut, decode_cursor, encode_cursor
from service.registry import merging, service
from service.registry.domain import INSTALLATION_KIND_LABELS, RETIRED_REASON_LABELS
from service.registry.pages import as_partial_date
from service.registry.queries import devices, installations, merges
from service.registry.schemas.merges import Distinction, MergeCreate, MergeUndo

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]
Planner = Annotated[Actor, Depends(requires(Permission.EXPORTS_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
SHOWN = 50
SIGNS = {
    "same-serial": N_("製造番号が同じ"),
    "same-asset-no": N_("固定資産番号が同じ"),
    "same-model-and-days": N_("型式と設置年月が同じ"),
}


@router.get("/duplicates")
def duplicates_page(
    request: Request, session: SessionDep, by: Planner, cursor: str = ""
) -> Response:
    first, second = decode_cursor(cursor, 2) if cursor else ("", "")
    rows, more = cut(merges.duplicates(session, after=(first, second), limit=SHOWN + 1), SHOWN)
    return render(
        request,
        "registry/duplicates.html",
        rows=rows,
        signs=SIGNS,
        next_cursor=encode_cursor(rows[-1]["one_code"], rows[-1]["other_code"]) if more else None,
        may_write=by.can(Permission.REGISTRY_WRITE),
    )


@router.get("/duplicates/{one}/{other}")
def compare_page(
    request: Request, session: SessionDep, _by: Writer, one: UUID, other: UUID
) -> Response:
    return _compared(request, session, (one, other), Typed())


@router.post("/duplicates/{one}/{other}")
def merge_devices(
    request: Request, session: SessionDep, form: Submitted, by: Writer, one: UUID, other: UUID
) -> Response:
    kept, absorbed = (other, one) if form.get("kept") == str(other) else (one, other)

    def act() -> None:
        sent = {"absorbed_id": str(absorbed), "reason": form.get("reason", "")}
        merging.merge_devices(session, kept, read_form(MergeCreate, sent), by=by)

    failed = attempt(request, session, act, Typed("merge", form))
    if failed:
        return _compared(request, session, (one, other), *failed)
    return RedirectResponse(f"/devices/{kept}", 303)


@router.post("/duplicates/{one}/{other}/distinction")
def keep_apart(
    request: Request, session: SessionDep, form: Submitted, by: Writer, one: UUID, other: UUID
) -> Response:
    def act() -> None:
        sent = {"other_id": str(other), "reason": form.get("reason", "")}
        merging.keep_apart(session, one, read_form(Distinction, sent), by=by)

    failed = attempt(request, session, act, Typed("apart", form))
    if failed:
        return _compared(request, session, (one, other), *failed)
    return RedirectResponse("/duplicates", 303)


@router.get("/devices/{device_id}/merges")
def merges_page(request: Request, session: SessionDep, by: Reader, device_id: UUID) -> Response:
    return _merges(request, session, by, device_id, Typed())


@router.post("/devices/{device_id}/merges/{merge_id}/undo")
def undo_merge(
    request: Request,
    session: SessionDep,
    form: Submitted,
    by: Writer,
    device_id: UUID,
    merge_id: UUID,
) -> Response:
    def act() -> None:
        merging.undo_merge(session, merge_id, read_form(MergeUndo, dict(form)), by=by)

    failed = attempt(request, session, act, Typed(str(merge_id), form))
    if failed:
        return _merges(request, session, by, device_id, *failed)
    return RedirectResponse(f"/devices/{device_id}", 303)


def _compared(
    request: Request,
    session: SessionDep,
    pair: tuple[UUID, UUID],
    typed: Typed,
    status_code: int = 200,
) -> Response:
    both: list[dict[str, Any]] = []
    for device_id in pair:
        device = devices.read(session, device_id)
        if device is None or device["merged_into_id"] is not None:
            raise NotFound
        both.append({"device": device, "history": installations.of_device(session, device_id)})
    return render(
        request,
        "registry/compare.html",
        status_code=status_code,
        both=both,
        typed=typed,
        as_partial_date=as_partial_date,
        last_day=service.last_day,
        labels={
            "installation_kind": INSTALLATION_KIND_LABELS,
            "retired_reason": RETIRED_REASON_LABELS,
        },
    )


def _merges(
    request: Request,
    session: SessionDep,
    by: Actor,
    device_id: UUID,
    typed: Typed,
    status_code: int = 200,
) -> Response:
    device = devices.read(session, device_id)
    if device is None:
        raise NotFound
    return render(
        request,
        "registry/merges.html",
        status_code=status_code,
        device=device,
        rows=merges.of_device(session, device_id),
        typed=typed,
        may_write=by.can(Permission.REGISTRY_WRITE),
    )
