"""Inspections and part replacements as rows; the newest first."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, TextClause, text
from sqlmodel import Session, col, select

from service.accounts.models import Company
from service.maintenance.models import Inspection, ModelPart, PartReplacement
from service.registry.queries.partial_dates import as_json

_PLACED = (
    "t.id, t.position_id, p.position_code, p.name as position_name, t.facility_id,"
    " f.facility_code, f.name as facility_name, t.device_id, d.asset_code, t.seq, m.company_code,"
    " t.note, t.version"
)
_JOINS = (
    " join position p on p.id = t.position_id join facility f on f.id = t.facility_id"
    " left join device d on d.id = t.device_id left join company m on m.id = t.company_id"
)
_INSPECTION = (
    f"select {_PLACED}, t.kind, {as_json('inspected', 't')} as inspected, t.inspected_from as day,"  # noqa: S608
    " t.inspector, t.items, t.result, t.health, t.health_basis, t.next_due_on,"
    f" t.inspected_from || '/' || t.id as place from inspection t{_JOINS}"
)
# What a part cost is between the city and the company that changed it.
_REPLACEMENT = (
    f"select {_PLACED}, t.part_name, t.part_no, t.quantity,"  # noqa: S608
    f" {as_json('replaced', 't')} as replaced, t.replaced_from as day, t.done_by,"
    " case when gesuibo.sees_all() then t.cost_yen end as cost_yen, c.case_no, t.cause,"
    f" t.replaced_from || '/' || t.id as place from part_replacement t{_JOINS}"
    " left join fault_case c on c.id = t.case_id"
)
_CHOSEN = (
    " where (cast(:position as uuid) is null or t.position_id = :position)"
    " and (cast(:device as uuid) is null or t.device_id = :device)"
    " and (cast(:facility as text) is null or f.facility_code = :facility)"
)


def _newest_first(day: str) -> str:
    return (
        _CHOSEN + f" and (cast(:day as date) is null or (t.{day}, t.id) < (:day, :id))"
        f" order by t.{day} desc, t.id desc limit :limit"
    )


class Seen(NamedTuple):
    """The last row of the page before."""

    day: date
    id: UUID


class Chosen(NamedTuple):
    position: UUID | None = None
    device: UUID | None = None
    facility: str | None = None


_INSPECTIONS = text(_INSPECTION + _newest_first("inspected_from"))
_REPLACEMENTS = text(_REPLACEMENT + _newest_first("replaced_from"))
_ONE_INSPECTION = text(_INSPECTION + " where t.id = :id")
_ONE_REPLACEMENT = text(_REPLACEMENT + " where t.id = :id")
_OF_CASE = text(_REPLACEMENT + " where t.case_id = :id order by t.replaced_from, t.seq, t.id")
_DUE = text(
    "with last as (select distinct on (position_id, kind) * from inspection"  # noqa: S608
    " order by position_id, kind, inspected_from desc, seq desc)"
    " select t.id as inspection_id, t.position_id, p.position_code, p.name as position_name,"
    " f.id as facility_id, f.facility_code, f.name as facility_name, t.kind, t.next_due_on,"
    " cast(:today as date) - t.next_due_on as overdue_days,"
    f" {as_json('inspected', 't')} as last_inspected, t.next_due_on || '/' || t.id as place"
    " from last t join position p on p.id = t.position_id join facility f on f.id = t.facility_id"
    " where t.next_due_on <= :until and p.status = 'in_use'"
    " and (cast(:facility as text) is null or f.facility_code = :facility)"
    " and (cast(:day as date) is null or (t.next_due_on, t.id) > (:day, :id))"
    " order by t.next_due_on, t.id limit :limit"
)
_FACILITIES = text("select facility_code, name from facility order by facility_code")
_LATEST_HEALTH = text(
    "select health, inspected_from as judged_on from inspection"
    " where position_id = :id and health is not null"
    " order by inspected_from desc, inspected_to desc, seq desc limit 1"
)
# A part without a date of its own is as old as the device.
_PARTS = text(
    "select l.id, l.model_id, l.part_name, l.part_no, l.quantity, l.interval_years, l.note,"
    " l.version, r.last as last_replaced_on,"
    " case when l.interval_years is not null then (coalesce(r.last, d.overhauled_on,"
    " d.installed_from) + make_interval(years => l.interval_years))::date end as due_on"
    " from device d join model_part l on l.model_id = d.model_id"
    " left join lateral (select max(p.replaced_from) as last from part_replacement p"
    " where p.device_id = d.id and p.part_name = l.part_name"
    " and (l.part_no is null or p.part_no is null or p.part_no = l.part_no)) r on true"
    " where d.id = :id order by due_on nulls last, l.part_name, l.part_no"
)
_CASE = text("select id from fault_case where case_no = :case_no")
_CASE_HEAD = text("select id, case_no, position_id, state from fault_case where id = :id")


def _page(
    session: Session, statement: TextClause, chosen: Chosen, seen: Seen | None, limit: int
) -> list[RowMapping]:
    params: Mapping[str, Any] = {
        **chosen._asdict(),
        "day": seen.day if seen else None,
        "id": seen.id if seen else None,
        "limit": limit,
    }
    return list(session.execute(statement, params).mappings())


def inspections(
    session: Session, chosen: Chosen, *, seen: Seen | None = None, limit: int
) -> list[RowMapping]:
    return _page(session, _INSPECTIONS, chosen, seen, limit)


def replacements(
    session: Session, chosen: Chosen, *, seen: Seen | None = None, limit: int
) -> list[RowMapping]:
    return _page(session, _REPLACEMENTS, chosen, seen, limit)


def inspection(session: Session, inspection_id: UUID) -> RowMapping | None:
    return session.execute(_ONE_INSPECTION, {"id": inspection_id}).mappings().first()


def replacement(session: Session, replacement_id: UUID) -> RowMapping | None:
    return session.execute(_ONE_REPLACEMENT, {"id": replacement_id}).mappings().first()


def due(
    session: Session,
    *,
    facility: str | None,
    until: date,
    today: date,
    seen: Seen | None = None,
    limit: int,
) -> list[RowMapping]:
    """Positions in use, the longest overdue first."""
    params = {
        "facility": facility,
        "until": until,
        "today": today,
        "day": seen.day if seen else None,
        "id": seen.id if seen else None,
        "limit": limit,
    }
    return list(session.execute(_DUE, params).mappings())


def facilities(session: Session) -> list[RowMapping]:
    return list(session.execute(_FACILITIES).mappings())


def latest_health(session: Session, position_id: UUID) -> RowMapping | None:
    return session.execute(_LATEST_HEALTH, {"id": position_id}).mappings().first()


def locked_inspection(session: Session, inspection_id: UUID) -> Inspection | None:
    return session.get(Inspection, inspection_id, with_for_update=True)


def locked_replacement(session: Session, replacement_id: UUID) -> PartReplacement | None:
    return session.get(PartReplacement, replacement_id, with_for_update=True)


def company_id(session: Session, company_code: str) -> UUID | None:
    statement = select(Company.id).where(col(Company.company_code) == company_code)
    return session.exec(statement).first()


def case_head(session: Session, case_id: UUID) -> RowMapping | None:
    return session.execute(_CASE_HEAD, {"id": case_id}).mappings().first()


def replacements_of_case(session: Session, case_id: UUID) -> list[RowMapping]:
    """Parts that were changed because of the case, the first on top."""
    return list(session.execute(_OF_CASE, {"id": case_id}).mappings())


def case_id(session: Session, case_no: str) -> UUID | None:
    found: UUID | None = session.execute(_CASE, {"case_no": case_no}).scalar_one_or_none()
    return found


def parts_of_device(session: Session, device_id: UUID) -> list[RowMapping]:
    return list(session.execute(_PARTS, {"id": device_id}).mappings())


def locked_part(session: Session, part_id: UUID) -> ModelPart | None:
    return session.get(ModelPart, part_id, with_for_update=True)
