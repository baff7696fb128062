"""Fields of the city's own, and their values."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.conditional import IfMatch
from service.core.http.session import SessionDep
from service.registry import custom_fields, service
from service.registry.api.answers import Reader, Writer, one
from service.registry.api.devices import device_answer
from service.registry.custom_values import FieldOwner
from service.registry.models import CustomField
from service.registry.queries import custom
from service.registry.schemas.custom import (
    CustomFieldCreate,
    CustomFieldRead,
    CustomFieldUpdate,
    CustomValues,
)
from service.registry.schemas.reads import DeviceRead, PositionCard

router = APIRouter()
Manager = Annotated[Actor, Depends(requires(Permission.IMPORTS_MANAGE))]


@router.get("/custom-fields")
def list_fields(session: SessionDep, _by: Reader) -> list[CustomFieldRead]:
    """All fields, also those that were retired."""
    return [_shown(field) for field in custom.fields(session, with_retired=True)]


@router.post("/custom-fields", status_code=201, response_model=CustomFieldRead)
def define_field(
    request: Request, session: SessionDep, by: Manager, new: CustomFieldCreate
) -> Response:
    made = custom_fields.define_field(session, new, by=by)
    return one(request, _shown(made), made.version, status_code=201)


@router.patch("/custom-fields/{field_id}", response_model=CustomFieldRead)
def change_field(
    request: Request,
    session: SessionDep,
    by: Manager,
    field_id: UUID,
    change: CustomFieldUpdate,
    expected: IfMatch,
) -> Response:
    field = custom_fields.change_field(session, field_id, change, expected, by=by)
    return one(request, _shown(field), field.version)


@router.patch("/positions/{position_id}/custom", response_model=PositionCard)
def set_position_values(
    request: Request,
    session: SessionDep,
    by: Writer,
    position_id: UUID,
    new: CustomValues,
    expected: IfMatch,
) -> Response:
    """Values by label; null empties one, what is absent stays."""
    custom_fields.set_values(session, FieldOwner.POSITION, position_id, new.values, expected, by=by)
    card = service.position_card(session, position_id)
    return one(request, card, card.version)


@router.patch("/devices/{device_id}/custom", response_model=DeviceRead)
def set_device_values(
    request: Request,
    session: SessionDep,
    by: Writer,
    device_id: UUID,
    new: CustomValues,
    expected: IfMatch,
) -> Response:
    custom_fields.set_values(session, FieldOwner.DEVICE, device_id, new.values, expected, by=by)
    return one(request, *device_answer(session, device_id))


def _shown(field: CustomField) -> CustomFieldRead:
    return CustomFieldRead.model_validate(field, from_attributes=True)
