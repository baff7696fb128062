"""Inspections and part replacements on the wire. In a correction, what is absent stays."""

from datetime import date
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from service.core.errors import Invalid
from service.core.partial_date import Precision
from service.maintenance.domain import InspectionKind, Judgement, read_items, write_item
from service.registry.schemas.changes import Code, Grade, Name, Note, PartialDateWrite, Short
from service.registry.schemas.reads import PartialDateRead

Yen = Annotated[int, Field(ge=0, le=2_000_000_000)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Seq = Annotated[int, Field(ge=1, le=99)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


def _known(day: PartialDateWrite) -> PartialDateWrite:
    if day.precision is Precision.UNKNOWN:
        raise PydanticCustomError("day-unknown", "the day must be known at least roughly")
    return day


Day = Annotated[PartialDateWrite, AfterValidator(_known)]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InspectionItem(_Sent):
    """A figure with its unit, or words; kept as 「電流=12.3 A ○」 says it, so that files can."""

    item: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^=:;＝：；\r\n]+$"
        ),
    ]
    value: Annotated[float, Field(ge=-1e9, le=1e9)] | None = None
    unit: (
        Annotated[str, StringConstraints(max_length=20, pattern=r"^[^\s\d=:;＝：；]\S*$")] | None
    ) = None
    text: (
        Annotated[
            str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^;；\r\n]+$")
        ]
        | None
    ) = None
    judgement: Judgement | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.value is not None and self.text is not None:
            raise PydanticCustomError("value-or-text", "either value or text")
        if self.unit is not None and self.value is None:
            raise PydanticCustomError("unit-without-value", "a unit needs a value")
        return self

    def stored(self) -> dict[str, object]:
        """The form in which a file would bring it, too."""
        (item,) = read_items(write_item(self.model_dump()))
        return item


def _writable(items: list[InspectionItem]) -> list[InspectionItem]:
    for item in items:
        try:
            item.stored()
        except (Invalid, ValueError) as error:
            raise PydanticCustomError("item-unreadable", "an item cannot be written") from error
    return items


Items = Annotated[list[InspectionItem], Field(max_length=60), AfterValidator(_writable)]


class _InspectionFacts(_Sent):
    inspector: Name | None = None
    company_code: Code | None = None
    result: Judgement | None = None
    health: Grade | None = None
    health_basis: Note | None = None
    next_due_on: date | None = None
    note: Note | None = None


class InspectionCreate(_InspectionFacts):
    position_id: UUID
    kind: InspectionKind
    inspected: Day
    seq: Seq = 1
    items: Items = []


class _Correction(_Sent):
    NEVER_NULL: ClassVar[frozenset[str]] = frozenset()

    reason: Reason

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


class InspectionCorrection(_Correction, _InspectionFacts):
    NEVER_NULL = frozenset({"kind", "inspected", "seq", "items"})

    kind: InspectionKind | None = None
    inspected: Day | None = None
    seq: Seq | None = None
    items: Items | None = None


class _ReplacementFacts(_Sent):
    part_no: Short | None = None
    done_by: Name | None = None
    company_code: Code | None = None
    cost_yen: Yen | None = None
    case_no: Code | None = None
    note: Note | None = None


class PartReplacementCreate(_ReplacementFacts):
    """``cause`` is why the part was changed."""

    position_id: UUID
    part_name: Name
    quantity: Count = 1
    replaced: Day
    seq: Seq = 1
    cause: Note | None = None


class PartReplacementCorrection(_Correction, _ReplacementFacts):
    NEVER_NULL = frozenset({"part_name", "quantity", "replaced", "seq"})

    part_name: Name | None = None
    quantity: Count | None = None
    replaced: Day | None = None
    seq: Seq | None = None
    cause: Note | None = None


class _Placed(BaseModel):
    id: UUID
    position_id: UUID
    position_code: str
    position_name: str
    facility_code: str
    facility_name: str
    device_id: UUID | None
    asset_code: str | None
    seq: int
    company_code: str | None
    note: str | None
    version: int


class InspectionRead(_Placed):
    kind: str
    inspected: PartialDateRead
    inspector: str | None
    items: list[InspectionItem]
    result: str | None
    health: int | None
    health_basis: str | None
    next_due_on: date | None


class PartReplacementRead(_Placed):
    """``cost_yen`` is told to the city only."""

    part_name: str
    part_no: str | None
    quantity: int
    replaced: PartialDateRead
    done_by: str | None
    cost_yen: int | None
    case_no: str | None
    cause: str | None


class DueRead(BaseModel):
    """The last inspection of its kind says when the next one is due."""

    inspection_id: UUID
    position_id: UUID
    position_code: str
    position_name: str
    facility_code: str
    facility_name: str
    kind: str
    next_due_on: date
    overdue_days: int
    last_inspected: PartialDateRead


class ModelPartCreate(_Sent):
    """``interval_years`` is after how many years the part is usually changed."""

    part_name: Name
    part_no: Short | None = None
    quantity: Count = 1
    interval_years: Annotated[int, Field(ge=1, le=100)] | None = None
    note: Note | None = None


class ModelPartUpdate(_Sent):
    quantity: Count = 1
    interval_years: Annotated[int, Field(ge=1, le=100)] | None = None
    note: Note | None = None


class ModelPartRead(BaseModel):
    """A part of a device's model, as it stands with this device."""

    id: UUID
    model_id: UUID
    part_name: str
    part_no: str | None
    quantity: int
    interval_years: int | None
    note: str | None
    version: int
    last_replaced_on: date | None
    due_on: date | None
