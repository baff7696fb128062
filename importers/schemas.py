from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import RowMapping

from importers.messages import sentence
from importers.models import ImportJob, JobState, Outcome
from importers.receipt import ApplyMode
from service.core.i18n.locales import Locale


class ImportRead(BaseModel):
    """``counts`` holds the rows of each outcome; ``records`` what an applied import has written."""

    id: UUID
    source: str
    file_name: str
    sha256: str
    size_bytes: int
    detected_encoding: str | None
    state: JobState
    plan_hash: str | None
    counts: dict[str, int]
    records: dict[str, dict[str, int]]
    notes: dict[str, Any]
    questions: list[dict[str, Any]]
    created_at: datetime
    applied_at: datetime | None

    @classmethod
    def of(cls, job: ImportJob) -> Self:
        counts = dict(job.counts)
        records = counts.pop("records", {})
        return cls(
            **job.model_dump(include=cls.model_fields.keys() - {"counts", "records"}),
            counts=counts,
            records=records,
        )


class ImportList(BaseModel):
    items: list[ImportRead]


class MessageRead(BaseModel):
    level: str = Field(description="change, warning, question, conflict or error")
    code: str
    column: str
    sentence: str
    old: str | None = None
    new: str | None = None


class ImportRowRead(BaseModel):
    """One row of the file; ``changes`` is kind → column → [old, new]."""

    sheet: str | None
    row_no: int
    outcome: Outcome
    target_type: str | None
    target_id: UUID | None
    raw: dict[str, str]
    values: dict[str, dict[str, Any]]
    changes: dict[str, Any]
    messages: list[MessageRead]

    @classmethod
    def of(cls, row: RowMapping, locale: Locale) -> Self:
        operations = (row["normalised"] or {}).get("operations", [])
        return cls(
            sheet=row["sheet"],
            row_no=row["row_no"],
            outcome=row["outcome"],
            target_type=row["target_type"],
            target_id=row["target_id"],
            raw=row["raw"],
            values={operation["kind"]: operation["values"] for operation in operations},
            changes=row["changes"] or {},
            messages=[_message(message, locale) for message in row["messages"]],
        )


def _message(message: dict[str, Any], locale: Locale) -> MessageRead:
    return MessageRead(
        level=message["level"],
        code=message["code"],
        column=message["column"],
        sentence=sentence(message, locale),
        old=message.get("old"),
        new=message.get("new"),
    )


class Apply(BaseModel):
    """``plan_hash``, when given, must be that of the plan that was looked at."""

    mode: ApplyMode = ApplyMode.ALL_OR_NOTHING
    plan_hash: str | None = None


class ReceiptRead(BaseModel):
    job_id: UUID
    mode: ApplyMode
    rows: dict[str, int]
    records: dict[str, dict[str, int]]
