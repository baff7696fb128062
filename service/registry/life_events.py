"""The events of equipment's life: put in, taken out, replaced. Each is one action on one day."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.database import translating
from service.core.errors import NotFound
from service.core.outbox import publish
from service.core.partial_date import PartialDate
from service.core.tables import partial_date_columns
from service.registry.domain import (
    FIRST_INSTALLATIONS,
    InstallationOverlap,
    NothingInstalled,
    RemovedBeforeInstalled,
)
from service.registry.models import Device, Installation, Position
from service.registry.queries import devices, installations, positions
from service.registry.schemas.changes import InstallationCreate, Removal, Replacement


def install_device(
    session: Session, position_id: UUID, new: InstallationCreate, *, by: Actor
) -> Installation:
    """Puts a device into a position from a day on.

    Raises:
        InstallationOverlap: when the position or the device is taken on one of these days.
    """
    by.require(Permission.REGISTRY_WRITE)
    position = _position(session, position_id)
    device = _device(session, new.device_id)
    installation = Installation(
        device_id=device.id,
        position_id=position.id,
        facility_id=position.facility_id,
        period=Range(new.starts_on, None),
        kind=new.kind,
        work_ref=new.work_ref,
        reason=new.reason,
        created_by=by.id,
    )

    def overlap() -> InstallationOverlap:
        taken = installations.overlapping(
            session, position_id=position_id, device_id=device.id, starts_on=new.starts_on
        )
        return InstallationOverlap(position=taken["position_name"], asset_code=taken["asset_code"])

    broken = {"installation_one_device": overlap, "installation_one_position": overlap}
    with translating(session, broken):
        session.add(installation)
    _begin_life(device, new, by)
    session.flush()
    after = new.model_dump(mode="json") | {"position_id": str(position_id)}
    record(session, "install", "device", device.id, by=by, after=after, reason=new.reason)
    publish(session, "registry.changed", {"kind": "position", "id": position_id})
    return installation


def remove_device(session: Session, position_id: UUID, removal: Removal, *, by: Actor) -> UUID:
    """Takes the device in place out; the day of removal is the first without it."""
    by.require(Permission.REGISTRY_WRITE)
    _position(session, position_id)
    present = installations.present(session, position_id)
    if present is None:
        raise NothingInstalled
    if present.period.lower is not None and removal.removed_on <= present.period.lower:
        raise RemovedBeforeInstalled(installed_on=present.period.lower.isoformat())
    present.period = Range(present.period.lower, removal.removed_on)
    device = _device(session, present.device_id)
    device.retired_on = removal.removed_on
    device.retired_reason = removal.retired_reason
    device.updated_by = by.id
    session.flush()
    record(
        session,
        "remove",
        "device",
        device.id,
        by=by,
        after=removal.model_dump(mode="json") | {"position_id": str(position_id)},
        reason=removal.reason,
    )
    publish(session, "registry.changed", {"kind": "position", "id": position_id})
    return device.id


def replace_device(
    session: Session, position_id: UUID, new: Replacement, *, by: Actor
) -> Installation:
    """One action: the old device leaves and the new one takes over on the same day."""
    remove_device(
        session,
        position_id,
        Removal(removed_on=new.replaced_on, retired_reason=new.retired_reason, reason=new.reason),
        by=by,
    )
    installation = InstallationCreate(
        device_id=new.device_id,
        starts_on=new.replaced_on,
        kind=new.kind,
        work_ref=new.work_ref,
        reason=new.reason,
    )
    return install_device(session, position_id, installation, by=by)


def _begin_life(device: Device, new: InstallationCreate, by: Actor) -> None:
    """A first installation starts the device's age; any ends an earlier retirement."""
    if device.installed_precision is None and new.kind in FIRST_INSTALLATIONS:
        device.sqlmodel_update(partial_date_columns("installed", PartialDate.day(new.starts_on)))
        device.updated_by = by.id
    if device.retired_on is not None:
        device.retired_on = device.retired_reason = None
        device.updated_by = by.id


def _position(session: Session, position_id: UUID) -> Position:
    position = positions.locked(session, position_id)
    if position is None:
        raise NotFound
    return position


def _device(session: Session, device_id: UUID) -> Device:
    device = devices.locked(session, device_id)
    if device is None:
        raise NotFound
    return device
