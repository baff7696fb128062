"""The SQL behind filing a report: few round trips, because phones send many after a dead spot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Float,
    FromClause,
    Integer,
    Table,
    Text,
    bindparam,
    cast,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, SQLModel

from service.faults.models import CaseNumber, CaseReport, FaultCase, FaultReport


@dataclass(frozen=True)
class Place:
    """Where the fault is, the device that was there, and whether the contract there has ended."""

    facility_id: UUID
    facility_code: str
    facility_name: str
    position_id: UUID | None
    position_name: str | None
    device_id: UUID | None
    is_ended: bool = False


_IN_FORCE = """
  exists (
    select 1 from contract k
    where k.company_id = :company_id
      and cast(:in_force_on as date) between k.starts_on and k.ends_on
      and (k.covers_all_facilities
           or exists (select 1 from contract_facility kf
                      where kf.contract_id = k.id and kf.facility_id = f.id)))
"""
_PLACE_COLUMNS = """
  f.id as facility_id, f.facility_code, f.name as facility_name,
  p.id as position_id, p.name as position_name, i.device_id,
  f.id = any (gesuibo.ended_facilities()) as is_ended
"""
_OF_POSITION = f"""
  select {_PLACE_COLUMNS}
  from position p
  join facility f on f.id = p.facility_id
  left join installation i on i.position_id = p.id and i.period @> cast(:day as date)
  where p.id = :position_id
"""  # noqa: S608  # only the fragment above is put in
_OF_FACILITY = """
  select f.id as facility_id, f.facility_code, f.name as facility_name,
         null::uuid as position_id, null as position_name, null::uuid as device_id,
         f.id = any (gesuibo.ended_facilities()) as is_ended
  from facility f
  where f.id = :facility_id
"""
_FOLLOWED = """
  with recursive chain as (
    select c.*, 0 as depth from fault_case c
    where c.id = coalesce(
      cast(:case_id as uuid),
      (select cr.case_id from case_report cr where cr.report_id = :report_id
       order by cr.linked_at limit 1))
    union all
    select c.*, chain.depth + 1 from fault_case c join chain on c.id = chain.merged_into_id
  )
  select c.id, c.case_no, c.state, c.company_id, c.facility_id, f.facility_code,
         f.name as facility_name, p.name as position_name, c.position_id,
         f.id = any (gesuibo.ended_facilities()) as is_ended
  from chain c
  join facility f on f.id = c.facility_id
  left join position p on p.id = c.position_id
  where c.depth = (select max(depth) from chain)
"""
# By the actor's own rights, or (late) by a contract that was in force on the day of writing.
_VISIBLE = {
    name: text(sql)
    for name, sql in (("position", _OF_POSITION), ("facility", _OF_FACILITY), ("case", _FOLLOWED))
}
_LATE = {
    name: text(f"{sql} and {_IN_FORCE}")
    for name, sql in (
        ("position", _OF_POSITION),
        ("facility", _OF_FACILITY),
        ("case", _FOLLOWED + " and c.company_id = :company_id"),
    )
}
_EARLIER = text("""
  select r.body_sha256, r.report_no, r.company_id, r.after_contract, c.id as case_id, c.case_no,
         c.state
  from fault_report r
  join case_report cr on cr.report_id = r.id
  join fault_case c on c.id = cr.case_id
  where r.id = :report_id
  order by cr.linked_at limit 1
""")


@dataclass(frozen=True)
class Contracted:
    """Instead of the actor's own rights: a company with a contract in force on a day."""

    company_id: UUID
    in_force_on: date


def _one(session: Session, what: str, values: dict[str, Any], contracted: Contracted | None) -> Any:
    if contracted is None:
        return session.execute(_VISIBLE[what], values).first()
    return session.execute(_LATE[what], values | vars(contracted)).first()


def place_of_position(
    session: Session, position_id: UUID, *, day: date, contracted: Contracted | None = None
) -> Place | None:
    """The position with the device that sat in it on the day."""
    row = _one(session, "position", {"position_id": position_id, "day": day}, contracted)
    return None if row is None else Place(*row)


def place_of_facility(
    session: Session, facility_id: UUID, *, contracted: Contracted | None = None
) -> Place | None:
    row = _one(session, "facility", {"facility_id": facility_id}, contracted)
    return None if row is None else Place(*row)


