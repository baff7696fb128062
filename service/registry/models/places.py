"""Where equipment stands: facilities, the places inside them, and positions."""

from datetime import date
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlmodel import Field

from service.core.tables import Imported, Versioned, document, one_of, partial_date_check, words
from service.registry.domain import (
    CoordinateAccuracy,
    Criticality,
    DrainageType,
    FacilityType,
    Lifecycle,
    LocationKind,
    Redundancy,
)
from service.registry.models.searched import search_indexes, search_text_of


class Facility(Versioned, Imported, table=True):
    __tablename__ = "facility"
    __table_args__ = (
        one_of("facility_type", FacilityType),
        one_of("drainage_type", DrainageType),
        one_of("coord_accuracy", CoordinateAccuracy),
        one_of("status", Lifecycle),
        partial_date_check("opened"),
        Index("ix_facility_geom", "geom", postgresql_using="gist"),
    )

    facility_code: str = Field(unique=True)
    name: str
    name_kana: str | None = None
    facility_type: str
    drainage_type: str | None = None
    treatment_district: str | None = None
    address: str | None = None
    muni_code: str | None = None
    geom: Any = Field(
        default=None, sa_column=Column(Geometry("POINT", 6668, spatial_index=False), nullable=True)
    )
    coord_raw: str | None = None
    coord_crs: int | None = None
    coord_accuracy: str | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    opened_precision: str | None = None
    opened_raw: str | None = None
    manhole_no: str | None = None
    no_signal_note: str | None = None
    hazard_note: str | None = None
    note: str | None = None
    status: str = Field(default=Lifecycle.IN_USE, sa_column_kwargs={"server_default": "in_use"})


class Location(Versioned, Imported, table=True):
    """A place inside a facility; the tree of trains, buildings, floors and rooms."""

    __tablename__ = "location"
    __table_args__ = (
        one_of("kind", LocationKind),
        UniqueConstraint("facility_id", "location_code"),
        UniqueConstraint("id", "facility_id"),
        ForeignKeyConstraint(
            ["parent_id", "facility_id"], ["location.id", "location.facility_id"], name="parent"
        ),
    )

    facility_id: UUID = Field(foreign_key="facility.id")
    parent_id: UUID | None = Field(default=None, index=True)
    location_code: str
    kind: str
    name: str
    path: str = Field(description="Names from the top down, as people write them: 沈砂池棟/B2F")


class Position(Versioned, Imported, table=True):
    """A functional place, such as No.2汚水ポンプ. The tag belongs here, not to the device."""

    __tablename__ = "position"
    __table_args__ = (
        one_of("criticality", Criticality),
        one_of("redundancy", Redundancy),
        one_of("status", Lifecycle),
        CheckConstraint("impact_score between 1 and 5", name="impact_score"),
        UniqueConstraint("id", "facility_id"),
        ForeignKeyConstraint(
            ["parent_id", "facility_id"], ["position.id", "position.facility_id"], name="parent"
        ),
        ForeignKeyConstraint(
            ["location_id", "facility_id"], ["location.id", "location.facility_id"], name="location"
        ),
        *search_indexes("position"),
        Index("ix_position_facility_id_position_code", "facility_id", "position_code"),
        Index("ix_position_name_position_code", "name", "position_code"),
        Index("ix_position_criticality_position_code", "criticality", "position_code"),
        Index("ix_position_health_position_code", "health", "position_code"),
    )

    position_code: str = Field(unique=True)
    facility_id: UUID = Field(foreign_key="facility.id")
    location_id: UUID | None = Field(default=None, index=True)
    parent_id: UUID | None = Field(default=None, index=True)
    class_id: UUID = Field(foreign_key="equipment_class.id", index=True)
    name: str
    unit_no: str | None = None
    criticality: str = Field(default="B", sa_column_kwargs={"server_default": "B"})
    redundancy: str | None = None
    impact_score: int | None = None
    status: str = Field(default=Lifecycle.IN_USE, sa_column_kwargs={"server_default": "in_use"})
    legacy_codes: list[str] = words()
    alias_names: list[str] = words()
    custom: dict[str, Any] = document()
    health: int | None = Field(default=None, description="Latest 健全度, 5 is good, 1 is stopped")
    health_judged_on: date | None = None
    note: str | None = None
    search_text: str | None = Field(
        default=None,
        sa_column=search_text_of(
            "name",
            "position_code",
            "unit_no",
            "note",
            "gesuibo.joined(legacy_codes)",
            "gesuibo.joined(alias_names)",
        ),
    )
