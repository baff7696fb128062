"""独自項目: which there are, and their values at a position or of a device."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.registry import custom_fields, service
from service.registry.custom_values import (
    FIELD_KIND_LABELS,
    FIELD_OWNER_LABELS,
    FieldOwner,
    write_value,
)
from service.registry.models import CustomField
from service.registry.queries import custom, devices
from service.registry.schemas.custom import CustomFieldCreate, CustomFieldUpdate

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
Manager = Annotated[Actor, Depends(requires(Permission.IMPORTS_MANAGE))]


@router.get("/custom-fields")
def fields_page(request: Request, session: SessionDep, _by: Manager) -> Response:
    return _fields_page(request, session, Typed())


@router.post("/custom-fields")
def define_field(request: Request, session: SessionDep, form: Submitted, by: Manager) -> Response:
    def act() -> None:
        sent = {**form, "choices": _lines(form, "choices"), "class_codes": _codes(form)}
        custom_fields.define_field(session, read_form(CustomFieldCreate, sent), by=by)

    failed = attempt(request, session, act, Typed("field", form))
    if failed:
        return _fields_page(request, session, *failed)
    return RedirectResponse("/custom-fields", 303)


@router.post("/custom-fields/{field_id}/retirement")
def retire_field(session: SessionDep, form: Submitted, by: Manager, field_id: UUID) -> Response:
    """Off the forms, or on them again; the values stay either way."""
    change = CustomFieldUpdate(is_retired=form.get("is_retired") == "true")
    custom_fields.change_field(session, field_id, change, None, by=by)
    return RedirectResponse("/custom-fields", 303)


@router.get("/positions/{position_id}/custom")
def position_values(
    request: Request, session: SessionDep, by: Reader, position_id: UUID
) -> Response:
    """The whole page; the bare values when the position's page asks for them."""
    return _values_page(request, session, by, _position(session, position_id), Typed())


@router.post("/positions/{position_id}/custom")
def set_position_values(
    request: Request, session: SessionDep, form: Submitted, by: Writer, position_id: UUID
) -> Response:
    return _set(request, session, by, _position(session, position_id), form)


@router.get("/devices/{device_id}/custom")
def device_values(request: Request, session: SessionDep, by: Reader, device_id: UUID) -> Response:
    return _values_page(request, session, by, _device(session, device_id), Typed())


@router.post("/devices/{device_id}/custom")
def set_device_values(
    request: Request, session: SessionDep, form: Submitted, by: Writer, device_id: UUID
) -> Response:
    return _set(request, session, by, _device(session, device_id), form)


def _lines(form: FormData, name: str) -> list[str]:
    return [line.strip() for line in str(form.get(name, "")).splitlines() if line.strip()]


def _codes(form: FormData) -> list[str]:
    return [str(code) for code in form.getlist("class_codes") if code]


def _fields_page(
    request: Request, session: SessionDep, typed: Typed, status_code: int = 200
) -> Response:
    return render(
        request,
        "registry/custom_fields.html",
        status_code=status_code,
        fields=custom.fields(session, with_retired=True),
        classes=custom.classes(session),
        typed=typed,
        kinds=[(kind.value, label) for kind, label in FIELD_KIND_LABELS.items()],
        owners=[(owner.value, label) for owner, label in FIELD_OWNER_LABELS.items()],
        kind_labels=FIELD_KIND_LABELS,
        owner_labels=FIELD_OWNER_LABELS,
    )


def _position(session: SessionDep, position_id: UUID) -> dict[str, Any]:
    card = service.position_card(session, position_id)
    return {
        "kind": FieldOwner.POSITION,
        "id": card.id,
        "address": f"/positions/{card.id}",
        "title": card.name,
        "lead": card.class_minor,
        "custom": card.custom,
        "version": card.version,
    }


def _device(session: SessionDep, device_id: UUID) -> dict[str, Any]:
    row = devices.read(session, device_id)
    if row is None:
        raise NotFound
    return {
        "kind": FieldOwner.DEVICE,
        "id": device_id,
        "address": f"/devices/{device_id}",
        "title": row["asset_code"],
        "lead": row["class_minor"],
        "custom": row["custom"],
        "version": row["version"],
    }


def _values_page(
    request: Request,
    session: SessionDep,
    by: Actor,
    owner: Mapping[str, Any],
    typed: Typed,
    status_code: int = 200,
) -> Response:
    fields = custom_fields.fields_of(session, owner["kind"], owner["id"])
    return render(
        request,
        "registry/custom_values.html",
        fragment="values",
        status_code=status_code,
        owner=owner,
        fields=fields,
        others=_others(owner["custom"], fields),
        typed=typed,
        write_value=write_value,
        may_write=by.can(Permission.REGISTRY_WRITE),
    )


def _others(values: Mapping[str, Any], fields: list[CustomField]) -> dict[str, Any]:
    """Values of fields that were retired, or that the class does not have."""
    known = {field.label for field in fields}
    return {label: value for label, value in values.items() if label not in known}


def _set(
    request: Request, session: SessionDep, by: Actor, owner: Mapping[str, Any], form: FormData
) -> Response:
    """Every field of the class stands in the form; the empty ones are emptied."""
    labels = {f.label for f in custom_fields.fields_of(session, owner["kind"], owner["id"])}
    values = {label: form.get(f"value.{label}", "") for label in labels}
    version = str(form.get("version", ""))

    def act() -> None:
        expected = int(version) if version.isdecimal() else None
        custom_fields.set_values(session, owner["kind"], owner["id"], values, expected, by=by)

    failed = attempt(request, session, act, Typed("values", form))
    if failed:
        return _values_page(request, session, by, owner, *failed)
    return RedirectResponse(f"{owner['address']}/custom", 303)