def followed_case(
    session: Session,
    *,
    case_id: UUID | None = None,
    report_id: UUID | None = None,
    contracted: Contracted | None = None,
) -> Any:
    """The case, or that of the report, or the one it has been merged into.

    None when the actor may not see it.
    """
    return _one(session, "case", {"case_id": case_id, "report_id": report_id}, contracted)


def earlier_report(session: Session, report_id: UUID) -> Any:
    return session.execute(_EARLIER, {"report_id": report_id}).first()


_REPORTS = SQLModel.metadata.tables[str(FaultReport.__tablename__)]
_CASES = SQLModel.metadata.tables[str(FaultCase.__tablename__)]
_NUMBERS = SQLModel.metadata.tables[str(CaseNumber.__tablename__)]
_LINKS = SQLModel.metadata.tables[str(CaseReport.__tablename__)]


def _binds(table: Table) -> dict[str, Any]:
    """A value to be given for every column that PostgreSQL does not work out itself."""
    return {
        column.name: bindparam(column.name, type_=column.type)
        for column in table.columns
        if column.computed is None
    }


def _report_row() -> Any:
    """ON CONFLICT waits for a simultaneous sender and leaves the row to whoever was first."""
    number = func.lpad(cast(func.nextval("fault_report_number"), Text), 6, "0")
    fix = func.ST_SetSRID(
        func.ST_MakePoint(bindparam("longitude", type_=Float), bindparam("latitude", type_=Float)),
        6668,
    )
    values = _binds(_REPORTS) | {
        "report_no": bindparam("series", type_=Text) + number,
        "geo_fix": fix,
    }
    return insert(_REPORTS).values(values).on_conflict_do_nothing().returning(_REPORTS.c.report_no)


def _next_number(source: FromClause | None = None) -> Any:
    """Counts on in the facility's fiscal year; rows wait for each other, so no number is lost."""
    first = select(
        bindparam("number_facility_id", type_=_NUMBERS.c.facility_id.type),
        bindparam("fiscal_year", type_=Integer),
        literal(1),
    )
    if source is not None:
        first = first.select_from(source)
    counted = insert(_NUMBERS).from_select(["facility_id", "fiscal_year", "last_no"], first)
    return counted.on_conflict_do_update(
        index_elements=["facility_id", "fiscal_year"], set_={"last_no": _NUMBERS.c.last_no + 1}
    ).returning(_NUMBERS.c.last_no)


def _numbered_report() -> Any:
    """The report and, only if it is new, the next number of a case, in one statement."""
    report = _report_row().cte("report")
    number = _next_number(report).cte("number")
    return select(report.c.report_no, number.c.last_no).select_from(
        report.join(number, literal(value=True))
    )


_INSERT_REPORT = _report_row()
_INSERT_NUMBERED_REPORT = _numbered_report()
_NEXT_NUMBER = _next_number()
# A ledger's own number may be taken already, so the caller tries the next one.
_INSERT_CASE = (
    insert(_CASES)
    .values(_binds(_CASES))
    .on_conflict_do_nothing()
    .execution_options(preserve_rowcount=True)
)
_LINK = insert(_LINKS).values(_binds(_LINKS))


def insert_report(session: Session, values: Mapping[str, Any]) -> str | None:
    """The report's number, or None when a report of this id is already there."""
    return session.execute(_INSERT_REPORT, dict(values)).scalar_one_or_none()


def insert_numbered_report(
    session: Session, values: Mapping[str, Any], *, facility_id: UUID, fiscal_year: int
) -> tuple[str, int] | None:
    """The report's number and the running number for its case; None as in `insert_report`."""
    series = {"number_facility_id": facility_id, "fiscal_year": fiscal_year}
    row = session.execute(_INSERT_NUMBERED_REPORT, dict(values) | series).first()
    return None if row is None else (row.report_no, row.last_no)


def next_number(session: Session, *, facility_id: UUID, fiscal_year: int) -> int:
    series = {"number_facility_id": facility_id, "fiscal_year": fiscal_year}
    return int(session.execute(_NEXT_NUMBER, series).scalar_one())


def insert_case(session: Session, values: Mapping[str, Any]) -> bool:
    """False when the case number is taken. Nothing is read back: a late reporter may not."""
    result = session.execute(_INSERT_CASE, dict(values))
    return result.rowcount == 1  # type: ignore[attr-defined,no-any-return]  # a CursorResult for an INSERT


def link(session: Session, values: Mapping[str, Any]) -> None:
    session.execute(_LINK, dict(values))
