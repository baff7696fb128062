"""Fields of the city's own by class of equipment: made, changed, retired; their values."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import now
from service.core.database import translating
from service.core.errors import NotFound
from service.core.http.conditional import ensure_version
from service.core.outbox import publish
from service.registry.custom_values import (
    TAKEN_LABELS,
    FieldKind,
    FieldOwner,
    FieldUnknown,
    LabelTaken,
    ValueUnfit,
    read_value,
)
from service.registry.domain import ClassUnknown
from service.registry.models import CustomField, Device, Position
from service.registry.queries import custom, devices, positions
from service.registry.schemas.custom import CustomFieldCreate, CustomFieldUpdate


def define_field(session: Session, new: CustomFieldCreate, *, by: Actor) -> CustomField:
    """Raises `LabelTaken` for a label that is a field already."""
    by.require(Permission.IMPORTS_MANAGE)
    if new.label in TAKEN_LABELS:
        raise LabelTaken(label=new.label)
    _ensure_classes(session, new.class_codes)
    field = CustomField(**new.model_dump(), created_by=by.id)
    taken = {"uq_custom_field_label": lambda: LabelTaken(label=new.label)}
    with translating(session, taken):
        session.add(field)
    after = new.model_dump(mode="json")
    record(session, "create", "custom_field", field.id, by=by, after=after)
    return field


def change_field(
    session: Session, field_id: UUID, change: CustomFieldUpdate, expected: int | None, *, by: Actor
) -> CustomField:
    by.require(Permission.IMPORTS_MANAGE)
    field = custom.locked(session, field_id)
    if field is None:
        raise NotFound
    ensure_version(field.version, expected)
    before = {"choices": field.choices, "class_codes": field.class_codes}
    if change.class_codes is not None:
        _ensure_classes(session, change.class_codes)
        field.class_codes = change.class_codes
    if change.choices is not None and field.kind == FieldKind.CHOICE:
        kept = [choice for choice in field.choices if choice not in change.choices]
        field.choices = [*change.choices, *kept]
    if change.is_retired is not None:
        field.retired_at = now() if change.is_retired else None
    field.updated_by = by.id
    session.flush()
    session.refresh(field)
    after = change.model_dump(mode="json", exclude_unset=True)
    record(session, "update", "custom_field", field.id, by=by, before=before, after=after)
    return field


def set_values(
    session: Session,
    owner: FieldOwner,
    owner_id: UUID,
    values: Mapping[str, Any],
    expected: int | None,
    *,
    by: Actor,
) -> Position | Device:
    """Null or nothing empties a field; the others stay.

    Raises:
        FieldUnknown: the class has no field of that label.
        ValueUnfit: a value that its field cannot hold.
    """
    by.require(Permission.REGISTRY_WRITE)
    row = _owner(session, owner, owner_id)
    ensure_version(row.version, expected)
    known = {field.label: field for field in fields_of(session, owner, owner_id)}
    kept = dict(row.custom)
    for label, typed in values.items():
        if label not in known:
            raise FieldUnknown(label=label)
        kept.pop(label, None)
        if typed is not None and typed != "":
            kept[label] = _read(known[label], typed)
    if kept == row.custom:
        return row
    before, row.custom, row.updated_by = row.custom, kept, by.id
    session.flush()
    session.refresh(row)
    record(
        session,
        "update",
        owner.value,
        owner_id,
        by=by,
        before={"custom": before},
        after={"custom": kept},
    )
    publish(session, "registry.changed", {"kind": owner.value, "id": owner_id})
    return row


def fields_of(session: Session, owner: FieldOwner, owner_id: UUID) -> list[CustomField]:
    """The fields in use that the class has."""
    class_code = custom.class_of(session, owner.value, owner_id)
    if class_code is None:
        raise NotFound
    return [f for f in custom.of_class(session, class_code) if f.owner == owner]


def _read(field: CustomField, typed: Any) -> Any:
    try:
        return read_value(FieldKind(field.kind), field.choices, typed)
    except ValueError as error:
        raise ValueUnfit(label=field.label, value=str(typed)) from error


def _owner(session: Session, owner: FieldOwner, owner_id: UUID) -> Position | Device:
    row: Position | Device | None = (
        positions.locked(session, owner_id)
        if owner is FieldOwner.POSITION
        else devices.locked(session, owner_id)
    )
    if row is None:
        raise NotFound
    return row


def _ensure_classes(session: Session, codes: list[str]) -> None:
    unknown = set(codes) - custom.known_classes(session, codes)
    if unknown:
        raise ClassUnknown(class_code=", ".join(sorted(unknown)))
