"""The things themselves: classes, models, devices and their stays."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlmodel import Field

from service.core.tables import (
    Imported,
    Keyed,
    Versioned,
    document,
    one_of,
    partial_date_check,
    words,
)
from service.registry.domain import (
    Discipline,
    ExposureUnit,
    InstallationKind,
    MaintenanceType,
    RetiredReason,
)
from service.registry.models.searched import search_indexes, search_text_of


class EquipmentClass(Versioned, Imported, table=True):
    """The city's editable master; ``verified`` stays false until an engineer has checked it."""

    __tablename__ = "equipment_class"
    __table_args__ = (
        one_of("discipline", Discipline),
        one_of("maintenance_type", MaintenanceType),
        one_of("exposure_unit", ExposureUnit),
    )

    class_code: str = Field(unique=True)
    major: str
    middle: str
    minor: str
    discipline: str
    standard_life_years: int | None = None
    target_life_years: int | None = None
    disposal_limit_years: int | None = None
    maintenance_type: str | None = None
    symptom_set: list[str] = words()
    iso14224_code: str | None = None
    exposure_unit: str = Field(
        default=ExposureUnit.CALENDAR_YEAR, sa_column_kwargs={"server_default": "calendar_year"}
    )
    source_document: str
    effective_from: date | None = None
    verified: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class DeviceModel(Versioned, Imported, table=True):
    __tablename__ = "device_model"
    __table_args__ = (
        UniqueConstraint("manufacturer", "model_no", postgresql_nulls_not_distinct=True),
    )

    manufacturer: str | None = None
    manufacturer_raw: str | None = None
    manufacturer_company_id: UUID | None = Field(default=None, foreign_key="company.id")
    model_no: str
    spec: dict[str, Any] = document()
    discontinued_on: date | None = None


class Device(Versioned, Imported, table=True):
    """The individual thing with a serial number; `Installation` says where it sat when."""

    __tablename__ = "device"
    __table_args__ = (
        one_of("retired_reason", RetiredReason),
        partial_date_check("manufactured"),
        partial_date_check("installed"),
        CheckConstraint("acquired_cost_yen >= 0", name="acquired_cost_yen"),
        CheckConstraint("merged_into_id <> id", name="merged_into_other"),
        *search_indexes("device"),
        Index("ix_device_installed_from", "installed_from"),
    )

    asset_code: str = Field(unique=True)
    class_id: UUID = Field(foreign_key="equipment_class.id", index=True)
    model_id: UUID | None = Field(default=None, foreign_key="device_model.id", index=True)
    serial_no: str | None = Field(default=None, index=True)
    manufactured_from: date | None = None
    manufactured_to: date | None = None
    manufactured_precision: str | None = None
    manufactured_raw: str | None = None
    installed_from: date | None = Field(default=None, description="When its life here began")
    installed_to: date | None = None
    installed_precision: str | None = None
    installed_raw: str | None = None
    acquired_cost_yen: int | None = None
    acquired_cost_raw: str | None = None
    subsidised: bool | None = None
    fixed_asset_no: str | None = None
    life_override_years: int | None = None
    life_override_reason: str | None = None
    spec: dict[str, Any] = document()
    spec_raw: str | None = None
    overhauled_on: date | None = Field(
        default=None, description="長寿命化: its age counts from this day"
    )
    retired_on: date | None = None
    retired_reason: str | None = None
    merged_into_id: UUID | None = Field(
        default=None,
        foreign_key="device.id",
        index=True,
        description="The same thing under another number, which has its history now",
    )
    quality_flags: list[str] = words()
    alias_names: list[str] = words()
    custom: dict[str, Any] = document()
    note: str | None = None
    search_text: str | None = Field(
        default=None,
        sa_column=search_text_of(
            "asset_code", "serial_no", "spec_raw", "gesuibo.joined(alias_names)"
        ),
    )


class Installation(Keyed, Imported, table=True):
    """Which device sat in which position on which days; half-open, in calendar days of Japan.

    No lower bound means that nobody knows since when.

    The facility is repeated from the position (and held equal to it by the foreign key) so that
    row-level security needs no join.
    """

    __tablename__ = "installation"
    __table_args__ = (
        one_of("kind", InstallationKind),
        CheckConstraint("not isempty(period)", name="period"),
        ForeignKeyConstraint(
            ["position_id", "facility_id"], ["position.id", "position.facility_id"], name="position"
        ),
        ExcludeConstraint(
            ("position_id", "="), ("period", "&&"), name="installation_one_device", using="gist"
        ),
        ExcludeConstraint(
            ("device_id", "="), ("period", "&&"), name="installation_one_position", using="gist"
        ),
        # All that lists ask of a stay: else PostgreSQL takes the slow index of the exclusions.
        Index(
            "ix_installation_position_id",
            "position_id",
            postgresql_include=["device_id", "facility_id", "period"],
        ),
        Index(
            "ix_installation_device_id",
            "device_id",
            postgresql_include=["position_id", "facility_id", "period"],
        ),
    )

    device_id: UUID = Field(foreign_key="device.id")
    position_id: UUID
    facility_id: UUID
    period: Range[date] = Field(sa_column=Column(DATERANGE, nullable=False))
    starts_estimated: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": text("false")},
        description="The ledger does not say the very day: it is the earliest it may have been",
    )
    kind: str = Field(default=InstallationKind.NEW, sa_column_kwargs={"server_default": "new"})
    work_ref: str | None = None
    reason: str | None = None
