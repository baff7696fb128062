"""The rows that a report becomes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from service.accounts.actor import Actor
from service.core.i18n.dates import era_year, fiscal_year, tokyo_day
from service.core.identity import new_id
from service.faults.domain import CaseState, ReportKind
from service.faults.filing import Place
from service.faults.schemas import ReportCreate
from service.faults.severity import severity_of

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
WORK = {"arrived_at", "temporary_at", "restored_at", "estimated_times"}


@dataclass(frozen=True)
class Target:
    """What the report is about: a place, and the known case when it follows one up."""

    place: Place
    case_id: UUID | None = None
    case_no: str = ""
    state: CaseState = CaseState.REPORTED
    company_id: UUID | None = None
    late: bool = False


def year_mark(year: int) -> str:
    """R8 for 令和8年度. As `nendo` does it names the year on 1 May, so 2019 is R1."""
    era, count = era_year(date(year, 5, 1)) or (None, year)
    return f"{era.letter if era else ''}{count}"


def report_row(
    new: ReportCreate, target: Target, *, digest: bytes, received: datetime, by: Actor
) -> dict[str, Any]:
    return {
        "id": new.id,
        "created_at": received,
        "created_by": by.id,
        "source_import_id": None,
        "series": f"H{year_mark(fiscal_year(tokyo_day(received)))}-",
        "body_sha256": digest,
        "kind": (ReportKind.CORRECTION if new.corrects_report_id else new.kind).value,
        "company_id": by.company_id or new.company_id,
        "reporter_id": by.id,
        "reporter_name": new.reporter_name or by.name,
        "reporter_contact": new.reporter_contact,
        "body": new.body,
        "temporary_action": new.temporary_action or None,
        "observed": new.model_dump(mode="json", include=OBSERVED, exclude_none=True)
        | new.model_dump(mode="json", include=WORK, exclude_defaults=True),
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
        "corrects_id": new.corrects_report_id,
    }


def case_row(
    new: ReportCreate, target: Target, report: dict[str, Any], *, by: Actor
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
