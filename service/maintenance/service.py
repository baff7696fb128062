"""Use cases: recording and correcting inspections and part replacements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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
from service.core.http.conditional import ensure_version
from service.core.outbox import publish
from service.core.paging import BadCursor, decode_cursor
from service.core.tables import partial_date_columns
from service.maintenance import queries
from service.maintenance.domain import (
    CaseUnknown,
    CompanyUnknown,
    DueBeforeInspected,
    InspectionRepeated,
    ReplacementRepeated,
    refuse_ahead,
)
from service.maintenance.models import Inspection, PartReplacement
from service.maintenance.schemas import (
    InspectionCorrection,
    InspectionCreate,
    PartReplacementCorrection,
    PartReplacementCreate,
)
from service.registry import service as registry
from service.registry.models import Position
from service.registry.queries import installations, positions
from service.registry.schemas.changes import PositionUpdate

Row = TypeVar("Row", Inspection, PartReplacement)
DUE_DAYS = 90
_REPEATED = {
    "uq_inspection_position_id_kind_inspected_seq": InspectionRepeated,
    "uq_part_replacement_position_id_part_replaced_seq": ReplacementRepeated,
}
_NAMED = {"position_id", "company_code", "case_no", "inspected", "replaced", "items", "reason"}


def seen(cursor: str | None) -> queries.Seen | None:
    """Where a page goes on.

    Raises:
        BadCursor: when it is not one of ours.
    """
    if not cursor:
        return None
    day, _, identity = decode_cursor(cursor, 1)[0].partition("/")
    try:
        return queries.Seen(date.fromisoformat(day), UUID(identity))
    except ValueError as error:
        raise BadCursor from error


@dataclass(frozen=True)
class PositionRecords:
    """What was inspected and changed at one position; ``judgements`` are its 健全度 over time."""

    inspections: list[RowMapping]
    replacements: list[RowMapping]

    @property
    def judgements(self) -> list[RowMapping]:
        return [row for row in self.inspections if row["health"] is not None]


def records_of(session: Session, chosen: queries.Chosen, *, limit: int) -> PositionRecords:
    return PositionRecords(
        queries.inspections(session, chosen, limit=limit),
        queries.replacements(session, chosen, limit=limit),
    )


def record_inspection(session: Session, new: InspectionCreate, *, by: Actor) -> Inspection:
    """The position takes its 健全度 from the newest inspection that judges it.

    Raises:
        DayAhead: for a day that has not begun.
        InspectionRepeated: when this kind of inspection is recorded for that day already.
    """
    position = _position(session, new.position_id, by)
    row = Inspection(facility_id=position.facility_id, position_id=position.id, kind=new.kind)
    _fill(session, row, _inspection_values(session, new))
    _check_inspection(row)
    _add(session, row, new.model_dump(mode="json"), by)
    _judge(session, position, None, by)
    return row


def correct_inspection(
    session: Session,
    inspection_id: UUID,
    change: InspectionCorrection,
    expected: int | None,
    *,
    by: Actor,
) -> Inspection:
    by.require(Permission.REGISTRY_WRITE)
    row = _fresh(queries.locked_inspection(session, inspection_id), expected)
    judged = (row.health, row.inspected_from)
    before = _fill(session, row, _inspection_values(session, change))
    _check_inspection(row)
    _change(session, row, before, change.reason, by)
    _judge(session, _position(session, row.position_id, by), judged, by)
    return row


def record_replacement(
    session: Session, new: PartReplacementCreate, *, by: Actor
) -> PartReplacement:
    """A changed part leaves the age of its device as it is.

    Raises:
        DayAhead: for a day that has not begun.
        ReplacementRepeated: when the same part is recorded for that day already.
    """
    position = _position(session, new.position_id, by)
    row = PartReplacement(
        facility_id=position.facility_id, position_id=position.id, part_name=new.part_name
    )
    _fill(session, row, _replacement_values(session, new))
    refuse_ahead(row.replaced_from, today())
    _add(session, row, new.model_dump(mode="json"), by)
    return row


def correct_replacement(
    session: Session,
    replacement_id: UUID,
    change: PartReplacementCorrection,
    expected: int | None,
    *,
    by: Actor,
) -> PartReplacement:
    by.require(Permission.REGISTRY_WRITE)
    row = _fresh(queries.locked_replacement(session, replacement_id), expected)
    before = _fill(session, row, _replacement_values(session, change))
    refuse_ahead(row.replaced_from, today())
    _change(session, row, before, change.reason, by)
    return row


def _position(session: Session, position_id: UUID, by: Actor) -> Position:
    by.require(Permission.REGISTRY_WRITE)
    position = positions.locked(session, position_id)
    if position is None:
        raise NotFound
    return position


def _fresh(row: Row | None, expected: int | None) -> Row:
    if row is None:
        raise NotFound
    ensure_version(row.version, expected)
    return row


def _inspection_values(
    session: Session, sent: InspectionCreate | InspectionCorrection
) -> dict[str, Any]:
    values = sent.model_dump(exclude_unset=True, exclude=_NAMED)
    if sent.inspected is not None:
        values |= partial_date_columns("inspected", sent.inspected.value())
    if sent.items is not None and "items" in sent.model_fields_set:
        values["items"] = [item.stored() for item in sent.items]
    return values | _company(session, sent)


def _replacement_values(
    session: Session, sent: PartReplacementCreate | PartReplacementCorrection
) -> dict[str, Any]:
    values = sent.model_dump(exclude_unset=True, exclude=_NAMED)
    if sent.replaced is not None:
        values |= partial_date_columns("replaced", sent.replaced.value())
    return values | _company(session, sent) | _case(session, sent)


def _company(
    session: Session,
    sent: InspectionCreate
    | InspectionCorrection
    | PartReplacementCreate
    | PartReplacementCorrection,
) -> dict[str, UUID | None]:
    if "company_code" not in sent.model_fields_set:
        return {}
    if sent.company_code is None:
        return {"company_id": None}
    found = queries.company_id(session, sent.company_code)
    if found is None:
        raise CompanyUnknown(company_code=sent.company_code)
    return {"company_id": found}


def _case(
    session: Session, sent: PartReplacementCreate | PartReplacementCorrection
) -> dict[str, UUID | None]:
    if "case_no" not in sent.model_fields_set:
        return {}
    if sent.case_no is None:
        return {"case_id": None}
    found = queries.case_id(session, sent.case_no)
    if found is None:
        raise CaseUnknown(case_no=sent.case_no)
    return {"case_id": found}


def _fill(session: Session, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Sets what differs, and the device that stood there on the day; answers what was before."""
    values = dict(values)
    day: date | None = values.get("inspected_from") or values.get("replaced_from")
    if day is not None:
        values["device_id"] = installations.device_at(session, row.position_id, day)
    before = {name: getattr(row, name) for name, to in values.items() if getattr(row, name) != to}
    for name in before:
        setattr(row, name, values[name])
    return before


