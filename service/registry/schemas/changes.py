"""What may be sent to the register. In an update, what is absent stays; null empties."""

from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from service.core.partial_date import PartialDate, Precision
from service.registry.domain import (
    Criticality,
    Discipline,
    DrainageType,
    ExposureUnit,
    FacilityType,
    Lifecycle,
    LocationKind,
    MaintenanceType,
    Redundancy,
)

Code = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^\S+$")
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Grade = Annotated[int, Field(ge=1, le=5)]
Years = Annotated[int, Field(ge=1, le=200)]


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Update(_Change):
    """Columns that are never empty are named in ``NEVER_NULL``."""

    NEVER_NULL: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="after")
    def _keeps_what_must_be(self) -> Self:
        emptied = sorted(
            name for name in self.model_fields_set & self.NEVER_NULL if getattr(self, name) is None
        )
        if emptied:
            raise PydanticCustomError(
                "never-null", "{names} cannot be emptied", {"names": ", ".join(emptied)}
            )
        return self


class PartialDateWrite(_Change):
    start: date | None = None
    end: date | None = None
    precision: Precision
    raw: Short | None = None

    @model_validator(mode="after")
    def _is_a_partial_date(self) -> Self:
        self.value()
        return self

    def value(self) -> PartialDate:
        raw = self.raw or (self.start.isoformat() if self.start else "")
        return PartialDate(self.start, self.end, self.precision, raw)


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


class FacilityUpdate(_Update):
    NEVER_NULL = frozenset({"name", "status"})

    name: Name | None = None
    treatment_district: Name | None = None
    address: Name | None = None
    lon: float | None = Field(default=None, ge=122, le=154)
    lat: float | None = Field(default=None, ge=20, le=46)
    no_signal_note: Note | None = None
    hazard_note: Note | None = None
    status: Lifecycle | None = None

    @model_validator(mode="after")
    def _is_a_point(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise PydanticCustomError("half-a-point", "lon and lat go together")
        return self


class PositionCreate(_Change):
    position_code: Code
    facility_code: Code
    class_code: Code
    location_code: Code | None = Field(default=None, description="Of a place in this facility")
    parent_code: Code | None = Field(default=None, description="Position that this is a part of")
    name: Name
    unit_no: Short | None = None
    criticality: Criticality = Criticality.B
    redundancy: Redundancy | None = None
    impact_score: Grade | None = None
    note: Note | None = None


class PositionUpdate(_Update):
    NEVER_NULL = frozenset({"name", "criticality", "status"})

    name: Name | None = None
    unit_no: Short | None = None
    location_code: Code | None = Field(default=None, description="Of a place in its facility")
    parent_code: Code | None = Field(default=None, description="Position that this is a part of")
    criticality: Criticality | None = None
    redundancy: Redundancy | None = None
    impact_score: Grade | None = None
    health: Grade | None = None
    health_judged_on: date | None = None
    status: Lifecycle | None = None
    note: Note | None = None


class _DeviceFacts(_Change):
    serial_no: Short | None = None
    manufactured: PartialDateWrite | None = None
    installed: PartialDateWrite | None = Field(
        default=None, description="When its life began; the first installation sets it otherwise"
    )
    spec_raw: Note | None = None
    acquired_cost_yen: int | None = Field(default=None, ge=0)
    subsidised: bool | None = None
    fixed_asset_no: Short | None = None
    life_override_years: Years | None = None
    life_override_reason: Note | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _other_life_has_a_reason(self) -> Self:
        if self.life_override_years is not None and not self.life_override_reason:
            raise PydanticCustomError("reason-missing", "life_override_reason is required")
        return self


class DeviceCreate(_DeviceFacts):
    asset_code: Code
    class_code: Code
    maker: Name | None = None
    model_no: Name | None = None

    @model_validator(mode="after")
    def _maker_has_a_model(self) -> Self:
        if self.maker is not None and self.model_no is None:
            raise PydanticCustomError("model-missing", "model_no is required with maker")
        return self


class DeviceUpdate(_DeviceFacts):
    """``maker`` alone changes nothing: it is told with ``model_no``."""

    maker: Name | None = None
    model_no: Name | None = None


class LocationCreate(_Change):
    location_code: Code
    kind: LocationKind
    name: Annotated[Name, StringConstraints(pattern="^[^/]+$")]
    parent_code: Code | None = Field(default=None, description="The place that it is in")


class LocationUpdate(_Change):
    name: Annotated[Name, StringConstraints(pattern="^[^/]+$")]


class ModelUpdate(_Update):
    NEVER_NULL = frozenset({"model_no"})

    manufacturer: Name | None = None
    model_no: Name | None = None
    spec: dict[str, Any] = {}
    discontinued_on: date | None = None


class ClassCreate(_Change):
    class_code: Code
    major: Name
    middle: Name
    minor: Name
    discipline: Discipline
    standard_life_years: Years | None = None
    target_life_years: Years | None = None
    disposal_limit_years: Years | None = None
    maintenance_type: MaintenanceType | None = None
    symptom_set: list[Code] = Field(default=[], max_length=8)
    exposure_unit: ExposureUnit = ExposureUnit.CALENDAR_YEAR
    source_document: Name
    effective_from: date | None = None


class ClassUpdate(_Update):
    NEVER_NULL = frozenset({"source_document", "verified"})

    standard_life_years: Years | None = None
    target_life_years: Years | None = None
    disposal_limit_years: Years | None = None
    maintenance_type: MaintenanceType | None = None
    source_document: Name | None = None
    effective_from: date | None = None
    verified: bool | None = None
