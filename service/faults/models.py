from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.core.clock import now
from service.core.tables import (
    INSTANT,
    Imported,
    Keyed,
    Versioned,
    all_of,
    document,
    instant,
    one_of,
    words,
)
from service.faults.domain import (
    ActionCode,
    ActorType,
    AlarmClass,
    ApprovalRole,
    ApprovalTarget,
    CaseState,
    CauseGroup,
    Decision,
    Detection,
    EntryMode,
    EnvironmentEffect,
    ExpenditureClass,
    OccurredPrecision,
    OperationEffect,
    ReportKind,
    ResponseKind,
    Urgency,
    WaitReason,
)
from service.faults.symptoms import SYMPTOMS
from service.registry.models.searched import search_indexes, search_text_of

_SYMPTOM_CODES = ", ".join(f"'{code}'" for code in SYMPTOMS)


class FaultCase(Versioned, Imported, table=True):
    """One defect on one position (案件). Several reports may tell of it."""

    __tablename__ = "fault_case"
    __table_args__ = (
        one_of("state", CaseState),
        one_of("wait_reason", WaitReason),
        one_of("occurred_precision", OccurredPrecision),
        one_of("detection", Detection),
        one_of("alarm_class", AlarmClass),
        one_of("operation_effect", OperationEffect),
        one_of("urgency", Urgency),
        one_of("cause_group", CauseGroup),
        all_of("environment_effects", EnvironmentEffect),
        CheckConstraint(f"symptoms <@ array[{_SYMPTOM_CODES}]::text[]", name="symptoms"),
        CheckConstraint("severity between 1 and 4", name="severity"),
        CheckConstraint(
            "position_id is not null or unregistered_desc is not null", name="position_or_desc"
        ),
        CheckConstraint(
            "stop_from is null or stop_to is null or stop_from <= stop_to", name="stop"
        ),
        CheckConstraint("(state = 'merged') = (merged_into_id is not null)", name="merged"),
        CheckConstraint("(state = 'waiting') = (wait_reason is not null)", name="waiting"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
        Index("ix_fault_case_position_id_occurred_at", "position_id", "occurred_at"),
        Index("ix_fault_case_facility_id", "facility_id"),
        Index("ix_fault_case_device_id", "device_id"),
        Index("ix_fault_case_company_id", "company_id"),
        Index("ix_fault_case_occurred_at_id", "occurred_at", "id"),
        Index("ix_fault_case_reported_at_id", "reported_at", "id"),
        *search_indexes("fault_case"),
        Index(
            "ix_fault_case_open",
            "state",
            postgresql_where=text("state not in ('closed', 'merged', 'dismissed')"),
        ),
    )

    case_no: str = Field(unique=True)
    facility_id: UUID = Field(foreign_key="facility.id")
    position_id: UUID | None = Field(default=None, foreign_key="position.id")
    device_id: UUID | None = Field(default=None, foreign_key="device.id")
    company_id: UUID | None = Field(
        default=None, foreign_key="company.id", description="The contractor whose case this is"
    )
    unregistered_desc: str | None = None
    occurred_at: datetime = instant()
    occurred_precision: str = OccurredPrecision.EXACT
    found_at: datetime | None = instant(optional=True)
    reported_at: datetime = instant()
    detection: str = Detection.OTHER
    alarm_class: str | None = None
    alarm_text: str | None = None
    symptoms: list[str] = words()
    summary: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    operation_effect: str = OperationEffect.NONE
    environment_effects: list[str] = words()
    severity: int | None = None
    urgency: str | None = None
    rain_mm_h: Decimal | None = None
    mechanism: str | None = None
    cause_group: str | None = None
    counts_as_failure: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    merged_into_id: UUID | None = Field(default=None, foreign_key="fault_case.id", index=True)
    state: str = Field(default=CaseState.REPORTED, sa_column_kwargs={"server_default": "reported"})
    state_reason: str | None = None
    wait_reason: str | None = None
    temporary_fix: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    stop_from: datetime | None = instant(optional=True)
    stop_to: datetime | None = instant(optional=True)
    closed_at: datetime | None = instant(optional=True)
    search_text: str | None = Field(
        default=None,
        sa_column=search_text_of("case_no", "summary", "unregistered_desc", "alarm_text"),
    )


class FaultReport(Keyed, Imported, table=True):
    """A document from a contractor (故障報告). It never changes; a follow-up is a new report.

    ``observed`` is the fault as this report told it (place, time, symptoms, effects); the case may
    be corrected later.
    """

    __tablename__ = "fault_report"
    __table_args__ = (
        one_of("kind", ReportKind),
        one_of("entry_mode", EntryMode),
        UniqueConstraint("report_no"),
        Index("ix_fault_report_company_id_received_at", "company_id", "received_at"),
        Index("ix_fault_report_received_at_id", "received_at", "id"),
        *search_indexes("fault_report"),
    )

    report_no: str
    body_sha256: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    kind: str = ReportKind.FIRST
    company_id: UUID | None = Field(default=None, foreign_key="company.id")
    reporter_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    reporter_name: str
    reporter_contact: str | None = None
    body: str
    temporary_action: str | None = None
    observed: dict[str, Any] = document()
    measured_values: dict[str, Any] = document()
    announced_photos: list[str] = words()
    captured_at: datetime = instant()
    device_clock: datetime | None = instant(optional=True)
    received_at: datetime = Field(default_factory=now, sa_type=INSTANT)
    entry_mode: str = EntryMode.TAG
    scanned_tag_id: UUID | None = Field(default=None, foreign_key="qr_tag.id")
    geo_fix: Any = Field(
        default=None, sa_column=Column(Geometry("POINT", 6668, spatial_index=False), nullable=True)
    )
    geo_accuracy_m: float | None = None
    after_contract: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    search_text: str | None = Field(
        default=None, sa_column=search_text_of("report_no", "body", "temporary_action")
    )
    corrects_id: UUID | None = Field(
        default=None,
        foreign_key="fault_report.id",
        index=True,
        description="The report that this one puts right; both stay as they are",
    )


class CaseReport(SQLModel, table=True):
    """Which report tells of which case; several of either."""

    __tablename__ = "case_report"

    case_id: UUID = Field(primary_key=True, foreign_key="fault_case.id")
    report_id: UUID = Field(primary_key=True, foreign_key="fault_report.id", index=True)
    linked_at: datetime = Field(default_factory=now, sa_type=INSTANT)


class ResponseRecord(Keyed, Imported, table=True):
    """What was done about a case. Rows are only added; a correction supersedes an earlier row."""

    __tablename__ = "response_record"
    __table_args__ = (
        one_of("kind", ResponseKind),
        one_of("actor_type", ActorType),
        one_of("action_code", ActionCode),
        one_of("expenditure_class", ExpenditureClass),
        UniqueConstraint("case_id", "seq"),
        UniqueConstraint("supersedes_id"),
        CheckConstraint(
            "started_at is null or ended_at is null or started_at <= ended_at", name="times"
        ),
        CheckConstraint("cost_yen >= 0", name="cost_yen"),
        *search_indexes("response_record"),
    )

    case_id: UUID = Field(foreign_key="fault_case.id")
    seq: int
    kind: str
    actor_type: str = ActorType.STAFF
    actor_name: str
    company_id: UUID | None = Field(default=None, foreign_key="company.id")
    started_at: datetime | None = instant(optional=True)
    ended_at: datetime | None = instant(optional=True)
    work_minutes: int | None = None
    action_code: str = ActionCode.OTHER
    description: str
    cost_yen: int | None = None
    tax_included: bool | None = None
    expenditure_class: str | None = None
    budget_item: str | None = None
    contract_ref: str | None = None
    prevention: str | None = None
    rollout: str | None = None
    supersedes_id: UUID | None = Field(default=None, foreign_key="response_record.id")
    search_text: str | None = Field(
        default=None,
        sa_column=search_text_of("description", "prevention", "rollout", "contract_ref"),
    )


class Approval(Keyed, table=True):
    """One decision on a route (決裁), with the hash of what was approved."""

    __tablename__ = "approval"
    __table_args__ = (
        one_of("target_type", ApprovalTarget),
        one_of("role", ApprovalRole),
        one_of("decision", Decision),
        CheckConstraint(
            "decision not in ('returned', 'proxy') or comment is not null", name="comment"
        ),
        Index("ix_approval_target", "target_type", "target_id"),
    )

    target_type: str
    target_id: UUID
    route_step: int
    role: str
    decision: str
    decided_by: UUID = Field(foreign_key="user_account.id")
    decided_at: datetime = instant()
    comment: str | None = None
    post_facto: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    content_hash: bytes
    request_id: UUID | None = Field(default=None, foreign_key="approval_request.id", index=True)


class CaseNumber(SQLModel, table=True):
    """The last running number of a facility in a fiscal year."""

    __tablename__ = "case_number"

    facility_id: UUID = Field(primary_key=True, foreign_key="facility.id")
    fiscal_year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last_no: int
