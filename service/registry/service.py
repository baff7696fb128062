"""Use cases of the register: showing, adding and correcting what it holds.

What happens to a device in its life is in `service.registry.life_events`.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import today
from service.core.database import translating
from service.core.errors import NotFound
from service.core.geometry import LonLat
from service.core.http.conditional import ensure_version
from service.core.outbox import publish
from service.core.paging import cut
from service.core.tables import partial_date_columns
from service.registry import resolving
from service.registry.domain import DuplicateCode, FacilityUnknown
from service.registry.models import Device, DeviceModel, EquipmentClass, Facility, Position
from service.registry.queries import classes, devices, facilities, installations, models, positions
from service.registry.schemas.changes import (
    ClassCreate,
    ClassUpdate,
    DeviceCreate,
    DeviceUpdate,
    FacilityCreate,
    FacilityUpdate,
    ModelUpdate,
    PositionCreate,
    PositionUpdate,
)
from service.registry.schemas.reads import PositionCard, PositionFilter

Row = Facility | Position | Device | EquipmentClass | DeviceModel
Found = TypeVar("Found", Facility, Position, Device, EquipmentClass, DeviceModel)


@dataclass(frozen=True)
class PositionPage:
    """One page of the register. The rows come from PostgreSQL as they are shown."""

    rows: list[RowMapping]
    has_earlier: bool
    has_more: bool

    @property
    def first_code(self) -> str | None:
        return self.rows[0]["position_code"] if self.rows else None

    @property
    def last_key(self) -> tuple[str, str] | None:
        """What a sorted list goes on after."""
        last = self.rows[-1] if self.rows else None
        return (last["sort_key"], last["position_code"]) if last else None

    @property
    def last_code(self) -> str | None:
        return self.rows[-1]["position_code"] if self.rows else None


def position_page(
    session: Session, conditions: PositionFilter, *, after: str = "", limit: int
) -> PositionPage:
    found = positions.page(session, conditions.chosen(), after=after, limit=limit + 1)
    rows, has_more = cut(found, limit)
    return PositionPage(rows, has_earlier=bool(after), has_more=has_more)


def sorted_position_page(
    session: Session,
    conditions: PositionFilter,
    sort: str,
    *,
    after: tuple[str, str] | None = None,
    limit: int,
) -> PositionPage:
    """Forward only: who wants to go back begins again."""
    found = positions.sorted_page(session, conditions.chosen(), sort, after=after, limit=limit + 1)
    rows, has_more = cut(found, limit)
    return PositionPage(rows, has_earlier=False, has_more=has_more)


def position_page_before(
    session: Session, conditions: PositionFilter, *, before: str, limit: int
) -> PositionPage:
    found = positions.page_before(session, conditions.chosen(), before=before, limit=limit + 1)
    return PositionPage(found[-limit:], has_earlier=len(found) > limit, has_more=True)


def position_card(session: Session, position_id: UUID) -> PositionCard:
    row = positions.card(session, position_id)
    if row is None:
        raise NotFound
    return PositionCard.model_validate(dict(row))


def register_facility(session: Session, new: FacilityCreate, *, by: Actor) -> Facility:
    facility = Facility.model_validate(new.model_dump(exclude={"lon", "lat"}))
    if new.lon is not None and new.lat is not None:
        facility.geom = LonLat(lon=new.lon, lat=new.lat).ewkt
    _add(session, facility, new.facility_code, new.model_dump(mode="json"), by)
    return facility


def update_facility(
    session: Session,
    facility_id: UUID,
    change: FacilityUpdate,
    expected: int | None,
    *,
    by: Actor,
    reason: str | None = None,
) -> Facility:
    """A point that somebody types replaces what a survey or a file said, and says so."""
    by.require(Permission.REGISTRY_WRITE)
    facility = _fresh(facilities.locked(session, facility_id), expected)
    values = change.model_dump(exclude_unset=True, exclude={"lon", "lat"})
    if "lon" in change.model_fields_set:
        values |= resolving.point_columns(session, facility_id, change.lon, change.lat)
    _update(session, facility, values, by, reason)
    return facility


def register_class(session: Session, new: ClassCreate, *, by: Actor) -> EquipmentClass:
    """A new class counts as unverified until somebody has checked it against its source."""
    row = EquipmentClass.model_validate(new.model_dump())
    _add(session, row, new.class_code, new.model_dump(mode="json"), by)
    return row


def update_class(
    session: Session,
    class_id: UUID,
    change: ClassUpdate,
    expected: int | None,
    *,
    by: Actor,
    reason: str | None = None,
) -> EquipmentClass:
    by.require(Permission.REGISTRY_WRITE)
    row = _fresh(classes.locked(session, class_id), expected)
    _update(session, row, change.model_dump(exclude_unset=True), by, reason)
    return row


def update_model(
    session: Session,
    model_id: UUID,
    change: ModelUpdate,
    expected: int | None,
    *,
    by: Actor,
    reason: str | None = None,
) -> DeviceModel:
    """Raises `DuplicateCode` when the maker has another model of that number."""
    by.require(Permission.REGISTRY_WRITE)
    model = _fresh(models.locked(session, model_id), expected)
    values = change.model_dump(exclude_unset=True)
    taken = {"uq_device_model_manufacturer_model_no": lambda: DuplicateCode(value=change.model_no)}
    with translating(session, taken):
        _update(session, model, values, by, reason)
    return model


def register_position(session: Session, new: PositionCreate, *, by: Actor) -> Position:
    by.require(Permission.REGISTRY_WRITE)
    facility = facilities.by_code(session, new.facility_code)
    if facility is None:
        raise FacilityUnknown(facility_code=new.facility_code)
    position = Position(
        facility_id=facility.id,
        class_id=resolving.class_id(session, new.class_code),
        location_id=resolving.location_id(session, facility.id, new.location_code),
        parent_id=resolving.parent_id(session, facility.id, new.parent_code),
        **new.model_dump(exclude={"facility_code", "class_code", "location_code", "parent_code"}),
    )
    _add(session, position, new.position_code, new.model_dump(mode="json"), by)
    return position


def update_position(
    session: Session,
    position_id: UUID,
    change: PositionUpdate,
    expected: int | None,
    *,
    by: Actor,
    reason: str | None = None,
) -> Position:
    """A judgement of health without its day counts as made today."""
    by.require(Permission.REGISTRY_WRITE)
    position = _fresh(positions.locked(session, position_id), expected)
    values = change.model_dump(exclude_unset=True, exclude=_PLACED)
    values |= resolving.place_columns(session, position, change)
    if values.get("health", position.health) != position.health:
        judged_on = today() if values["health"] is not None else None
        values["health_judged_on"] = values.get("health_judged_on") or judged_on
    _update(session, position, values, by, reason)
    return position


def register_device(session: Session, new: DeviceCreate, *, by: Actor) -> Device:
    by.require(Permission.REGISTRY_WRITE)
    facts = new.model_dump(exclude={"class_code", "maker", "model_no"} | _DATES)
    device = Device(
        class_id=resolving.class_id(session, new.class_code),
        model_id=resolving.model_id(session, new.maker, new.model_no),
        **facts,
        **_date_columns(new),
    )
    _add(session, device, new.asset_code, new.model_dump(mode="json"), by)
    return device


def update_device(
    session: Session,
    device_id: UUID,
    change: DeviceUpdate,
    expected: int | None,
    *,
    by: Actor,
    reason: str | None = None,
) -> Device:
    by.require(Permission.REGISTRY_WRITE)
    device = _fresh(devices.locked(session, device_id), expected)
    values = change.model_dump(exclude_unset=True, exclude=_DATES | {"maker", "model_no"})
    if "model_no" in change.model_fields_set:
        values["model_id"] = resolving.model_id(session, change.maker, change.model_no)
    _update(session, device, values | _date_columns(change), by, reason)
    return device


def proposed_asset_code(session: Session, position_id: UUID, position_code: str) -> str:
    """A free number for the next device of a position: its code and how many there have been."""
    count = len(installations.of_position(session, position_id)) + 1
    while devices.by_code(session, f"{position_code}-{count}") is not None:
        count += 1
    return f"{position_code}-{count}"


_CASE_NUMBER = re.compile(r"[RHS]\d{1,2}-[A-Z0-9]+-\d{1,6}", re.IGNORECASE)


def looks_like_case_number(typed: str) -> bool:
    return _CASE_NUMBER.fullmatch(unicodedata.normalize("NFKC", typed).strip()) is not None


def last_day(ends_on: date | None) -> date | None:
    """The last day of a half-open period, as people write it."""
    return None if ends_on is None else ends_on - timedelta(days=1)


_DATES = {"installed", "manufactured"}
_PLACED = {"location_code", "parent_code"}
_CODES = (
    "uq_facility_facility_code",
    "uq_equipment_class_class_code",
    "uq_position_position_code",
    "uq_device_asset_code",
)


def _date_columns(facts: DeviceCreate | DeviceUpdate) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in _DATES & facts.model_fields_set:
        written = getattr(facts, name)
        columns |= partial_date_columns(name, written.value() if written else None)
    return columns


def _fresh(row: Found | None, expected: int | None) -> Found:
    if row is None:
        raise NotFound
    ensure_version(row.version, expected)
    return row


def _add(session: Session, row: Row, code: str, after: Mapping[str, Any], by: Actor) -> None:
    by.require(Permission.REGISTRY_WRITE)
    row.created_by = by.id
    with translating(session, dict.fromkeys(_CODES, lambda: DuplicateCode(value=code))):
        session.add(row)
    kind = str(row.__tablename__)
    record(session, "create", kind, row.id, by=by, after=after)
    publish(session, "registry.changed", {"kind": kind, "id": row.id})


def _update(
    session: Session, row: Row, values: Mapping[str, Any], by: Actor, reason: str | None
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
    kind = str(row.__tablename__)
    after = {name: values[name] for name in before}
    record(session, "update", kind, row.id, by=by, before=before, after=after, reason=reason)
    publish(session, "registry.changed", {"kind": kind, "id": row.id})
