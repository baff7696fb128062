"""Filing a report: once, whatever the network does; for the device that was there at the time."""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core import outbox
from service.core.clock import now
from service.core.database import SYSTEM, identify
from service.core.errors import DomainError, FieldError, Forbidden, NotFound
from service.core.i18n.dates import fiscal_year, tokyo_day
from service.faults import filing
from service.faults.domain import (
    CaseState,
    EndsBeforeStart,
    EntryMode,
    PositionOrDescriptionMissing,
    SameIdOtherContent,
    SymptomMissing,
)
from service.faults.filing import Contracted, Place
from service.faults.report_rows import Target, case_row, report_row, year_mark
from service.faults.schemas import ReportCreate
from service.faults.severity import is_emergency

# The phone stamps its clock at every attempt to send, and the office may hand in for somebody what
# a phone could not send: the same report stays the same.
NOT_CONTENT = {"device_clock", "company_id", "reporter_name"}


@dataclass(frozen=True)
class FiledReport:
    """``is_new`` is False when this report had been filed before and nothing was added."""

    report_id: UUID
    report_no: str
    case_id: UUID
    case_no: str
    state: CaseState
    is_new: bool
    after_contract: bool = False


def body_digest(new: ReportCreate) -> bytes:
    """Hash of the content; fields that are not given do not count, so new ones may be added."""
    content = new.model_dump(mode="json", exclude=NOT_CONTENT, exclude_defaults=True)
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).digest()


def file_report(session: Session, new: ReportCreate, *, by: Actor) -> FiledReport:
    """Files the report and opens its case, or links it to the case that it follows up.

    The same id with the same content answers as the first time did.

    Raises:
        NotFound: when the place is not the reporter's to see, or not there at all.
        SameIdOtherContent: when the id has been used for something else.
    """
    by.require(Permission.REPORTS_FILE)
    _ensure_order(new)
    digest = body_digest(new)
    target = _target(session, new, by)
    if target is None:
        # What was taken once keeps its receipt, even if its place is out of sight by now.
        return _answer_again(session, new, digest, by=by, otherwise=NotFound())
    filed = _insert(session, new, target, digest, by=by)
    if filed is None:
        return _answer_again(session, new, digest, by=by)
    _tell(session, new, target, filed, by=by)
    return filed


def _ensure_order(new: ReportCreate) -> None:
    if new.arrived_at and new.restored_at and new.restored_at < new.arrived_at:
        raise EndsBeforeStart(errors=[FieldError("/restored_at", EndsBeforeStart.message)])


def _target(session: Session, new: ReportCreate, by: Actor) -> Target | None:
    if by.is_contractor and new.company_id not in {None, by.company_id}:
        raise Forbidden
    target = _found(session, new)
    if target is None and by.company_id is not None:
        return _late_target(session, new, by, by.company_id)
    return target


def _found(
    session: Session, new: ReportCreate, contracted: Contracted | None = None
) -> Target | None:
    earlier = new.corrects_report_id or new.follows_report_id
    if earlier is not None:
        return _followed(filing.followed_case(session, report_id=earlier, contracted=contracted))
    if new.case_id is not None:
        return _followed(filing.followed_case(session, case_id=new.case_id, contracted=contracted))
    if not new.symptoms:
        raise SymptomMissing(errors=[FieldError("/symptoms", SymptomMissing.message)])
    if new.position_id is not None:
        day = tokyo_day(new.occurred_at)
        place = filing.place_of_position(session, new.position_id, day=day, contracted=contracted)
    elif new.facility_id is not None and new.unregistered_desc:
        place = filing.place_of_facility(session, new.facility_id, contracted=contracted)
    else:
        raise PositionOrDescriptionMissing
    return None if place is None else Target(place, late=place.is_ended)


def _followed(case: Any) -> Target | None:
    if case is None:
        return None
    place = Place(
        facility_id=case.facility_id,
        facility_code=case.facility_code,
        facility_name=case.facility_name,
        position_id=case.position_id,
        position_name=case.position_name,
        device_id=None,
        is_ended=case.is_ended,
    )
    state = CaseState(case.state)
    return Target(place, case.id, case.case_no, state, case.company_id, late=place.is_ended)


