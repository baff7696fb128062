from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from service.core.tables import (
    Versioned,
    document,
    documents,
    instant,
    one_of,
    optional_document,
)


class JobState(StrEnum):
    """``arrived``, ``applying`` and ``undoing`` wait for the worker; the others for a person."""

    ARRIVED = "arrived"
    PLANNED = "planned"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    ABANDONED = "abandoned"
    FAILED = "failed"


class Outcome(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    NEEDS_DECISION = "needs_decision"


class ImportJob(Versioned, table=True):
    """One file on its way into the registry.

    ``options`` are the decisions (`importers.decisions.Decisions`), ``questions`` what is still to
    be decided, ``wanted`` what the worker was asked for and by whom, ``problem`` why the last step
    failed: a code, a sentence and its parameters.
    """

    __tablename__ = "import_job"
    __table_args__ = (one_of("state", JobState), Index("ix_import_job_sha256", "sha256"))

    source: str
    file_name: str
    sha256: str
    size_bytes: int = Field(sa_type=BigInteger)
    file_key: str | None = Field(default=None, description="Where the store keeps the file")
    mapping_id: UUID | None = Field(default=None, foreign_key="import_mapping.id")
    continues_id: UUID | None = Field(
        default=None, foreign_key="import_job.id", description="Whose error workbook this is"
    )
    detected_encoding: str | None = None
    options: dict[str, Any] = document()
    notes: dict[str, Any] = document()
    counts: dict[str, Any] = document()
    questions: list[Any] = documents()
    wanted: dict[str, Any] | None = optional_document()
    problem: dict[str, Any] | None = optional_document()
    plan_hash: str | None = None
    state: str = Field(default=JobState.PLANNED, sa_column_kwargs={"server_default": "planned"})
    applied_at: datetime | None = instant(optional=True)
    undone_at: datetime | None = instant(optional=True)


class ImportRow(SQLModel, table=True):
    """One row of the file: what it said, what it became, and what the plan does with it.

    「No.1～4」 makes several of one row: ``part_no`` counts them. ``records`` are the ids of all
    records that the row creates or changes; ``kept`` is what an undo had to leave, and why.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        one_of("outcome", Outcome),
        Index("ix_import_row_job_id_outcome_row_no", "job_id", "outcome", "row_no"),
        Index("ix_import_row_records", "records", postgresql_using="gin"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    job_id: UUID = Field(foreign_key="import_job.id", ondelete="CASCADE")
    table_no: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    sheet: str | None = None
    row_no: int
    part_no: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    raw: dict[str, Any] = document()
    normalised: dict[str, Any] | None = optional_document()
    outcome: str
    target_type: str | None = None
    target_id: UUID | None = None
    target_version: int | None = None
    changes: dict[str, Any] | None = optional_document()
    prior: dict[str, Any] | None = optional_document()
    records: list[UUID] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    )
    kept: list[Any] | None = optional_document()
    messages: list[Any] = documents()


class ImportMapping(Versioned, table=True):
    """How a ledger with these headers was read last time, to be read so again next year."""

    __tablename__ = "import_mapping"

    signature: str = Field(unique=True, description="Digest of the header names of all tables")
    name: str
    decisions: dict[str, Any] = document()
    used_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    used_at: datetime | None = instant(optional=True)


class ImportProgress(SQLModel, table=True):
    """How far the worker has come; written outside its transaction so that people can see it."""

    __tablename__ = "import_progress"

    job_id: UUID = Field(foreign_key="import_job.id", primary_key=True, ondelete="CASCADE")
    phase: str
    done: int = 0
    total: int = 0
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    cancel_requested: bool = Field(
        default=False, sa_column_kwargs={"server_default": text("false")}
    )
    updated_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )
