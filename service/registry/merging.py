"""A device that was registered twice becomes one with all its history, and two again if need be."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import now
from service.core.errors import NotFound
from service.core.outbox import publish
from service.registry import aliases
from service.registry.domain import (
    AliasKind,
    DeviceMerged,
    MergeUndone,
    SameDevice,
    StaysTogether,
)
from service.registry.models import Alias, Device, DeviceMerge, DistinctDevices
from service.registry.queries import aliases as alias_queries
from service.registry.queries import devices, merges
from service.registry.schemas.aliases import AliasCreate
from service.registry.schemas.life import Withdrawal
from service.registry.schemas.merges import Distinction, MergeCreate, MergeUndo

# Facts that stand or fall together; a group that the kept device lacks is taken over.
_DATES = ("from", "to", "precision", "raw")
_FACTS: tuple[tuple[str, ...], ...] = (
    ("serial_no",),
    ("model_id",),
    tuple(f"manufactured_{part}" for part in _DATES),
    tuple(f"installed_{part}" for part in _DATES),
    ("acquired_cost_yen", "acquired_cost_raw"),
    ("subsidised",),
    ("fixed_asset_no",),
    ("life_override_years", "life_override_reason"),
    ("spec",),
    ("spec_raw",),
    ("overhauled_on",),
    ("custom",),
    ("note",),
)
_RETIREMENT = ("retired_on", "retired_reason")


def merge_devices(session: Session, kept_id: UUID, new: MergeCreate, *, by: Actor) -> DeviceMerge:
    """The kept device has the stays, cases and records of both, and what facts it lacked.

    Raises:
        StaysTogether: when the two stood in different places on one day.
    """
    by.require(Permission.REGISTRY_WRITE)
    if kept_id == new.absorbed_id:
        raise SameDevice
    kept, absorbed = _both(session, kept_id, new.absorbed_id)
    apart = merges.together(session, kept_id, new.absorbed_id)
    if apart is not None:
        raise StaysTogether(one=apart["one"], other=apart["other"])
    merge = DeviceMerge(
        kept_id=kept.id, absorbed_id=absorbed.id, reason=new.reason, created_by=by.id
    )
    merge.alias_id = _number_goes_along(session, kept, absorbed, by)
    merge.moved = merges.move_all(session, absorbed.id, kept.id)
    session.expire_all()
    merge.filled = _fill(session, kept, absorbed)
    absorbed.merged_into_id = kept.id
    _touched(session, by, kept, absorbed)
    session.add(merge)
    session.flush()
    _record(session, "merge-devices", merge, by, new.reason)
    return merge


def undo_merge(session: Session, merge_id: UUID, undo: MergeUndo, *, by: Actor) -> DeviceMerge:
    """Gives back what was taken over; what happened since then stays with the kept device."""
    by.require(Permission.REGISTRY_WRITE)
    merge = merges.locked(session, merge_id)
    if merge is None:
        raise NotFound
    if merge.undone_at is not None:
        raise MergeUndone
    kept, absorbed = _locked(session, merge.kept_id), _locked(session, merge.absorbed_id)
    _ensure_apart(kept)
    absorbed.merged_into_id = None
    session.flush()
    merges.move_back(session, kept.id, absorbed.id, merge.moved)
    session.expire_all()
    if merge.alias_id and alias_queries.locked(session, merge.alias_id) is not None:
        aliases.withdraw_alias(session, merge.alias_id, Withdrawal(reason=undo.reason), by=by)
    _empty(session, kept, merge.filled)
    merge.undone_at, merge.undone_by, merge.undo_reason = now(), by.id, undo.reason
    _touched(session, by, kept, absorbed)
    _record(session, "undo-merge", merge, by, undo.reason)
    return merge


def keep_apart(session: Session, device_id: UUID, new: Distinction, *, by: Actor) -> None:
    """Two things after all: they are not proposed again."""
    by.require(Permission.REGISTRY_WRITE)
    if device_id == new.other_id:
        raise SameDevice
    _both(session, device_id, new.other_id)
    if merges.distinction(session, device_id, new.other_id) is not None:
        return
    one, other = sorted((device_id, new.other_id))
    session.add(DistinctDevices(one_id=one, other_id=other, reason=new.reason, created_by=by.id))
    session.flush()
    after = {"other_id": str(new.other_id)}
    record(session, "keep-apart", "device", device_id, by=by, after=after, reason=new.reason)


def _both(session: Session, one: UUID, other: UUID) -> tuple[Device, Device]:
    """Locks both in one order, so that two merges across each other cannot wait for ever."""
    taken = {key: _locked(session, key) for key in sorted((one, other))}
    for device in taken.values():
        _ensure_apart(device)
    return taken[one], taken[other]


def _locked(session: Session, device_id: UUID) -> Device:
    device = devices.locked(session, device_id)
    if device is None:
        raise NotFound
    return device


def _ensure_apart(device: Device) -> None:
    if device.merged_into_id is not None:
        raise DeviceMerged(asset_code=device.asset_code)


def _number_goes_along(session: Session, kept: Device, absorbed: Device, by: Actor) -> UUID | None:
    """The number on the other's plate or in old papers leads to the kept device."""
    if absorbed.asset_code in kept.alias_names:
        return None
    alias = AliasCreate(kind=AliasKind.OLD_NUMBER, name=absorbed.asset_code)
    made: Alias = aliases.add_to_device(session, kept.id, alias, by=by)
    return made.id


def _fill(session: Session, kept: Device, absorbed: Device) -> dict[str, Any]:
    """What the kept device lacked, and its retirement when the other is in place."""
    session.flush()
    before = merges.values_of(session, kept)
    changed: list[str] = []
    for group in _FACTS:
        if all(getattr(kept, name) in (None, {}) for name in group):
            for name in group:
                setattr(kept, name, getattr(absorbed, name))
            changed += group
    if kept.retired_on is not None and merges.is_in_place(session, kept):
        kept.retired_on = kept.retired_reason = None
        changed += _RETIREMENT
    session.flush()
    after = merges.values_of(session, kept)
    return {name: [before[name], after[name]] for name in changed if before[name] != after[name]}


def _empty(session: Session, kept: Device, filled: dict[str, Any]) -> None:
    """Each fact as it was before, unless somebody has changed it since."""
    session.flush()
    session.refresh(kept)
    present = merges.values_of(session, kept)
    is_in_place = merges.is_in_place(session, kept)
    back = {
        name: before
        for name, (before, after) in filled.items()
        if present[name] == after and not (name in _RETIREMENT and is_in_place)
    }
    merges.restore(session, kept, back)


def _touched(session: Session, by: Actor, *both: Device) -> None:
    for device in both:
        session.flush()
        session.refresh(device)
        device.alias_names = sorted({a.name for a in alias_queries.names_of(session, device)})
        if device.retired_on is not None and merges.is_in_place(session, device):
            device.retired_on = device.retired_reason = None
        device.updated_by = by.id
        session.flush()
        publish(session, "registry.changed", {"kind": "device", "id": device.id})


def _record(session: Session, action: str, merge: DeviceMerge, by: Actor, reason: str) -> None:
    told = {
        "merge_id": str(merge.id),
        "kept_id": str(merge.kept_id),
        "absorbed_id": str(merge.absorbed_id),
        "moved": merge.moved,
        "filled": merge.filled,
    }
    for device_id in (merge.kept_id, merge.absorbed_id):
        record(session, action, "device", device_id, by=by, after=told, reason=reason)
