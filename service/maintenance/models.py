from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from service.core.tables import Imported, Versioned, documents, one_of, partial_date_check
from service.maintenance.domain import InspectionKind, Judgement


def _place() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["position_id", "facility_id"], ["position.id", "position.facility_id"], name="position"
    )


class Inspection(Versioned, Imported, table=True):
    """One inspection of what stands in a position; those with a 健全度 are its history.

    The facility is repeated from the position so that row-level security needs no join.
    ``seq`` counts inspections of one kind on one day.
    """

    __tablename__ = "inspection"
    __table_args__ = (
        one_of("kind", InspectionKind),
        one_of("result", Judgement),
        partial_date_check("inspected"),
        CheckConstraint("inspected_from is not null", name="inspected_known"),
        CheckConstraint("health between 1 and 5", name="health"),
        CheckConstraint("seq >= 1", name="seq"),
        _place(),
        UniqueConstraint(
            "position_id",
            "kind",
            "inspected_from",
            "inspected_to",
            "seq",
            name="uq_inspection_position_id_kind_inspected_seq",
        ),
        Index("ix_inspection_inspected_from_id", "inspected_from", "id"),
    )

    facility_id: UUID = Field(index=True)
    position_id: UUID
    device_id: UUID | None = Field(default=None, foreign_key="device.id", index=True)
    kind: str
    inspected_from: date | None = None
    inspected_to: date | None = None
    inspected_precision: str | None = None
    inspected_raw: str | None = None
    seq: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    inspector: str | None = None
    company_id: UUID | None = Field(default=None, foreign_key="company.id")
    items: list[dict[str, Any]] = documents()
    result: str | None = None
    health: int | None = Field(default=None, description="健全度, 5 is good, 1 is stopped")
    health_basis: str | None = None
    next_due_on: date | None = None
    note: str | None = None


class PartReplacement(Versioned, Imported, table=True):
    """A part that was changed. The age of the device goes on: only its renewal restarts it."""

    __tablename__ = "part_replacement"
    __table_args__ = (
        partial_date_check("replaced"),
        CheckConstraint("replaced_from is not null", name="replaced_known"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("cost_yen >= 0", name="cost_yen"),
        CheckConstraint("seq >= 1", name="seq"),
        _place(),
        UniqueConstraint(
            "position_id",
            "part_name",
            "part_no",
            "replaced_from",
            "replaced_to",
            "seq",
            name="uq_part_replacement_position_id_part_replaced_seq",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_part_replacement_replaced_from_id", "replaced_from", "id"),
    )

    facility_id: UUID = Field(index=True)
    position_id: UUID
    device_id: UUID | None = Field(default=None, foreign_key="device.id", index=True)
    part_name: str
    part_no: str | None = None
    quantity: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    replaced_from: date | None = None
    replaced_to: date | None = None
    replaced_precision: str | None = None
    replaced_raw: str | None = None
    seq: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    done_by: str | None = None
    company_id: UUID | None = Field(default=None, foreign_key="company.id")
    cost_yen: int | None = None
    case_id: UUID | None = Field(default=None, foreign_key="fault_case.id", index=True)
    cause: str | None = None
    note: str | None = None


class ModelPart(Versioned, table=True):
    """A part that devices of a model wear out, and after how many years it is usually changed."""

    __tablename__ = "model_part"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("interval_years between 1 and 100", name="interval_years"),
        UniqueConstraint(
            "model_id",
            "part_name",
            "part_no",
            name="uq_model_part_model_id_part",
            postgresql_nulls_not_distinct=True,
        ),
    )

    model_id: UUID = Field(foreign_key="device_model.id")
    part_name: str
    part_no: str | None = None
    quantity: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    interval_years: int | None = None
    note: str | None = None
