"""What arrives and what is answered, as JSON. The phones' own contract is in `mobile_api`."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from service.faults.domain import (
    ActionCode,
    ActorType,
    AlarmClass,
    CaseState,
    CauseGroup,
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
from service.faults.work_times import WorkTimes


def _storable(value: str) -> str:
    """PostgreSQL has no text with a NUL in it."""
    if "\x00" in value:
        raise PydanticCustomError("nul_character", "NUL characters cannot be stored")
    return value


def _known_symptom(code: str) -> str:
    if code not in SYMPTOMS:
        raise PydanticCustomError("unknown_symptom", "unknown symptom {code}", {"code": code})
    return code


_STRIPPED = StringConstraints(strip_whitespace=True, max_length=200)
_STRIPPED_LONG = StringConstraints(strip_whitespace=True, max_length=10_000)
ShortText = Annotated[str, _STRIPPED, AfterValidator(_storable)]
LongText = Annotated[str, _STRIPPED_LONG, AfterValidator(_storable)]
SymptomCode = Annotated[str, AfterValidator(_known_symptom)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Severity = Annotated[int, Field(ge=1, le=4)]
Yen = Annotated[int, Field(ge=0, le=10**12)]
Minutes = Annotated[int, Field(ge=0, le=10**6)]
Measured = Annotated[float, Field(allow_inf_nan=False)]


class ReportCreate(WorkTimes, BaseModel):
    """A report as the reporter wrote it.

    ``id`` is minted where it is written (UUIDv7), so that sending it twice is one report. It
    names a position, describes a thing that the ledger does not know, or follows up or corrects
    what has been reported; only then may symptoms be missing.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    position_id: UUID | None = None
    facility_id: UUID | None = None
    unregistered_desc: ShortText | None = None
    case_id: UUID | None = None
    follows_report_id: UUID | None = None
    corrects_report_id: UUID | None = None
    kind: ReportKind = ReportKind.FIRST
    occurred_at: AwareDatetime
    occurred_precision: OccurredPrecision = OccurredPrecision.EXACT
    found_at: AwareDatetime | None = None
    captured_at: AwareDatetime
    device_clock: AwareDatetime | None = None
    detection: Detection = Detection.OTHER
    alarm_class: AlarmClass | None = None
    alarm_text: ShortText | None = None
    symptoms: Annotated[list[SymptomCode], Field(min_length=1, max_length=len(SYMPTOMS))] = []
    operation_effect: OperationEffect = OperationEffect.NONE
    environment_effects: Annotated[list[EnvironmentEffect], Field(max_length=5)] = []
    severity: Severity | None = None
    body: LongText = ""
    temporary_action: LongText | None = None
    measured_values: Annotated[dict[ShortText, Measured], Field(max_length=30)] = {}
    announced_photos: Annotated[list[Sha256], Field(max_length=30)] = []
    entry_mode: EntryMode = EntryMode.TYPED
    scanned_tag_id: UUID | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=1e6)] | None = None
    rain_mm_h: Annotated[float, Field(ge=0, le=500)] | None = None
    stop_from: AwareDatetime | None = None
    reporter_name: ShortText | None = None
    reporter_contact: ShortText | None = None
    company_id: UUID | None = None


