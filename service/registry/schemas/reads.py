"""What the register answers, and the conditions of its lists."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from service.core.partial_date import PartialDate, Precision
from service.registry.domain import Criticality, FacilityType, Lifecycle


class PartialDateRead(BaseModel):
    start: date | None
    end: date | None
    precision: Precision
    raw: str

    def value(self) -> PartialDate:
        return PartialDate(self.start, self.end, self.precision, self.raw)


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
    installed: PartialDateRead | None
    version: int


class DeviceNow(BaseModel):
    """The device in place, as far as the register knows it."""

    id: UUID
    asset_code: str
    maker: str | None
    model_id: UUID | None = None
    model_no: str | None
    serial_no: str | None
    installed: PartialDateRead | None
    manufactured: PartialDateRead | None
    spec: dict[str, Any]
    spec_raw: str | None
    acquired_cost_yen: int | None
    life_years: int | None
    overhauled_on: date | None = None
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
    impact_score: int | None
    health: int | None
    health_judged_on: date | None
    status: str
    note: str | None
    no_signal_note: str | None
    hazard_note: str | None
    custom: dict[str, Any] = {}
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
    model_id: UUID | None = None
    model_no: str | None
    serial_no: str | None
    spec: dict[str, Any]
    spec_raw: str | None
    installed: PartialDateRead | None
    manufactured: PartialDateRead | None
    acquired_cost_yen: int | None
    subsidised: bool | None
    fixed_asset_no: str | None
    life_override_years: int | None
    life_override_reason: str | None
    overhauled_on: date | None
    retired_on: date | None
    retired_reason: str | None
    merged_into_id: UUID | None = None
    quality_flags: list[str]
    custom: dict[str, Any] = {}
    note: str | None
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
    exposure_unit: str
    source_document: str
    effective_from: date | None
    verified: bool
    version: int


class PositionFilter(BaseModel):
    """Conditions of the register; every one narrows the list further."""

    q: str | None = Field(default=None, max_length=200)
    facility: str | None = Field(default=None, description="Facility code")
    facility_type: FacilityType | None = None
    major: str | None = None
    middle: str | None = None
    class_code: str | None = None
    criticality: Criticality | None = None
    status: Lifecycle | None = None
    health: int | None = Field(default=None, ge=1, le=5)
    custom: str | None = Field(
        default=None,
        max_length=1000,
        description="Conditions on fields of the city's own: `label~part`, `label=value`,"
        " `label=from..to`, separated by semicolons",
    )

    def chosen(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True)
