from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index
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
    PLANNED = "planned"
    APPLIED = "applied"
    UNDONE = "undone"
    ABANDONED = "abandoned"


class Outcome(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    NEEDS_DECISION = "needs_decision"


class ImportJob(Versioned, table=True):
    """One file on its way into the registry."""

    __tablename__ = "import_job"
    __table_args__ = (one_of("state", JobState), Index("ix_import_job_sha256", "sha256"))

    source: str
    file_name: str
    sha256: str
    size_bytes: int = Field(sa_type=BigInteger)
    detected_encoding: str | None = None
    options: dict[str, Any] = document()
    notes: dict[str, Any] = document()
    counts: dict[str, Any] = document()
    plan_hash: str | None = None
    state: str = Field(default=JobState.PLANNED, sa_column_kwargs={"server_default": "planned"})
    applied_at: datetime | None = instant(optional=True)
    undone_at: datetime | None = instant(optional=True)


class ImportRow(SQLModel, table=True):
    """One row of the file: what it said, what it became, and what the plan does with it."""

    __tablename__ = "import_row"
    __table_args__ = (
        one_of("outcome", Outcome),
        Index("ix_import_row_job_id_outcome_row_no", "job_id", "outcome", "row_no"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    job_id: UUID = Field(foreign_key="import_job.id", ondelete="CASCADE")
    sheet: str | None = None
    row_no: int
    raw: dict[str, Any] = document()
    normalised: dict[str, Any] | None = optional_document()
    outcome: str
    target_type: str | None = None
    target_id: UUID | None = None
    target_version: int | None = None
    changes: dict[str, Any] | None = optional_document()
    prior: dict[str, Any] | None = optional_document()
    messages: list[Any] = documents()
