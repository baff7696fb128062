"""The phones' contract, field by field. Fields are only ever added: phones may be months behind."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Credential = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: Credential
    password: Credential
    phone_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""


class SignedIn(BaseModel):
    """``token`` is shown this once; send it as ``Authorization: Bearer``."""

    token: str
    user_id: UUID
    display_name: str
    role: str
    company_id: UUID | None


class Me(BaseModel):
    user_id: UUID
    display_name: str
    role: str
    company_id: UUID | None
    company_name: str | None
    can_report: bool
    server_time: datetime


class TagOfEquipment(BaseModel):
    id: UUID
    code: str
    state: str
    superseded_by: str | None = Field(description="Code of the tag that carries on here")


class PositionRead(BaseModel):
    id: UUID
    code: str
    name: str
    unit_no: str | None
    status: str
    criticality: str
    redundancy: str | None
    health: int | None
    health_judged_on: date | None
    note: str | None
    location: str | None
    version: int


class FacilityOfEquipment(BaseModel):
    id: UUID
    code: str
    name: str
    address: str | None
    hazard_note: str | None
    no_signal_note: str | None


class ClassOfEquipment(BaseModel):
    code: str
    major: str
    middle: str
    minor: str


class DeviceRead(BaseModel):
    id: UUID
    asset_code: str
    serial_no: str | None
    manufacturer: str | None
    model_no: str | None
    installed_from: date | None
    installed_to: date | None
    installed_precision: str | None
    installed_raw: str | None
    in_place_since: date | None
    spec: dict[str, Any]
    spec_raw: str | None


class OpenCase(BaseModel):
    id: UUID
    case_no: str
    state: str
    symptoms: list[str]
    summary: str
    occurred_at: datetime
    occurred_precision: str
    temporary_fix: bool


class EquipmentRead(BaseModel):
    """One position with what sits in it now. ``tag`` is null for a position without a tag."""

    tag: TagOfEquipment | None
    position: PositionRead
    facility: FacilityOfEquipment
    equipment_class: ClassOfEquipment
    symptom_set: list[str]
    device: DeviceRead | None
    open_cases: list[OpenCase]


class FoundPosition(BaseModel):
    id: UUID
    code: str
    name: str
    unit_no: str | None
    location: str | None
    facility_name: str
    tag: str | None


class FoundPositions(BaseModel):
    items: list[FoundPosition]


class FaultReportFiled(BaseModel):
    """The receipt. ``report_id`` is the phone's own id: only then may it forget the report."""

    report_id: UUID
    report_no: str
    case_id: UUID
    case_no: str
    state: str
    after_contract: bool = False
    request_state: str | None = Field(
        default=None, description="Where the city's request stands; null when it took no record"
    )


class PhotoKept(BaseModel):
    """``sha256`` is what was stored: only then may the phone forget the photo."""

    report_id: UUID
    sha256: str
    size_bytes: int
    attachment_id: UUID
    received_at: datetime


class PhotoState(BaseModel):
    sha256: str
    is_received: bool
    attachment_id: UUID | None


class CaseOfReport(BaseModel):
    id: UUID
    case_no: str
    state: str
    wait_reason: str | None
    urgency: str | None
    temporary_fix: bool
    closed_at: datetime | None
    updated_at: datetime


class ResponseOfCase(BaseModel):
    """What was done, without costs."""

    id: UUID
    case_id: UUID
    kind: str
    action_code: str
    description: str
    actor_name: str
    at: datetime


class FaultReportRead(BaseModel):
    id: UUID
    report_no: str
    kind: str
    position_id: UUID | None
    position_name: str | None
    facility_name: str | None
    unregistered_desc: str | None
    reporter_name: str
    body: str
    temporary_action: str | None
    captured_at: datetime
    received_at: datetime
    after_contract: bool
    announced_photos: list[str]
    received_photos: int
    corrects_report_no: str | None = None
    cases: list[CaseOfReport]


class FaultReportDetail(FaultReportRead):
    photos: list[PhotoState]
    responses: list[ResponseOfCase]


class FacilityRead(BaseModel):
    id: UUID
    code: str
    name: str
    facility_type: str
    address: str | None
    hazard_note: str | None
    no_signal_note: str | None
    longitude: float | None
    latitude: float | None
    positions: int
    version: int


class FacilityList(BaseModel):
    items: list[FacilityRead]


class PackPosition(BaseModel):
    id: UUID
    code: str
    name: str
    unit_no: str | None
    class_code: str
    location: str | None
    status: str
    health: int | None
    tags: list[str]
    asset_code: str | None
    model_no: str | None
    serial_no: str | None


class PackClass(BaseModel):
    code: str
    minor: str
    symptom_set: list[str]


class PackCase(BaseModel):
    """An open case, so that "already reported here" and follow-ups work without signal."""

    id: UUID
    case_no: str
    code: str = Field(description="Of the position")
    state: str
    symptoms: list[str]


class FacilityPack(BaseModel):
    """All that a phone needs to work in the facility without signal."""

    facility: FacilityRead
    classes: list[PackClass]
    positions: list[PackPosition]
    open_cases: list[PackCase] = Field(description="Newest first; whole in every answer")
    cursor: str = Field(description="For `changes?since=`")


class Likeness(BaseModel):
    """By which the equipment is recognised; `/attachments/{attachment_id}/thumbnail`."""

    code: str = Field(description="Of the position")
    attachment_id: UUID


class Likenesses(BaseModel):
    items: list[Likeness]


class Changes(BaseModel):
    """Positions changed since the cursor, by facility. Some may be told twice, none is left out."""

    facility_ids: list[UUID] = Field(description="Facilities whose pack is out of date")
    reports: list[UUID] = Field(description="Own reports on whose cases something happened")
    cursor: str
