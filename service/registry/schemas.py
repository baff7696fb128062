from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.registry.domain import (
    Criticality,
    DrainageType,
    FacilityType,
    InstallationKind,
    Lifecycle,
    Redundancy,
    RetiredReason,
)

Code = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^\S+$")
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PartialDateRead(BaseModel):
    start: date | None
    end: date | None
    precision: str
    raw: str


class FacilityRead(BaseModel):
    id: UUID
    facility_code: str
    name: str
    facility_type: str
    drainage_type: str | None
    treatment_district: str | None
    address: str | None
    lon: float | None
    lat: float | None
    no_signal_note: str | None
    hazard_note: str | None
    status: str
    position_count: int
    open_case_count: int
    version: int


class PositionRow(BaseModel):
    """One line of the register."""

    id: UUID
    position_code: str
    name: str
    unit_no: str | None
    facility_id: UUID
    facility_code: str
    facility_name: str
    location: str | None
    class_code: str
    class_minor: str
    criticality: str
    status: str
    health: int | None
    asset_code: str | None
    maker: str | None
    model_no: str | None
    installed_raw: str | None
    version: int


class DeviceNow(BaseModel):
    """The device in place, as far as the register knows it."""

    id: UUID
    asset_code: str
    maker: str | None
    model_no: str | None
    serial_no: str | None
    installed: PartialDateRead | None
    manufactured: PartialDateRead | None
    spec: dict[str, Any]
    spec_raw: str | None
    acquired_cost_yen: int | None
    life_years: int | None
    age_years: float | None


class PositionCard(BaseModel):
    """Everything of a position that a page or a phone shows at once."""

    id: UUID
    position_code: str
    name: str
    unit_no: str | None
    facility_id: UUID
    facility_code: str
    facility_name: str
    facility_type: str
    location: str | None
    parent_id: UUID | None
    parent_name: str | None
    class_code: str
    class_major: str
    class_middle: str
    class_minor: str
    standard_life_years: int | None
    target_life_years: int | None
    class_verified: bool
    criticality: str
    redundancy: str | None
    health: int | None
    health_judged_on: date | None
    status: str
    note: str | None
    no_signal_note: str | None
    hazard_note: str | None
    version: int
    device: DeviceNow | None


class InstallationRead(BaseModel):
    """``starts_on`` is null when nobody knows since when; ``ends_on`` is exclusive."""

    id: UUID
    position_id: UUID
    position_code: str
    position_name: str
    facility_name: str
    device_id: UUID
    asset_code: str
    serial_no: str | None
    maker: str | None
    model_no: str | None
    starts_on: date | None
    ends_on: date | None
    starts_estimated: bool
    kind: str
    work_ref: str | None
    retired_reason: str | None


class DeviceRead(BaseModel):
    id: UUID
    asset_code: str
    class_code: str
    class_minor: str
    maker: str | None
    model_no: str | None
    serial_no: str | None
    spec: dict[str, Any]
    spec_raw: str | None
    installed_raw: str | None
    manufactured_raw: str | None
    acquired_cost_yen: int | None
    retired_on: date | None
    retired_reason: str | None
    quality_flags: list[str]
    version: int


class ClassRead(BaseModel):
    id: UUID
    class_code: str
    major: str
    middle: str
    minor: str
    discipline: str
    standard_life_years: int | None
    target_life_years: int | None
    disposal_limit_years: int | None
    maintenance_type: str | None
    symptom_set: list[str]
    source_document: str
    verified: bool
    version: int


class Facet(BaseModel):
    """One choice of a filter and how many rows it leaves."""

    value: str
    label: str
    count: int


class PositionFilter(BaseModel):
    """Conditions of the register; every one narrows the list further."""

    q: str | None = Field(default=None, max_length=200)
    facility: str | None = Field(default=None, description="Facility code")
    facility_type: FacilityType | None = None
    class_code: str | None = None
    middle: str | None = None
    criticality: Criticality | None = None
    status: Lifecycle | None = None
    health: int | None = Field(default=None, ge=1, le=5)


class FacilityCreate(_Change):
    facility_code: Code
    name: Name
    facility_type: FacilityType
    drainage_type: DrainageType | None = None
    treatment_district: Name | None = None
    address: Name | None = None
    lon: float | None = Field(default=None, ge=122, le=154)
    lat: float | None = Field(default=None, ge=20, le=46)
    no_signal_note: Note | None = None
    hazard_note: Note | None = None


class FacilityUpdate(_Change):
    name: Name | None = None
    treatment_district: Name | None = None
    address: Name | None = None
    no_signal_note: Note | None = None
    hazard_note: Note | None = None
    status: Lifecycle | None = None


class PositionCreate(_Change):
    position_code: Code
    facility_code: Code
    class_code: Code
    name: Name
    unit_no: str | None = None
    criticality: Criticality = Criticality.B
    redundancy: Redundancy | None = None
    note: Note | None = None


class PositionUpdate(_Change):
    name: Name | None = None
    unit_no: str | None = None
    criticality: Criticality | None = None
    redundancy: Redundancy | None = None
    health: Literal[1, 2, 3, 4, 5] | None = None
    health_judged_on: date | None = None
    status: Lifecycle | None = None
    note: Note | None = None


class DeviceCreate(_Change):
    asset_code: Code
    class_code: Code
    maker: Name | None = None
    model_no: Name | None = None
    serial_no: str | None = None
    spec_raw: Note | None = None


class InstallationCreate(_Change):
    device_id: UUID
    starts_on: date
    kind: InstallationKind = InstallationKind.NEW
    work_ref: Name | None = None
    reason: Note | None = None


class Replacement(_Change):
    """The device in place leaves on the day on which another takes over."""

    device_id: UUID
    replaced_on: date
    retired_reason: RetiredReason = RetiredReason.RENEWED
    kind: InstallationKind = InstallationKind.RENEWAL
    work_ref: Name | None = None
    reason: Note | None = None


class Removal(_Change):
    removed_on: date
    retired_reason: RetiredReason
    reason: Note | None = None
