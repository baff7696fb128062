from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from service.core.tables import Keyed, document, instant


class RegistryHistory(SQLModel, table=True):
    """What a record of the register said until ``superseded_at``; PostgreSQL writes it itself."""

    __tablename__ = "registry_history"
    __table_args__ = (
        Index("ix_registry_history_record", "table_name", "record_id", "superseded_at"),
        Index("ix_registry_history_superseded_at", "superseded_at", "table_name"),
        Index(
            "ix_registry_history_out_of_use",
            "record_id",
            "superseded_at",
            postgresql_where=text(
                "table_name = 'position'"
                " and content->>'status' = any (array['suspended', 'abolished'])"
            ),
        ),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    table_name: str
    record_id: UUID
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    superseded_at: datetime = instant()
    superseded_by: UUID | None = None


class LedgerClosing(Keyed, table=True):
    """A year-end ledger (年度末台帳) that can be written again byte for byte.

    ``closed_on`` is the day that it tells of, ``known_at`` what was known when it was closed;
    ``digests`` are the SHA-256 of its files by ledger. Rows are only added.
    """

    __tablename__ = "ledger_closing"

    fiscal_year: int = Field(index=True)
    closed_on: date
    known_at: datetime = instant()
    digests: dict[str, Any] = document()
    note: str | None = None
