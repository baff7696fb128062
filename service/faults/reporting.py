"""Filing a report: once, whatever the network does; for the device that was there at the time."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core import outbox
from service.core.clock import now
from service.core.database import SYSTEM, identify
from service.core.errors import Forbidden, NotFound
from service.core.i18n.dates import era_year, fiscal_year, fiscal_year_days, tokyo_day
from service.core.identity import new_id
from service.faults import filing
from service.faults.domain import (
    CaseState,
    EntryMode,
    PositionOrDescriptionMissing,
    SameIdOtherContent,
)
from service.faults.filing import Place
from service.faults.schemas import ReportCreate
from service.faults.severity import is_emergency, severity_of

# The phone stamps its clock at every attempt to send; the same report stays the same.
NOT_CONTENT = {"device_clock"}
OBSERVED = {
    "position_id",
    "facility_id",
    "unregistered_desc",
    "occurred_at",
    "occurred_precision",
    "found_at",
    "detection",
    "alarm_class",
    "alarm_text",
    "symptoms",
    "operation_effect",
    "environment_effects",
    "severity",
    "rain_mm_h",
    "stop_from",
}


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


@dataclass(frozen=True)
class Target:
    """What the report is about: a place, and the known case when it follows one up."""

    place: Place
    case_id: UUID | None = None
    case_no: str = ""
    state: CaseState = CaseState.REPORTED
    company_id: UUID | None = None
    late: bool = False


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
    digest = body_digest(new)
    target = _target(session, new, by)
    if target.place.known_body is not None:
        return _answer_again(session, new, digest, by=by)
    filed = _insert(session, new, target, digest, by=by)
    if filed is None:
        return _answer_again(session, new, digest, by=by)
    _tell(session, new, target, filed, by=by)
    return filed


def _target(session: Session, new: ReportCreate, by: Actor) -> Target:
    if by.is_contractor and new.company_id not in {None, by.company_id}:
        raise Forbidden
    target = _visible_target(session, new)
    if target is None and by.is_contractor:
        target = _late_target(session, new, by)
    if target is None:
        raise NotFound
    return target


def _visible_target(session: Session, new: ReportCreate, **contract: Any) -> Target | None:
    if new.case_id is not None:
        return _followed(session, new, **contract)
    if new.position_id is not None:
        place = filing.place_of_position(
            session,
            new.position_id,
            report_id=new.id,
            day=tokyo_day(new.occurred_at),
            **contract,
        )
    elif new.facility_id is not None and new.unregistered_desc:
        place = filing.place_of_facility(session, new.facility_id, report_id=new.id, **contract)
    else:
        raise PositionOrDescriptionMissing
    known = place.known_body is not None
    return Target(place) if known or place.facility_id is not None else None


def _followed(session: Session, new: ReportCreate, **contract: Any) -> Target | None:
    assert new.case_id is not None  # noqa: S101  # asked by the caller
    case = filing.followed_case(session, new.case_id, **contract)
    if case is None:
        return None
    place = Place(
        facility_id=case.facility_id,
        facility_code=case.facility_code,
        facility_name=case.facility_name,
        position_id=case.position_id,
        position_name=case.position_name,
        device_id=None,
        known_body=None,
    )
    return Target(place, case.id, case.case_no, CaseState(case.state), case.company_id)


def _late_target(session: Session, new: ReportCreate, by: Actor) -> Target | None:
    """A report written under a contract that has ended since: the contractor's own rights show
    neither place nor case any more, so the day of writing decides.
    """
    identify(session, SYSTEM)
    found = _visible_target(
        session, new, company_id=by.company_id, in_force_on=tokyo_day(new.captured_at)
    )
    identify(session, by.identity)
    if found is None:
        return None
    return Target(
        found.place, found.case_id, found.case_no, found.state, found.company_id, late=True
    )


def _insert(
    session: Session, new: ReportCreate, target: Target, digest: bytes, *, by: Actor
) -> FiledReport | None:
    """The answer, or None when another sender of the same report was quicker."""
    received = now()
    values = _report_values(new, target, digest, received, by)
    if target.case_id is not None:
        report_no = filing.insert_report(session, values)
        if report_no is None:
            return None
        filed = FiledReport(
            new.id, report_no, target.case_id, target.case_no, target.state, True, target.late
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
    assert facility_id is not None  # noqa: S101  # a target without a facility is not found
    year = fiscal_year(tokyo_day(report["received_at"]))
    inserted = filing.insert_numbered_report(
        session, report, facility_id=facility_id, fiscal_year=year
    )
    if inserted is None:
        return None
    report_no, number = inserted
    case = _case_values(new, target, report, by)
    series = f"{_year_mark(year)}-{target.place.facility_code}"
    while not filing.insert_case(session, case | {"case_no": f"{series}-{number:04d}"}):
        number = filing.next_number(session, facility_id=facility_id, fiscal_year=year)
    return FiledReport(
        new.id,
        report_no,
        case["id"],
        f"{series}-{number:04d}",
        CaseState.REPORTED,
        True,
        target.late,
    )


def _year_mark(year: int) -> str:
    """R8 for the fiscal year that began in April 2026."""
    era, count = era_year(fiscal_year_days(year)[1]) or (None, year)
    return f"{era.letter if era else ''}{count}"


def _report_values(
    new: ReportCreate, target: Target, digest: bytes, received: datetime, by: Actor
) -> dict[str, Any]:
    return {
        "id": new.id,
        "created_at": received,
        "created_by": by.id,
        "source_import_id": None,
        "series": f"H{_year_mark(fiscal_year(tokyo_day(received)))}-",
        "body_sha256": digest,
        "kind": new.kind.value,
        "company_id": by.company_id or new.company_id,
        "reporter_id": by.id,
        "reporter_name": new.reporter_name or by.name,
        "reporter_contact": new.reporter_contact,
        "body": new.body,
        "temporary_action": new.temporary_action or None,
        "observed": new.model_dump(mode="json", include=OBSERVED, exclude_none=True),
        "measured_values": new.measured_values,
        "announced_photos": sorted(set(new.announced_photos)),
        "captured_at": new.captured_at,
        "device_clock": new.device_clock,
        "received_at": received,
        "entry_mode": new.entry_mode.value,
        "scanned_tag_id": new.scanned_tag_id,
        "longitude": new.longitude,
        "latitude": new.latitude,
        "geo_accuracy_m": new.accuracy_m,
        "after_contract": target.late,
    }


def _case_values(
    new: ReportCreate, target: Target, report: dict[str, Any], by: Actor
) -> dict[str, Any]:
    received = report["received_at"]
    unset = ("urgency", "mechanism", "cause_group", "merged_into_id", "state_reason")
    later = ("wait_reason", "stop_to", "closed_at", "source_import_id")
    return dict.fromkeys(unset + later) | {
        "id": new_id(),
        "created_at": received,
        "created_by": by.id,
        "updated_at": received,
        "updated_by": by.id,
        "version": 1,
        "facility_id": target.place.facility_id,
        "position_id": target.place.position_id,
        "device_id": target.place.device_id,
        "company_id": report["company_id"],
        "unregistered_desc": None if target.place.position_id else new.unregistered_desc,
        "occurred_at": new.occurred_at,
        "occurred_precision": new.occurred_precision.value,
        "found_at": new.found_at,
        "reported_at": received,
        "detection": new.detection.value,
        "alarm_class": new.alarm_class and new.alarm_class.value,
        "alarm_text": new.alarm_text or None,
        "symptoms": sorted(set(new.symptoms)),
        "summary": _summary(new),
        "operation_effect": new.operation_effect.value,
        "environment_effects": sorted({effect.value for effect in new.environment_effects}),
        "severity": new.severity or severity_of(new.operation_effect, new.environment_effects),
        "rain_mm_h": new.rain_mm_h,
        "counts_as_failure": True,
        "state": CaseState.REPORTED.value,
        "temporary_fix": False,
        "stop_from": new.stop_from,
    }


def _summary(new: ReportCreate) -> str:
    """The first line of what was written, for lists."""
    lines = new.body.splitlines()
    return lines[0][:120] if lines else ""


def _answer_again(session: Session, new: ReportCreate, digest: bytes, *, by: Actor) -> FiledReport:
    if by.is_contractor:
        # After the contract the reporter still gets the receipt of an own report.
        identify(session, SYSTEM)
    earlier = filing.earlier_report(session, new.id)
    identify(session, by.identity)
    if earlier is None or earlier.body_sha256 != digest:
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
            key: str(value) for key, value in asdict(filed).items() if key.endswith(("id", "no"))
        }
        | {"entry_mode": new.entry_mode.value, "after_contract": filed.after_contract},
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
                new.operation_effect, new.environment_effects, new.alarm_class
            ),
            "on_behalf": new.entry_mode is EntryMode.ON_BEHALF,
        },
        facility_id=place.facility_id,
        company_id=company_id,
    )
