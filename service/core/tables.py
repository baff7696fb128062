"""Building blocks of tables: keys, versions, partial dates, closed sets of words."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text
from sqlmodel import Field, SQLModel

from service.core.clock import now
from service.core.identity import new_id
from service.core.partial_date import PartialDate, Precision

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

INSTANT: Any = DateTime(timezone=True)  # SQLModel's `sa_type` is typed for classes only


class Keyed(SQLModel):
    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(
        default_factory=now, sa_type=INSTANT, sa_column_kwargs={"server_default": func.now()}
    )
    created_by: UUID | None = None


class Versioned(Keyed):
    """A row that people change: ``version`` counts up at every change and is the ETag."""

    updated_at: datetime = Field(
        default_factory=now, sa_type=INSTANT, sa_column_kwargs={"server_default": func.now()}
    )
    updated_by: UUID | None = None
    version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})


class Imported(SQLModel):
    """Which import job last set this row's values."""

    source_import_id: UUID | None = Field(default=None, index=True)


def one_of(column: str, choices: type[StrEnum]) -> CheckConstraint:
    """A CHECK that holds the column to the enum's values."""
    values = ", ".join(f"'{choice.value}'" for choice in choices)
    return CheckConstraint(f"{column} in ({values})", name=column)


def all_of(column: str, choices: type[StrEnum]) -> CheckConstraint:
    """A CHECK that holds every element of an array column to the enum's values."""
    values = ", ".join(f"'{choice.value}'" for choice in choices)
    return CheckConstraint(f"{column} <@ array[{values}]::text[]", name=column)


def instant(*, optional: bool = False) -> Any:
    if optional:
        return Field(default=None, sa_type=INSTANT)
    return Field(sa_type=INSTANT)


def words() -> Any:
    """A text array that is never null."""
    return Field(
        default_factory=list,
        sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'")),
    )


def document() -> Any:
    """A JSON object that is never null."""
    return Field(
        default_factory=dict,
        sa_column=Column(JSONB, nullable=False, server_default=text("'{}'")),
    )


def documents() -> Any:
    """A JSON list that is never null."""
    return Field(
        default_factory=list,
        sa_column=Column(JSONB, nullable=False, server_default=text("'[]'")),
    )


def optional_document() -> Any:
    return Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))


def partial_date_check(prefix: str) -> CheckConstraint:
    """Both ends or none, in order, and a precision whenever anything is known."""
    known = ", ".join(f"'{p.value}'" for p in Precision)
    return CheckConstraint(
        f"({prefix}_from is null) = ({prefix}_to is null)"
        f" and ({prefix}_from is null or {prefix}_from <= {prefix}_to)"
        f" and ({prefix}_precision is null or {prefix}_precision in ({known}))"
        f" and ({prefix}_from is not null)"
        f" = (coalesce({prefix}_precision, 'unknown') <> 'unknown')",
        name=f"{prefix}_partial_date",
    )


def partial_date_columns(prefix: str, value: PartialDate | None) -> dict[str, Any]:
    """The four column values of one partial date; all None when the cell was blank."""
    if value is None:
        return {f"{prefix}_{part}": None for part in ("from", "to", "precision", "raw")}
    return {
        f"{prefix}_from": value.start,
        f"{prefix}_to": value.end,
        f"{prefix}_precision": value.precision.value,
        f"{prefix}_raw": value.raw,
    }


def partial_date_of(row: Any, prefix: str) -> PartialDate | None:
    """Reads the four columns back from a table object or a row."""
    precision = getattr(row, f"{prefix}_precision")
    if precision is None:
        return None
    start: date | None = getattr(row, f"{prefix}_from")
    end: date | None = getattr(row, f"{prefix}_to")
    return PartialDate(start, end, Precision(precision), getattr(row, f"{prefix}_raw") or "")
