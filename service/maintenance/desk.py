"""The part list of a device's model, kept by staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import today
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render, wants_fragment
from service.maintenance import part_lists
from service.maintenance.forms import typed_values
from service.maintenance.schemas import ModelPartCreate
from service.registry.queries import devices

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]


@router.get("/devices/{device_id}/parts")
def parts_page(request: Request, session: SessionDep, by: Reader, device_id: UUID) -> Response:
    return _page(request, session, by, device_id)


def _page(
    request: Request,
    session: SessionDep,
    by: Actor,
    device_id: UUID,
    failed: tuple[Typed, int] | None = None,
) -> Response:
    device = devices.read(session, device_id)
    if device is None:
        raise NotFound
    typed, status_code = failed or (Typed(), 200)
    return render(
        request,
        "maintenance/parts_list.html",
        fragment="list",
        status_code=status_code,
        device=device,
        parts=part_lists.parts_of(session, device_id),
        may_write=by.can(Permission.REGISTRY_WRITE) and device["model_no"] is not None,
        typed=typed,
        inside=wants_fragment(request),
        today=today(),
    )


@router.post("/devices/{device_id}/parts")
def add_part(
    request: Request, session: SessionDep, form: Submitted, by: Writer, device_id: UUID
) -> Response:
    values = typed_values(form)

    def act() -> None:
        part_lists.add_part(session, device_id, read_form(ModelPartCreate, values), by=by)

    failed = attempt(request, session, act, Typed("part", values))
    if failed:
        return _page(request, session, by, device_id, failed)
    return RedirectResponse(f"/devices/{device_id}/parts", 303)


@router.post("/devices/{device_id}/parts/{part_id}/removal")
def remove_part(
    session: SessionDep, by: Writer, device_id: UUID, part_id: UUID, version: Annotated[int, Form()]
) -> Response:
    part_lists.remove_part(session, part_id, version, by=by)
    return RedirectResponse(f"/devices/{device_id}/parts", 303)
