from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Index, func, text
from sqlmodel import Field, SQLModel

from service.audit.domain import Via
from service.core.tables import one_of, optional_document


class AuditEntry(SQLModel, table=True):
    """Who did what to which record. Rows are only ever added."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        one_of("via", Via),
        Index("ix_audit_entry_target", "target_type", "target_id"),
        Index("ix_audit_entry_views", "id", postgresql_where=text("action = 'view'")),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )
    actor_id: UUID | None = None
    actor_name: str
    actor_company_id: UUID | None = None
    via: str
    action: str
    target_type: str
    target_id: str
    before: dict[str, Any] | None = optional_document()
    after: dict[str, Any] | None = optional_document()
    reason: str | None = None
    request_id: str | None = None
    digest: bytes


class AuditSeal(SQLModel, table=True):
    """The hash chain over the entries, in the order in which they were sealed.

    Sealing is a job of its own: chaining inside the writers' transactions would let only one
    of them commit at a time.
    """

    __tablename__ = "audit_seal"

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True))
    entry_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("audit_entry.id"), nullable=False, unique=True)
    )
    hash: bytes
    sealed_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )
