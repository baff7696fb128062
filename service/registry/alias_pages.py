"""別名: the other names of a position or a device, each with its days."""

from collections.abc import Callable, Mapping
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
from service.registry import aliases, service
from service.registry.domain import ALIAS_KIND_LABELS
from service.registry.queries import aliases as queries
from service.registry.queries import devices, positions
from service.registry.schemas.aliases import AliasCreate, AliasEnd
from service.registry.schemas.life import Withdrawal

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]


@router.get("/positions/{position_id}/aliases")
def position_aliases(
    request: Request, session: SessionDep, by: Reader, position_id: UUID
) -> Response:
    """The whole page; the bare list when the position's page asks for it."""
    return _page(request, session, by, _position(session, position_id), Typed())


@router.get("/devices/{device_id}/aliases")
def device_aliases(request: Request, session: SessionDep, by: Reader, device_id: UUID) -> Response:
    return _page(request, session, by, _device(session, device_id), Typed())


@router.post("/positions/{position_id}/aliases")
def add_to_position(
    request: Request, session: SessionDep, form: Submitted, by: Writer, position_id: UUID
) -> Response:
    def act() -> None:
        aliases.add_to_position(session, position_id, read_form(AliasCreate, dict(form)), by=by)

    return _added(request, session, by, _position(session, position_id), form, act)


@router.post("/devices/{device_id}/aliases")
def add_to_device(
    request: Request, session: SessionDep, form: Submitted, by: Writer, device_id: UUID
) -> Response:
    def act() -> None:
        aliases.add_to_device(session, device_id, read_form(AliasCreate, dict(form)), by=by)

    return _added(request, session, by, _device(session, device_id), form, act)


@router.get("/aliases/{alias_id}")
def alias_page(request: Request, session: SessionDep, _by: Writer, alias_id: UUID) -> Response:
    return _alias_page(request, _alias(session, alias_id), Typed())


@router.post("/aliases/{alias_id}/end")
def end_alias(
    request: Request, session: SessionDep, form: Submitted, by: Writer, alias_id: UUID
) -> Response:
    def act() -> None:
        aliases.end_alias(session, alias_id, read_form(AliasEnd, dict(form)), by=by)

    return _changed(request, session, alias_id, Typed("end", form), act)


@router.post("/aliases/{alias_id}/withdrawal")
def withdraw_alias(
    request: Request, session: SessionDep, form: Submitted, by: Writer, alias_id: UUID
) -> Response:
    def act() -> None:
        aliases.withdraw_alias(session, alias_id, read_form(Withdrawal, dict(form)), by=by)

    return _changed(request, session, alias_id, Typed("withdraw", form), act)


def _position(session: SessionDep, position_id: UUID) -> dict[str, Any]:
    card = service.position_card(session, position_id)
    row = positions.get(session, position_id)
    return {
        "id": card.id,
        "address": f"/positions/{card.id}",
        "title": card.name,
        "lead": card.facility_name,
        "undated": row.legacy_codes if row else [],
    }


def _device(session: SessionDep, device_id: UUID) -> dict[str, Any]:
    row = devices.read(session, device_id)
    if row is None:
        raise NotFound
    title, lead = row["asset_code"], row["class_minor"]
    address = f"/devices/{device_id}"
    return {"id": device_id, "address": address, "title": title, "lead": lead, "undated": []}


def _page(
    request: Request,
    session: SessionDep,
    by: Actor,
    owner: Mapping[str, Any],
    typed: Typed,
    status_code: int = 200,
) -> Response:
    rows = queries.of_owner(session, owner["id"])
    dated = {row["name"] for row in rows}
    return render(
        request,
        "registry/aliases.html",
        fragment="list",
        status_code=status_code,
        owner=owner,
        rows=rows,
        undated=[name for name in owner["undated"] if name not in dated],
        typed=typed,
        labels=ALIAS_KIND_LABELS,
        kinds=[(kind.value, label) for kind, label in ALIAS_KIND_LABELS.items()],
        last_day=service.last_day,
        may_write=by.can(Permission.REGISTRY_WRITE),
    )


def _added(
    request: Request,
    session: SessionDep,
    by: Actor,
    owner: Mapping[str, Any],
    form: Mapping[str, Any],
    act: Callable[[], None],
) -> Response:
    failed = attempt(request, session, act, Typed("alias", form))
    if failed:
        return _page(request, session, by, owner, *failed)
    return RedirectResponse(f"{owner['address']}/aliases", 303)


def _alias(session: SessionDep, alias_id: UUID) -> dict[str, Any]:
    row = queries.read(session, alias_id)
    if row is None:
        raise NotFound
    return dict(row)


def _alias_page(
    request: Request, alias: Mapping[str, Any], typed: Typed, status_code: int = 200
) -> Response:
    return render(
        request,
        "registry/alias.html",
        status_code=status_code,
        alias=alias,
        back=_back(alias),
        typed=typed,
        labels=ALIAS_KIND_LABELS,
    )


def _back(alias: Mapping[str, Any]) -> str:
    if alias["position_id"]:
        return f"/positions/{alias['position_id']}/aliases"
    return f"/devices/{alias['device_id']}/aliases"


def _changed(
    request: Request, session: SessionDep, alias_id: UUID, typed: Typed, act: Callable[[], None]
) -> Response:
    alias = _alias(session, alias_id)
    failed = attempt(request, session, act, typed)
    if failed:
        return _alias_page(request, alias, *failed)
    return RedirectResponse(_back(alias), 303)
