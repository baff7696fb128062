"""Use cases of part lists: what devices of a model wear out, and when it was last changed."""

from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.database import translating
from service.core.errors import NotFound
from service.core.http.conditional import ensure_version
from service.maintenance import queries
from service.maintenance.domain import ModelUnknown, PartListed
from service.maintenance.models import ModelPart
from service.maintenance.schemas import ModelPartCreate, ModelPartUpdate
from service.registry.queries import devices

_LISTED = {"uq_model_part_model_id_part": PartListed}


def parts_of(session: Session, device_id: UUID) -> list[RowMapping]:
    """The parts of the device's model, the ones due first."""
    if devices.get(session, device_id) is None:
        raise NotFound
    return queries.parts_of_device(session, device_id)


def names(session: Session, device_id: UUID) -> list[str]:
    rows = queries.parts_of_device(session, device_id)
    return list(dict.fromkeys(row["part_name"] for row in rows))


def add_part(session: Session, device_id: UUID, new: ModelPartCreate, *, by: Actor) -> ModelPart:
    """Adds a part to the list of the device's model: it holds for all devices of that model.

    Raises:
        ModelUnknown: when the register does not know the device's model.
        PartListed: when the list has it already.
    """
    by.require(Permission.REGISTRY_WRITE)
    device = devices.get(session, device_id)
    if device is None:
        raise NotFound
    if device.model_id is None:
        raise ModelUnknown
    part = ModelPart(model_id=device.model_id, created_by=by.id, **new.model_dump())
    with translating(session, dict(_LISTED)):
        session.add(part)
    record(session, "create", "model_part", part.id, by=by, after=new.model_dump(mode="json"))
    return part


def change_part(
    session: Session, part_id: UUID, change: ModelPartUpdate, expected: int | None, *, by: Actor
) -> ModelPart:
    by.require(Permission.REGISTRY_WRITE)
    part = _fresh(session, part_id, expected)
    values = change.model_dump(exclude_unset=True)
    before = {name: getattr(part, name) for name, to in values.items() if getattr(part, name) != to}
    if not before:
        return part
    for name in before:
        setattr(part, name, values[name])
    part.updated_by = by.id
    after = {name: values[name] for name in before}
    with translating(session, dict(_LISTED)):
        session.add(part)
    session.refresh(part)
    record(session, "update", "model_part", part.id, by=by, before=before, after=after)
    return part


def remove_part(session: Session, part_id: UUID, expected: int | None, *, by: Actor) -> None:
    """Takes it off the list; what was changed so far stays recorded."""
    by.require(Permission.REGISTRY_WRITE)
    part = _fresh(session, part_id, expected)
    before = part.model_dump(mode="json", include={"model_id", "part_name", "part_no", "quantity"})
    session.delete(part)
    session.flush()
    record(session, "delete", "model_part", part_id, by=by, before=before)


def _fresh(session: Session, part_id: UUID, expected: int | None) -> ModelPart:
    part = queries.locked_part(session, part_id)
    if part is None:
        raise NotFound
    ensure_version(part.version, expected)
    return part
