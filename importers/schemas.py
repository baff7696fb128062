from dataclasses import asdict
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import RowMapping

from importers.fields import field_label
from importers.messages import code_sentence, question_sentence, sentence
from importers.models import ImportJob, ImportProgress, JobState, Outcome
from importers.provenance import FieldOrigin
from importers.receipt import ApplyMode, FullReceipt
from service.core.i18n import translate
from service.core.i18n.locales import Locale


class ProgressRead(BaseModel):
    """How far the worker has come; ``total`` is 0 while nobody knows."""

    phase: str = Field(
        description="arrived, reading, interpreting, planning, checking, writing or undoing"
    )
    done: int
    total: int
    cancel_requested: bool
    updated_at: datetime


class ProblemRead(BaseModel):
    """Why the last step was not taken."""

    code: str
    sentence: str

    @classmethod
    def of(cls, problem: dict[str, Any], locale: Locale) -> Self:
        told = translate(problem["message"], locale, **problem["params"])
        return cls(code=problem["code"], sentence=told)


class ImportRead(BaseModel):
    """``counts`` holds the rows of each outcome; ``records`` what an applied import has written.

    The worker has it while ``state`` is arrived, applying or undoing: ask again for ``progress``.
    """

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
    undone: dict[str, Any]
    notes: dict[str, Any]
    decisions: dict[str, Any]
    questions: list[dict[str, Any]]
    progress: ProgressRead | None
    problem: ProblemRead | None
    continues_id: UUID | None
    mapping_id: UUID | None
    version: int
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None

    @classmethod
    def of(cls, job: ImportJob, locale: Locale, progress: ImportProgress | None = None) -> Self:
        counts = dict(job.counts)
        made = {"counts", "records", "undone", "decisions", "progress", "problem", "questions"}
        return cls(
            **job.model_dump(include=cls.model_fields.keys() - made),
            records=counts.pop("records", {}),
            undone=counts.pop("undone", {}),
            counts=counts,
            decisions=job.options,
            questions=[
                {**question, "sentence": question_sentence(question, locale)}
                for question in job.questions
            ],
            progress=ProgressRead.model_validate(progress, from_attributes=True)
            if progress
            else None,
            problem=ProblemRead.of(job.problem, locale) if job.problem else None,
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

    table_no: int
    sheet: str | None
    row_no: int
    part_no: int
    outcome: Outcome
    target_type: str | None
    target_id: UUID | None
    raw: dict[str, str]
    values: dict[str, dict[str, Any]]
    changes: dict[str, Any]
    kept: list[dict[str, str]]
    messages: list[MessageRead]

    @classmethod
    def of(cls, row: RowMapping, locale: Locale) -> Self:
        operations = (row["normalised"] or {}).get("operations", [])
        return cls(
            table_no=row["table_no"],
            sheet=row["sheet"],
            row_no=row["row_no"],
            part_no=row["part_no"],
            outcome=row["outcome"],
            target_type=row["target_type"],
            target_id=row["target_id"],
            raw=row["raw"],
            values={operation["kind"]: operation["values"] for operation in operations},
            changes=row["changes"] or {},
            kept=row["kept"] or [],
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


class Answer(BaseModel):
    """The answer to a question, at the question's ``path``."""

    path: list[str] = Field(min_length=1)
    value: Any


class Decide(BaseModel):
    """``decisions`` are merged into those of the import, member by member; answers follow."""

    decisions: dict[str, Any] = Field(default_factory=dict)
    answers: list[Answer] = Field(default_factory=list)


class ToldRead(BaseModel):
    """How often a rule changed a cell, or a reason was given."""

    level: str
    code: str
    sentence: str
    count: int

    @classmethod
    def of(cls, told: dict[str, Any], locale: Locale) -> Self:
        return cls(**told, sentence=code_sentence(told["level"], told["code"], locale))


class ReceiptRead(BaseModel):
    """What the import did; ``records`` is empty while the state is ``applying``."""

    job_id: UUID
    state: JobState
    mode: ApplyMode
    rows: dict[str, int]
    records: dict[str, dict[str, int]]


class FullReceiptRead(ReceiptRead):
    """``kept`` are rows with records that an undo had to leave, and why."""

    file_name: str
    sha256: str
    source: str
    applied_at: datetime
    applied_by: str | None
    undone_at: datetime | None
    undone: dict[str, Any]
    told: list[ToldRead]
    kept: list[dict[str, Any]]

    @classmethod
    def of(cls, full: FullReceipt, state: str, locale: Locale) -> Self:
        own = {name: getattr(full, name) for name in cls.model_fields if hasattr(full, name)}
        told = [ToldRead.of(row, locale) for row in full.told]
        return cls(**asdict(full.receipt), **(own | {"told": told}), state=JobState(state))


class MappingRead(BaseModel):
    """How ledgers with the same headers were read last."""

    id: UUID
    signature: str
    name: str
    decisions: dict[str, Any]
    used_count: int
    used_at: datetime | None


class MappingList(BaseModel):
    items: list[MappingRead]


class OriginRead(BaseModel):
    """Which import set the present value of a field."""

    field: str
    label: str
    value: Any
    job_id: UUID
    file_name: str
    sheet: str | None
    row_no: int
    at: datetime

    @classmethod
    def of(cls, origin: FieldOrigin, locale: Locale) -> Self:
        return cls(**asdict(origin), label=translate(field_label(origin.field), locale))


class OriginList(BaseModel):
    items: list[OriginRead]
