"""A report that was joined to the wrong case becomes a case of its own, and goes back exactly."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from service.accounts.actor import Actor
from service.audit.service import record
from service.core.errors import Conflict, NotFound
from service.core.i18n.dates import fiscal_year, tokyo_day
from service.core.i18n.marker import N_
from service.faults import filing, inbox
from service.faults import splitting_queries as queries
from service.faults.domain import CaseState, EnvironmentEffect, OperationEffect, ReasonMissing
from service.faults.filing import Place
from service.faults.handling import SETTLED, announce, apply, take
from service.faults.models import FaultCase, FaultReport
from service.faults.report_rows import year_mark
from service.faults.severity import severity_of

# What the report itself told; the rest of a case is for the city to judge.
_TOLD = (
    "occurred_precision",
    "detection",
    "alarm_class",
    "alarm_text",
    "symptoms",
    "operation_effect",
    "environment_effects",
    "severity",
    "rain_mm_h",
)
_MOMENTS = ("found_at", "stop_from")
_SUMMARY = 120


class CannotSplit(Conflict):
    code = "cannot-split"
    message = N_(
        "この報告は分けられません。案件を開いた最初の報告と、終わった案件の報告は分けられません。"
    )


class CannotRejoin(Conflict):
    code = "cannot-rejoin"
    message = N_(
        "すでに対応が始まっているため、分けたことを取り消せません。「別の案件に統合する」を"
        "使ってください。"
    )


def splittable(session: Session, case_id: UUID, state: CaseState) -> set[UUID]:
    """The reports that may become cases of their own: follow-ups of a case that is not over."""
    return set() if state in SETTLED else set(queries.linked(session, case_id)[1:])


def split(
    session: Session,
    case_id: UUID,
    report_id: UUID,
    *,
    by: Actor,
    reason: str | None,
    expected: int | None = None,
) -> FaultCase:
    """The new case, as the report told it. The report keeps its number, text and photos.

    Raises:
        CannotSplit: the report that opened the case, or a case that is over.
    """
    case = take(session, case_id, by=by, expected=expected)
    if not (reason and reason.strip()):
        raise ReasonMissing
    report = queries.report(session, report_id)
    if report is None or report_id not in splittable(session, case.id, CaseState(case.state)):
        raise CannotSplit
    new = _open_case(session, case, report, by=by)
    queries.move_link(session, report.id, case.id, new.id)
    queries.touch(session, case.id, by=by.id)
    told = {"report_id": report.id, "report_no": report.report_no}
    here = told | {"into_case_id": new.id, "into_case_no": new.case_no}
    there = told | {"from_case_id": case.id, "from_case_no": case.case_no}
    for target, action, after in ((case, "case.split", here), (new, "case.split_from", there)):
        record(session, action, "fault_case", target.id, by=by, after=after, reason=reason)
        announce(session, target, "case.changed", by=by, changed=["reports"])
    return new


def _open_case(session: Session, case: FaultCase, report: FaultReport, *, by: Actor) -> FaultCase:
    told = report.observed
    occurred_at = _moment(told.get("occurred_at")) or report.captured_at
    place = _place(session, case, told, occurred_at)
    named = told.get("unregistered_desc") or case.unregistered_desc or report.body[:_SUMMARY]
    values: dict[str, Any] = {name: told[name] for name in _TOLD if told.get(name) is not None}
    values |= {name: _moment(told.get(name)) for name in _MOMENTS}
    values.setdefault("severity", _severity(told))
    new = FaultCase(
        case_no=_number(session, place, report),
        facility_id=place.facility_id,
        position_id=place.position_id,
        device_id=place.device_id,
        company_id=report.company_id or case.company_id,
        unregistered_desc=None if place.position_id else named,
        occurred_at=occurred_at,
        reported_at=report.received_at,
        summary=next(iter(report.body.splitlines()), "")[:_SUMMARY],
        created_by=by.id,
        **values,
    )
    session.add(new)
    session.flush()
    session.refresh(new)
    return new


def _severity(told: dict[str, Any]) -> int:
    effects = map(EnvironmentEffect, told.get("environment_effects", ()))
    return severity_of(OperationEffect(told.get("operation_effect", "none")), list(effects))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _place(session: Session, case: FaultCase, told: dict[str, Any], occurred_at: datetime) -> Place:
    """Where the report was about; a follow-up that names no place was about the case's."""
    position, facility = told.get("position_id"), told.get("facility_id")
    if position is None and facility is None:
        position, facility = case.position_id, case.facility_id
    place = (
        filing.place_of_position(session, UUID(str(position)), day=tokyo_day(occurred_at))
        if position
        else filing.place_of_facility(session, UUID(str(facility)))
    )
    if place is None:
        raise NotFound
    return place


def _number(session: Session, place: Place, report: FaultReport) -> str:
    year = fiscal_year(tokyo_day(report.received_at))
    while True:
        running = filing.next_number(session, facility_id=place.facility_id, fiscal_year=year)
        number = f"{year_mark(year)}-{place.facility_code}-{running:04d}"
        if inbox.case_id_of(session, number) is None:
            return number


def origin(session: Session, case_id: UUID, state: CaseState) -> Row[Any] | None:
    """The case that this one was split from, as long as that may be taken back."""
    found = queries.origin(session, case_id)
    if found is None or state is not CaseState.REPORTED or found.state in SETTLED:
        return None
    if queries.linked(session, case_id) != [found.report_id]:
        return None
    return None if queries.has_responses(session, case_id) else found


def rejoin(session: Session, case_id: UUID, *, by: Actor, expected: int | None = None) -> UUID:
    """Takes a split back; the case it came from. The emptied case stays as merged into it.

    Raises:
        CannotRejoin: when anything has been done with the new case.
    """
    case = take(session, case_id, by=by, expected=expected)
    found = origin(session, case.id, CaseState(case.state))
    if found is None:
        raise CannotRejoin
    target = take(session, found.case_id, by=by)
    queries.move_link(session, found.report_id, case.id, target.id)
    queries.touch(session, target.id, by=by.id)
    changes = {"state": CaseState.MERGED.value, "merged_into_id": target.id}
    apply(session, case, changes, action="case.merged", by=by)
    after = {"report_id": found.report_id, "from_case_id": case.id, "from_case_no": case.case_no}
    record(session, "case.rejoined", "fault_case", target.id, by=by, after=after)
    announce(session, target, "case.changed", by=by, changed=["reports"])
    return target.id
