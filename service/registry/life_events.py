"""The events of equipment's life: put in, taken out, replaced, moved, overhauled, closed.

Each is one action on one day. The exclusion constraints of `Installation` are the law: no two
devices in one place, no device in two places.
"""

from collections.abc import Callable
from datetime import date
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
    DeviceMerged,
    InstallationOverlap,
    Lifecycle,
    NothingInstalled,
    NotInPlace,
    RemovedBeforeInstalled,
    SamePlace,
)
from service.registry.models import Device, Installation, Position
from service.registry.queries import devices, installations, positions
from service.registry.schemas.life import (
    InstallationCreate,
    Overhaul,
    Relocation,
    Removal,
    Replacement,
    StatusChange,
)


def install_device(
    session: Session, position_id: UUID, new: InstallationCreate, *, by: Actor
) -> Installation:
    """Puts a device into a position from a day on, or for a while.

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
        period=Range(new.starts_on, new.ends_on),
        kind=new.kind,
        work_ref=new.work_ref,
        reason=new.reason,
        created_by=by.id,
    )
    with translating(session, overlap_errors(session, installation, installation.period)):
        session.add(installation)
    _begin_life(device, new, by)
    session.flush()
    after = new.model_dump(mode="json") | {"position_id": str(position_id)}
    record(session, "install", "device", device.id, by=by, after=after, reason=new.reason)
    _tell(session, position_id)
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
    if removal.retired_reason is not None:
        device.retired_on = removal.removed_on
        device.retired_reason = removal.retired_reason
    device.updated_by = by.id
    session.flush()
    after = removal.model_dump(mode="json") | {"position_id": str(position_id)}
    record(session, "remove", "device", device.id, by=by, after=after, reason=removal.reason)
    _tell(session, position_id)
    return device.id


def replace_device(
    session: Session, position_id: UUID, new: Replacement, *, by: Actor
) -> Installation:
    """One action: the old device leaves and the new one takes over on the same day."""
    removal = Removal(
        removed_on=new.replaced_on,
        retired_reason=new.retired_reason,
        work_ref=new.work_ref,
        reason=new.reason,
    )
    remove_device(session, position_id, removal, by=by)
    installation = InstallationCreate(
        device_id=new.device_id,
        starts_on=new.replaced_on,
        kind=new.kind,
        work_ref=new.work_ref,
        reason=new.reason,
    )
    return install_device(session, position_id, installation, by=by)


def move_device(session: Session, device_id: UUID, move: Relocation, *, by: Actor) -> Installation:
    """One action: the stay at the old position ends and the one at the new begins.

    Raises:
        NotInPlace: when the device stands nowhere.
        SamePlace: when it stands there already.
        InstallationOverlap: when the new position is taken.
    """
    by.require(Permission.REGISTRY_WRITE)
    _device(session, device_id)
    present = installations.present_of(session, device_id)
    if present is None:
        raise NotInPlace
    if present.position_id == move.to_position_id:
        raise SamePlace
    removal = Removal(
        removed_on=move.moved_on, retired_reason=None, work_ref=move.work_ref, reason=move.reason
    )
    remove_device(session, present.position_id, removal, by=by)
    installation = InstallationCreate(
        device_id=device_id,
        starts_on=move.moved_on,
        kind=move.kind,
        work_ref=move.work_ref,
        reason=move.reason,
    )
    return install_device(session, move.to_position_id, installation, by=by)


def overhaul_device(session: Session, device_id: UUID, new: Overhaul, *, by: Actor) -> Device:
    """長寿命化対策 makes the device's age start again; a change of parts does not."""
    by.require(Permission.REGISTRY_WRITE)
    device = _device(session, device_id)
    before = {"overhauled_on": device.overhauled_on}
    device.overhauled_on = new.overhauled_on
    device.updated_by = by.id
    session.flush()
    after = new.model_dump(mode="json")
    record(
        session,
        "overhaul",
        "device",
        device.id,
        by=by,
        before=before,
        after=after,
        reason=new.reason,
    )
    publish(session, "registry.changed", {"kind": "device", "id": device.id})
    return device


def change_status(
    session: Session, position_id: UUID, change: StatusChange, *, by: Actor
) -> Position:
    """休止, 廃止 or 再開. A position that is abolished gives its device up on the same day."""
    by.require(Permission.REGISTRY_WRITE)
    position = _position(session, position_id)
    present = installations.present(session, position_id)
    if change.status is Lifecycle.ABOLISHED and present is not None:
        removal = Removal(
            removed_on=change.changed_on,
            retired_reason=change.retired_reason,
            work_ref=change.work_ref,
            reason=change.reason,
        )
        remove_device(session, position_id, removal, by=by)
    before = {"status": position.status}
    position.status = change.status
    position.updated_by = by.id
    session.flush()
    record(
        session,
        "change-status",
        "position",
        position.id,
        by=by,
        before=before,
        after=change.model_dump(mode="json"),
        reason=change.reason,
    )
    _tell(session, position_id)
    return position


def overlap_errors(
    session: Session, stay: Installation, period: Range[date]
) -> dict[str, Callable[[], InstallationOverlap]]:
    """What the exclusion constraints mean: the error names the stay that is in the way.

    ``period`` is the wanted one: by the time of the error the row has its old one again.
    """
    wanted = {"position_id": stay.position_id, "device_id": stay.device_id, "but": stay.id}

    def overlap() -> InstallationOverlap:
        taken = installations.overlapping(session, period=period, **wanted)
        return InstallationOverlap(position=taken["position_name"], asset_code=taken["asset_code"])

    return {"installation_one_device": overlap, "installation_one_position": overlap}


def _begin_life(device: Device, new: InstallationCreate, by: Actor) -> None:
    """A first installation starts the device's age; any ends an earlier retirement."""
    if device.installed_precision is None and new.kind in FIRST_INSTALLATIONS:
        device.sqlmodel_update(partial_date_columns("installed", PartialDate.day(new.starts_on)))
        device.updated_by = by.id
    if device.retired_on is not None:
        device.retired_on = device.retired_reason = None
        device.updated_by = by.id


def _tell(session: Session, position_id: UUID) -> None:
    publish(session, "registry.changed", {"kind": "position", "id": position_id})


def _position(session: Session, position_id: UUID) -> Position:
    position = positions.locked(session, position_id)
    if position is None:
        raise NotFound
    return position


def _device(session: Session, device_id: UUID) -> Device:
    device = devices.locked(session, device_id)
    if device is None:
        raise NotFound
    if device.merged_into_id is not None:
        raise DeviceMerged(asset_code=device.asset_code)
    return device