def _check_inspection(row: Inspection) -> None:
    refuse_ahead(row.inspected_from, today())
    if row.next_due_on and row.inspected_from and row.next_due_on <= row.inspected_from:
        raise DueBeforeInspected


def _add(session: Session, row: Row, after: Mapping[str, Any], by: Actor) -> None:
    row.created_by = by.id
    with translating(session, dict(_REPEATED)):
        session.add(row)
    kind = str(row.__tablename__)
    record(session, "create", kind, row.id, by=by, after=after)
    publish(session, "registry.changed", {"kind": "position", "id": row.position_id})


def _change(session: Session, row: Row, before: dict[str, Any], reason: str, by: Actor) -> None:
    if not before:
        return
    row.updated_by = by.id
    after = {name: getattr(row, name) for name in before}
    with translating(session, dict(_REPEATED)):
        session.add(row)
    session.refresh(row)
    kind = str(row.__tablename__)
    record(session, "update", kind, row.id, by=by, before=before, after=after, reason=reason)
    publish(session, "registry.changed", {"kind": "position", "id": row.position_id})


def _judge(
    session: Session, position: Position, was: tuple[int | None, date | None] | None, by: Actor
) -> None:
    """``was`` is what a corrected inspection said: a position that had it from there follows."""
    latest = queries.latest_health(session, position.id)
    follows = was is not None and was == (position.health, position.health_judged_on)
    if latest is None:
        if follows and position.health is not None:
            _set_health(session, position, None, None, by)
        return
    known = position.health_judged_on
    if follows or position.health is None or known is None or latest["judged_on"] >= known:
        _set_health(session, position, latest["health"], latest["judged_on"], by)


def _set_health(
    session: Session, position: Position, health: int | None, judged_on: date | None, by: Actor
) -> None:
    change = PositionUpdate(health=health, health_judged_on=judged_on)
    registry.update_position(session, position.id, change, None, by=by)
