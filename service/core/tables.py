"""Building blocks of tables: keys, versions, partial dates, closed sets of words."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text
from sqlmodel import Field, SQLModel

from service.core.clock import now
from service.core.identity import new_id
from service.core.partial_date import PartialDate, Precision


class Keyed(SQLModel):
    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(
        default_factory=now,
        sa_type=DateTime(timezone=True),  # type: ignore[call-overload]
        sa_column_kwargs={"server_default": func.now()},
        nullable=False,
    )
    created_by: UUID | None = Field(default=None)


class Versioned(Keyed):
    """A row that people change: ``version`` counts up at every change and is the ETag."""

    updated_at: datetime = Field(
        default_factory=now,
        sa_type=DateTime(timezone=True),  # type: ignore[call-overload]
        sa_column_kwargs={"server_default": func.now(), "onupdate": now},
        nullable=False,
    )
    updated_by: UUID | None = Field(default=None)
    version: int = Field(default=1, nullable=False, sa_column_kwargs={"server_default": "1"})


class Imported(SQLModel):
    """Which import job last set this row's values."""

    source_import_id: UUID | None = Field(default=None, index=True)


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """A CHECK that holds the column to the enum's values (tested against the catalogue)."""
    values = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} in ({values})", name=column)


def timestamp(**kwargs: Any) -> Any:
    return Field(sa_type=DateTime(timezone=True), **kwargs)  # type: ignore[call-overload]


def words(default: str = "{}") -> Any:
    """A text array that is never null."""
    return Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default=default)
    )


def document(default: str = "{}", *, nullable: bool = False) -> Any:
    return Field(
        default_factory=None if nullable else dict,
        default=None if nullable else ...,
        sa_column=Column(JSONB, nullable=nullable, server_default=None if nullable else default),
    )


def partial_date_check(prefix: str) -> CheckConstraint:
    """Both ends or none, in order, and a precision whenever anything is known."""
    known = ", ".join(f"'{p.value}'" for p in Precision)
    return CheckConstraint(
        f"({prefix}_from is null) = ({prefix}_to is null)"
        f" and ({prefix}_from is null or {prefix}_from <= {prefix}_to)"
        f" and ({prefix}_precision is null or {prefix}_precision in ({known}))"
        f" and ({prefix}_from is null or {prefix}_precision is not null)"
        f" and (({prefix}_precision = 'unknown') is not true or {prefix}_from is null)",
        name=f"{prefix}_partial_date",
    )


def partial_date_columns(prefix: str, value: PartialDate | None) -> dict[str, Any]:
    """The four column values of one partial date; all None when the cell was blank."""
    if value is None:
        keys = ("from", "to", "precision", "raw")
        return dict.fromkeys((f"{prefix}_{key}" for key in keys), None)
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


