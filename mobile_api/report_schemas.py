"""What a phone tells, field by field. Fields are only ever added: phones may be months behind."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from service.faults.schemas import LongText, Measured, Severity, Sha256, ShortText, SymptomCode
from service.faults.work_times import WorkTimes

Effect = Literal["stopped", "reduced", "on_standby", "none"]
Surroundings = Literal["overflow", "discharge", "odour", "noise", "none"]
Precision = Literal["exact", "hour", "day", "estimated"]


class FaultReportCreate(WorkTimes, BaseModel):
    """``id`` is a UUIDv7 minted on the phone. The same id and content again get the same answer."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    position_id: UUID | None = None
    facility_id: UUID | None = None
    unregistered_desc: ShortText | None = None
    position_code: ShortText | None = Field(
        default=None,
        description="Instead of `position_id`, as a pack by columns names the position",
    )
    case_id: UUID | None = Field(default=None, description="The case that this follows up")
    follows_report_id: UUID | None = Field(
        default=None,
        description="Instead of `case_id`, while the phone knows no case: the earlier report",
    )
    corrects_report_id: UUID | None = Field(
        default=None, description="The report that this one puts right; it becomes a `correction`"
    )
    work_request_id: UUID | None = Field(
        default=None,
        description="The city's request that the work was done for; `final` says it is done",
    )
    kind: Literal["first", "follow_up", "final", "correction"] = "first"
    occurred_at: AwareDatetime
    occurred_precision: Precision = "exact"
    found_at: AwareDatetime | None = None
    captured_at: AwareDatetime = Field(description="When it was written on the phone")
    device_clock: AwareDatetime | None = Field(
        default=None, description="The phone's clock when sending; not part of the content"
    )
    detection: Literal[
        "alarm", "patrol", "statutory_inspection", "resident", "operation", "other"
    ] = "other"
    alarm_class: Literal["major", "minor", "none"] | None = None
    alarm_text: ShortText | None = None
    symptoms: Annotated[
        list[SymptomCode],
        Field(min_length=1, max_length=27, description="Left out only by what follows a report"),
    ] = []
    operation_effect: Effect = "none"
    environment_effects: Annotated[list[Surroundings], Field(max_length=5)] = []
    severity: Severity | None = None
    body: LongText = ""
    temporary_action: LongText | None = None
    measured_values: Annotated[dict[ShortText, Measured], Field(max_length=30)] = {}
    announced_photos: Annotated[
        list[Sha256], Field(max_length=30, description="SHA-256 of every photo that will follow")
    ] = []
    entry_mode: Literal["tag", "search", "typed"] = "tag"
    scanned_tag_id: UUID | None = None
    scanned_tag: ShortText | None = Field(
        default=None, description="Instead of `scanned_tag_id`: the code that was scanned"
    )
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=1e6)] | None = None
    rain_mm_h: Annotated[float, Field(ge=0, le=500)] | None = None
    stop_from: AwareDatetime | None = None
    reporter_contact: ShortText | None = None