class ReportFiled(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    report_id: UUID
    report_no: str
    case_id: UUID
    case_no: str
    state: CaseState
    is_new: bool
    after_contract: bool = False


class ResponseCreate(BaseModel):
    """What was done about a case. ``supersedes_id`` names the record that this one corrects."""

    model_config = ConfigDict(extra="forbid")

    kind: ResponseKind
    actor_type: ActorType = ActorType.STAFF
    actor_name: ShortText | None = None
    company_id: UUID | None = None
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    work_minutes: Minutes | None = None
    action_code: ActionCode = ActionCode.OTHER
    description: Annotated[LongText, Field(min_length=1)]
    cost_yen: Yen | None = None
    tax_included: bool | None = None
    expenditure_class: ExpenditureClass | None = None
    budget_item: ShortText | None = None
    contract_ref: ShortText | None = None
    prevention: LongText | None = None
    rollout: LongText | None = None
    supersedes_id: UUID | None = None


class DecisionGiven(BaseModel):
    """承認 or 差戻し; a return and a decision in somebody's place need a comment."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["approved", "returned"]
    comment: LongText | None = None


class Commented(BaseModel):
    model_config = ConfigDict(extra="forbid")

    comment: LongText | None = None


class CaseChange(BaseModel):
    """What staff correct or judge on a case; only what is given changes."""

    model_config = ConfigDict(extra="forbid")

    urgency: Urgency | None = None
    severity: Severity | None = None
    cause_group: CauseGroup | None = None
    mechanism: ShortText | None = None
    counts_as_failure: bool | None = None
    temporary_fix: bool | None = None
    stop_from: AwareDatetime | None = None
    stop_to: AwareDatetime | None = None
    company_id: UUID | None = None
    position_id: UUID | None = None
    summary: ShortText | None = None
    reason: ShortText | None = None

    @model_validator(mode="after")
    def _keeps_what_must_be(self) -> Self:
        """A judgement may be taken back; a mark is either set or not."""
        for name in ("counts_as_failure", "temporary_fix", "position_id", "summary"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise PydanticCustomError("not_null", "{name} cannot be null", {"name": name})
        return self


class Reasoned(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: ShortText | None = None


class Wait(Reasoned):
    wait_reason: WaitReason


class Resolve(Reasoned):
    """``no_downtime`` says that the equipment never stopped; otherwise both times are needed."""

    stop_from: AwareDatetime | None = None
    stop_to: AwareDatetime | None = None
    no_downtime: bool = False


class Submission(Resolve):
    """起案. 事後決裁 (acted first, approved later) needs its reason."""

    post_facto: bool = False


class Merge(Reasoned):
    into_id: UUID


class CaseRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    case_no: str
    state: CaseState
    wait_reason: WaitReason | None
    state_reason: str | None
    urgency: Urgency | None
    severity: int | None
    facility_id: UUID
    facility_name: str
    position_id: UUID | None
    position_name: str | None
    device_id: UUID | None
    company_id: UUID | None
    company_name: str | None
    unregistered_desc: str | None
    occurred_at: datetime
    occurred_precision: OccurredPrecision
    found_at: datetime | None
    reported_at: datetime
    detection: Detection
    alarm_class: AlarmClass | None
    alarm_text: str | None
    symptoms: list[str]
    summary: str
    operation_effect: OperationEffect
    environment_effects: list[EnvironmentEffect]
    rain_mm_h: float | None
    mechanism: str | None
    cause_group: CauseGroup | None
    counts_as_failure: bool
    temporary_fix: bool
    merged_into_id: UUID | None
    stop_from: datetime | None
    stop_to: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    version: int


class ReportRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    report_no: str
    kind: ReportKind
    company_id: UUID | None
    company_name: str | None
    reporter_name: str
    body: str
    temporary_action: str | None
    observed: dict[str, object]
    measured_values: dict[str, object]
    announced_photos: list[str]
    captured_at: datetime
    device_clock: datetime | None
    received_at: datetime
    entry_mode: EntryMode
    scanned_tag_id: UUID | None
    after_contract: bool
    case_ids: list[UUID]


class ResponseRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    case_id: UUID
    seq: int
    kind: ResponseKind
    actor_type: ActorType
    actor_name: str
    company_id: UUID | None
    started_at: datetime | None
    ended_at: datetime | None
    work_minutes: int | None
    action_code: ActionCode
    description: str
    cost_yen: int | None
    tax_included: bool | None
    expenditure_class: ExpenditureClass | None
    budget_item: str | None
    contract_ref: str | None
    prevention: str | None
    rollout: str | None
    supersedes_id: UUID | None
    created_at: datetime


class ApprovalRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    route_step: int
    role: str
    decision: str
    decided_by: UUID
    decided_by_name: str
    decided_at: datetime
    comment: str | None
    post_facto: bool
