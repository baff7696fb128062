from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlmodel import Field

from service.core.tables import Keyed, Versioned, instant, one_of
from service.tags.domain import TagState


class QrTag(Versioned, table=True):
    """A printed tag. A position may carry several; `TagAssignment` keeps the history."""

    __tablename__ = "qr_tag"
    __table_args__ = (
        one_of("state", TagState),
        CheckConstraint("tag_code ~ '^[0-9A-HJKMNP-TV-Z]{9}$'", name="tag_code"),
        CheckConstraint("state <> 'in_use' or position_id is not null", name="in_use"),
        ForeignKeyConstraint(
            ["position_id", "facility_id"], ["position.id", "position.facility_id"], name="position"
        ),
        Index("ix_qr_tag_position_id", "position_id"),
    )

    tag_code: str = Field(unique=True)
    position_id: UUID | None = None
    facility_id: UUID | None = None
    state: str = Field(default=TagState.STOCK, sa_column_kwargs={"server_default": "stock"})
    printed_batch: str | None = None
    printed_on: date | None = None
    material: str | None = None
    last_scanned_at: datetime | None = instant(optional=True)
    scan_count: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    dispute_count: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class TagAssignment(Keyed, table=True):
    __tablename__ = "tag_assignment"
    __table_args__ = (
        ExcludeConstraint(
            ("tag_id", "="), ("period", "&&"), name="tag_assignment_one_position", using="gist"
        ),
        Index("ix_tag_assignment_position_id", "position_id"),
    )

    tag_id: UUID = Field(foreign_key="qr_tag.id")
    position_id: UUID = Field(foreign_key="position.id")
    period: Range[date] = Field(sa_column=Column(DATERANGE, nullable=False))