def _late_target(session: Session, new: ReportCreate, by: Actor, company_id: UUID) -> Target | None:
    """Where a report points that was written under a contract which has ended since.

    The contractor's own rights show neither place nor case any more: the day of writing decides.
    """
    identify(session, SYSTEM)
    found = _found(session, new, Contracted(company_id, tokyo_day(new.captured_at)))
    identify(session, by.identity)
    return None if found is None else replace(found, late=True)


def _insert(
    session: Session, new: ReportCreate, target: Target, digest: bytes, *, by: Actor
) -> FiledReport | None:
    """The answer, or None when another sender of the same report was quicker."""
    received = now()
    values = report_row(new, target, digest=digest, received=received, by=by)
    if target.case_id is not None:
        report_no = filing.insert_report(session, values)
        if report_no is None:
            return None
        filed = FiledReport(
            new.id,
            report_no,
            target.case_id,
            target.case_no,
            target.state,
            is_new=True,
            after_contract=target.late,
        )
    else:
        opened = _open_case(session, new, target, values, by=by)
        if opened is None:
            return None
        filed = opened
    filing.link(session, {"case_id": filed.case_id, "report_id": new.id, "linked_at": received})
    return filed


def _open_case(
    session: Session, new: ReportCreate, target: Target, report: dict[str, Any], *, by: Actor
) -> FiledReport | None:
    facility_id = target.place.facility_id
    year = fiscal_year(tokyo_day(report["received_at"]))
    inserted = filing.insert_numbered_report(
        session, report, facility_id=facility_id, fiscal_year=year
    )
    if inserted is None:
        return None
    report_no, number = inserted
    case = case_row(new, target, report, by=by)
    series = f"{year_mark(year)}-{target.place.facility_code}"
    while not filing.insert_case(session, case | {"case_no": f"{series}-{number:04d}"}):
        number = filing.next_number(session, facility_id=facility_id, fiscal_year=year)
    return FiledReport(
        new.id,
        report_no,
        case["id"],
        f"{series}-{number:04d}",
        CaseState.REPORTED,
        is_new=True,
        after_contract=target.late,
    )


def _answer_again(
    session: Session,
    new: ReportCreate,
    digest: bytes,
    *,
    by: Actor,
    otherwise: DomainError | None = None,
) -> FiledReport:
    if by.is_contractor:
        # After the contract the reporter still gets the receipt of an own report.
        identify(session, SYSTEM)
    earlier = filing.earlier_report(session, new.id)
    identify(session, by.identity)
    if earlier is None:
        raise otherwise or SameIdOtherContent
    if earlier.body_sha256 != digest:
        raise SameIdOtherContent
    if by.is_contractor and earlier.company_id != by.company_id:
        raise SameIdOtherContent
    return FiledReport(
        new.id,
        earlier.report_no,
        earlier.case_id,
        earlier.case_no,
        CaseState(earlier.state),
        is_new=False,
        after_contract=earlier.after_contract,
    )


def _tell(
    session: Session, new: ReportCreate, target: Target, filed: FiledReport, *, by: Actor
) -> None:
    """The trail and the live stream hear of it in the same transaction."""
    place = target.place
    company_id = target.company_id or by.company_id or new.company_id
    record(
        session,
        "report.filed",
        "fault_case",
        filed.case_id,
        by=by,
        after={
            "report_id": filed.report_id,
            "report_no": filed.report_no,
            "case_no": filed.case_no,
            "entry_mode": new.entry_mode.value,
            "after_contract": filed.after_contract,
        },
    )
    name = place.position_name or new.unregistered_desc or ""
    outbox.publish(
        session,
        "report.filed",
        {
            "report_id": filed.report_id,
            "report_no": filed.report_no,
            "case_id": filed.case_id,
            "case_no": filed.case_no,
            "kind": new.kind.value,
            "title": f"{place.facility_name} {name}".strip(),
            "href": f"/cases/{filed.case_id}",
            "emergency": is_emergency(
                new.operation_effect, new.environment_effects, new.alarm_class, new.severity
            ),
            "on_behalf": new.entry_mode is EntryMode.ON_BEHALF,
            "by_id": by.id,
        },
        facility_id=place.facility_id,
        company_id=company_id,
    )
