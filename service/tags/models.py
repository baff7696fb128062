from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, ExcludeConstraint, Range
from sqlmodel import Field

from service.core.tables import (
    Keyed,
    Versioned,
    document,
    instant,
    one_of,
    optional_document,
)
from service.tags.domain import RunState, TagEventKind, TagState


class QrTag(Versioned, table=True):
    """A tag. A position may carry several; `TagAssignment` and `TagEvent` keep the history.

    ``issued_to_company_id`` is whom a tag of the stock was handed to: only they may bind it.
    """

    __tablename__ = "qr_tag"
    __table_args__ = (
        one_of("state", TagState),
        CheckConstraint("tag_code ~ '^[0-9A-HJKMNP-TV-Z]{9}$'", name="tag_code"),
        CheckConstraint("state <> 'in_use' or position_id is not null", name="in_use"),
        ForeignKeyConstraint(
            ["position_id", "facility_id"], ["position.id", "position.facility_id"], name="position"
        ),
        Index("ix_qr_tag_position_id", "position_id"),
        Index("ix_qr_tag_state_created_at", "state", "created_at"),
    )

    tag_code: str = Field(unique=True)
    position_id: UUID | None = None
    facility_id: UUID | None = None
    state: str = Field(default=TagState.MINTED, sa_column_kwargs={"server_default": "minted"})
    printed_batch: str | None = None
    printed_on: date | None = None
    reprint_wanted_at: datetime | None = instant(optional=True)
    issued_to_company_id: UUID | None = Field(default=None, foreign_key="company.id")
    issued_to: str | None = Field(default=None, description="The person who took it")
    issued_on: date | None = None
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


class TagEvent(Keyed, table=True):
    """One line of a tag's history. ``by_name`` stays readable when the account is gone."""

    __tablename__ = "tag_event"
    __table_args__ = (
        one_of("kind", TagEventKind),
        Index("ix_tag_event_tag_id_created_at", "tag_id", "created_at"),
        Index("ix_tag_event_created_at", "created_at"),
    )

    tag_id: UUID = Field(foreign_key="qr_tag.id")
    kind: str
    position_id: UUID | None = Field(default=None, foreign_key="position.id")
    run_id: UUID | None = Field(default=None, foreign_key="label_run.id")
    company_id: UUID | None = Field(default=None, foreign_key="company.id")
    by_name: str
    note: str | None = None


class LabelPrinter(Versioned, table=True):
    """How far a printer misses on plain sheets; added to what is drawn for it."""

    __tablename__ = "label_printer"
    __table_args__ = (
        CheckConstraint("abs(offset_x_mm) <= 10 and abs(offset_y_mm) <= 10", name="offset"),
    )

    name: str = Field(unique=True)
    offset_x_mm: float = 0.0
    offset_y_mm: float = 0.0


class LabelRun(Versioned, table=True):
    """Labels printed together, in the order of the route.

    ``wanted`` says how (`service.tags.schemas.RunWanted`); the files lie in the store when the
    state is ready. ``heartbeat_at`` tells a worker that died from one that draws.
    """

    __tablename__ = "label_run"
    __table_args__ = (one_of("state", RunState), Index("ix_label_run_state", "state"))

    run_no: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), unique=True)
    )
    wanted: dict[str, Any] = document()
    tag_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    state: str = Field(default=RunState.WAITING, sa_column_kwargs={"server_default": "waiting"})
    done: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    heartbeat_at: datetime | None = instant(optional=True)
    pages: int | None = None
    result: dict[str, Any] | None = optional_document()
    problem: dict[str, Any] | None = optional_document()
    by_name: str

    @property
    def total(self) -> int:
        return len(self.tag_ids)
