"""The places of a facility as a tree: seen, added, renamed."""

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
from service.registry import locations
from service.registry.domain import LOCATION_KIND_LABELS, LocationKind
from service.registry.pages import Reader
from service.registry.queries import facilities, places
from service.registry.schemas.changes import LocationCreate, LocationUpdate

router = APIRouter(include_in_schema=False)
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]


@router.get("/facilities/{facility_id}/places")
def places_page(request: Request, session: SessionDep, by: Reader, facility_id: UUID) -> Response:
    return _page(request, session, by, facility_id, Typed())


@router.post("/facilities/{facility_id}/places")
def add_place(
    request: Request, session: SessionDep, form: Submitted, by: Writer, facility_id: UUID
) -> Response:
    values = {name: value for name, value in form.items() if isinstance(value, str)}

    def act() -> None:
        new = read_form(LocationCreate, values)
        locations.register_location(session, facility_id, new, by=by)

    failed = attempt(request, session, act, Typed("add", values))
    if failed:
        return _page(request, session, by, facility_id, *failed)
    return RedirectResponse(f"/facilities/{facility_id}/places", 303)


@router.post("/facilities/{facility_id}/places/{location_id}")
def rename_place(
    request: Request,
    session: SessionDep,
    form: Submitted,
    by: Writer,
    facility_id: UUID,
    location_id: UUID,
) -> Response:
    values = {"name": str(form.get("name", ""))}

    def act() -> None:
        change = read_form(LocationUpdate, values)
        locations.rename_location(session, facility_id, location_id, change, by=by)

    failed = attempt(request, session, act, Typed(f"rename-{location_id}", values))
    if failed:
        return _page(request, session, by, facility_id, *failed)
    return RedirectResponse(f"/facilities/{facility_id}/places", 303)


@router.post("/facilities/{facility_id}/places/{location_id}/move")
def move_place(
    request: Request,
    session: SessionDep,
    form: Submitted,
    by: Writer,
    facility_id: UUID,
    location_id: UUID,
) -> Response:
    values = {"parent_code": str(form.get("parent_code", ""))}

    def act() -> None:
        locations.move_location(session, facility_id, location_id, values["parent_code"], by=by)

    failed = attempt(request, session, act, Typed(f"rename-{location_id}", values))
    if failed:
        return _page(request, session, by, facility_id, *failed)
    return RedirectResponse(f"/facilities/{facility_id}/places", 303)


@router.post("/facilities/{facility_id}/places/{location_id}/remove")
def remove_place(
    request: Request, session: SessionDep, by: Writer, facility_id: UUID, location_id: UUID
) -> Response:
    def act() -> None:
        locations.remove_location(session, facility_id, location_id, by=by)

    failed = attempt(request, session, act, Typed(f"rename-{location_id}"))
    if failed:
        return _page(request, session, by, facility_id, *failed)
    return RedirectResponse(f"/facilities/{facility_id}/places", 303)


def _page(
    request: Request,
    session: SessionDep,
    by: Actor,
    facility_id: UUID,
    typed: Typed,
    status_code: int = 200,
) -> Response:
    facility = facilities.read(session, facility_id)
    if facility is None:
        raise NotFound
    return render(
        request,
        "registry/places.html",
        status_code=status_code,
        facility=facility,
        rows=places.of_facility(session, facility_id),
        kinds=[(word.value, LOCATION_KIND_LABELS[word]) for word in LocationKind],
        kind_labels=LOCATION_KIND_LABELS,
        may_write=by.can(Permission.REGISTRY_WRITE),
        typed=typed,
    )
