"""Use cases of the register: finding equipment, and the events of its life."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.errors import NotFound
from service.core.geometry import LonLat
from service.core.http.conditional import ensure_version
from service.core.outbox import publish
from service.core.paging import cut
from service.registry import queries
from service.registry.domain import (
    ClassUnknown,
    DuplicateCode,
    FacilityUnknown,
    InstallationOverlap,
    NothingInstalled,
    RemovedBeforeInstalled,
)
from service.registry.models import Device, DeviceModel, Facility, Installation, Position
from service.registry.schemas import (
    DeviceCreate,
    FacilityCreate,
    FacilityUpdate,
    InstallationCreate,
    PositionCard,
    PositionCreate,
    PositionFilter,
    PositionUpdate,
    Removal,
    Replacement,
)


@dataclass(frozen=True)
class PositionPage:
    """One page of the register. The rows come from PostgreSQL as they are shown."""

    rows: list[RowMapping]
    has_more: bool

    @property
    def last_code(self) -> str | None:
        return self.rows[-1]["position_code"] if self.rows else None

    def as_json(self, following: str | None) -> bytes:
        body = {"items": [dict(row) for row in self.rows], "next": following}
        return json.dumps(body, ensure_ascii=False, default=str).encode()


def position_page(
    session: Session, conditions: PositionFilter, *, after: str = "", limit: int
) -> PositionPage:
    rows, has_more = cut(
        queries.positions(session, conditions, after=after, limit=limit + 1), limit
    )
    return PositionPage(rows, has_more)


def position_card(session: Session, position_id: UUID) -> PositionCard:
    row = queries.card(session, position_id)
    if row is None:
        raise NotFound
    return PositionCard.model_validate(dict(row))


def register_facility(session: Session, new: FacilityCreate, *, by: Actor) -> Facility:
    by.require(Permission.REGISTRY_WRITE)
    if queries.facility_by_code(session, new.facility_code) is not None:
        raise DuplicateCode(value=new.facility_code)
    facility = Facility.model_validate(
        new.model_dump(exclude={"lon", "lat"}), update={"created_by": by.id}
    )
    if new.lon is not None and new.lat is not None:
        facility.geom = LonLat(lon=new.lon, lat=new.lat).ewkt
    session.add(facility)
    session.flush()
    record(session, "create", "facility", facility.id, by=by, after=new.model_dump(mode="json"))
    _changed(session, "facility", facility.id)
    return facility


def update_facility(
    session: Session, facility_id: UUID, change: FacilityUpdate, expected: int | None, *, by: Actor
) -> Facility:
    by.require(Permission.REGISTRY_WRITE)
    facility = queries.facility(session, facility_id)
    if facility is None:
        raise NotFound
    ensure_version(facility.version, expected)
    _update(session, "facility", facility, change.model_dump(exclude_unset=True), by)
    return facility


def register_position(session: Session, new: PositionCreate, *, by: Actor) -> Position:
    by.require(Permission.REGISTRY_WRITE)
    facility = queries.facility_by_code(session, new.facility_code)
    if facility is None:
        raise FacilityUnknown(facility_code=new.facility_code)
    position = Position(
        facility_id=facility.id,
        class_id=_class_id(session, new.class_code),
        created_by=by.id,
        **new.model_dump(exclude={"facility_code", "class_code"}),
    )
    _insert(session, position, new.position_code)
    record(session, "create", "position", position.id, by=by, after=new.model_dump(mode="json"))
    _changed(session, "position", position.id)
    return position


def update_position(
    session: Session, position_id: UUID, change: PositionUpdate, expected: int | None, *, by: Actor
) -> Position:
    by.require(Permission.REGISTRY_WRITE)
    position = queries.position(session, position_id)
    if position is None:
        raise NotFound
    ensure_version(position.version, expected)
    _update(session, "position", position, change.model_dump(exclude_unset=True), by)
    return position


def register_device(session: Session, new: DeviceCreate, *, by: Actor) -> Device:
    by.require(Permission.REGISTRY_WRITE)
    device = Device(
        asset_code=new.asset_code,
        class_id=_class_id(session, new.class_code),
        model_id=_model_id(session, new.maker, new.model_no),
        serial_no=new.serial_no,
        spec_raw=new.spec_raw,
        created_by=by.id,
    )
    _insert(session, device, new.asset_code)
    record(session, "create", "device", device.id, by=by, after=new.model_dump(mode="json"))
    _changed(session, "device", device.id)
    return device


def install_device(
    session: Session, position_id: UUID, new: InstallationCreate, *, by: Actor
) -> Installation:
    """Puts a device into a position from a day on.

    Raises:
        InstallationOverlap: when the position or the device is taken on one of these days.
    """
    by.require(Permission.REGISTRY_WRITE)
    position = queries.position(session, position_id)
    if position is None or queries.device(session, new.device_id) is None:
        raise NotFound
    taken = queries.overlapping(
        session, position_id=position_id, device_id=new.device_id, starts_on=new.starts_on
    )
    if taken is not None:
        raise InstallationOverlap(position=taken["position_name"], asset_code=taken["asset_code"])
    installation = Installation(
        device_id=new.device_id,
        position_id=position.id,
        facility_id=position.facility_id,
        period=Range(new.starts_on, None),
        kind=new.kind,
        work_ref=new.work_ref,
        reason=new.reason,
        created_by=by.id,
    )
    session.add(installation)
    session.flush()
    after = new.model_dump(mode="json") | {"position_id": str(position_id)}
    record(session, "install", "device", new.device_id, by=by, after=after, reason=new.reason)
    _changed(session, "position", position_id)
    return installation


def remove_device(session: Session, position_id: UUID, removal: Removal, *, by: Actor) -> UUID:
    """Takes the device in place out; the day of removal is the first without it."""
    by.require(Permission.REGISTRY_WRITE)
    if queries.position(session, position_id) is None:
        raise NotFound
    present = queries.present_installation(session, position_id)
    if present is None:
        raise NothingInstalled
    if present.period.lower is not None and removal.removed_on <= present.period.lower:
        raise RemovedBeforeInstalled(installed_on=present.period.lower.isoformat())
    present.period = Range(present.period.lower, removal.removed_on)
    device = queries.device(session, present.device_id)
    if device is None:
        raise NotFound
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
    _changed(session, "position", position_id)
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


_CASE_NUMBER = re.compile(r"[RHS]\d{1,2}-[A-Z0-9]+-\d{1,6}", re.IGNORECASE)


def looks_like_case_number(typed: str) -> bool:
    return _CASE_NUMBER.fullmatch(unicodedata.normalize("NFKC", typed).strip()) is not None


def last_day(ends_on: date | None) -> date | None:
    """The last day of a half-open period, as people write it."""
    return None if ends_on is None else ends_on - timedelta(days=1)


def _class_id(session: Session, class_code: str) -> UUID:
    found = queries.class_by_code(session, class_code)
    if found is None:
        raise ClassUnknown(class_code=class_code)
    return found.id


def _model_id(session: Session, maker: str | None, model_no: str | None) -> UUID | None:
    if model_no is None:
        return None
    model = queries.model_of(session, maker, model_no)
    if model is None:
        model = DeviceModel(manufacturer=maker, manufacturer_raw=maker, model_no=model_no)
        session.add(model)
        session.flush()
    return model.id


def _insert(session: Session, row: Position | Device, code: str) -> None:
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise DuplicateCode(value=code) from error


def _update(
    session: Session,
    kind: str,
    row: Facility | Position,
    values: Mapping[str, Any],
    by: Actor,
) -> None:
    """Sets what differs, with before and after of just that in the trail."""
    before = {
        name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value
    }
    if not before:
        return
    for name in before:
        setattr(row, name, values[name])
    row.updated_by = by.id
    session.flush()
    session.refresh(row)
    after = {name: values[name] for name in before}
    record(session, "update", kind, row.id, by=by, before=before, after=after)
    _changed(session, kind, row.id)


def _changed(session: Session, kind: str, row_id: UUID) -> None:
    publish(session, "registry.changed", {"kind": kind, "id": row_id})
