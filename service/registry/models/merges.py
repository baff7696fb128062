from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from service.core.tables import Keyed, document, instant


class DeviceMerge(Keyed, table=True):
    """What one device took over from another, so that it can be given back."""

    __tablename__ = "device_merge"
    __table_args__ = (
        Index(
            "ix_device_merge_standing",
            "absorbed_id",
            unique=True,
            postgresql_where=text("undone_at is null"),
        ),
    )

    kept_id: UUID = Field(foreign_key="device.id", index=True)
    absorbed_id: UUID = Field(foreign_key="device.id")
    reason: str
    moved: dict[str, Any] = document()
    filled: dict[str, Any] = document()
    alias_id: UUID | None = None
    undone_at: datetime | None = instant(optional=True)
    undone_by: UUID | None = None
    undo_reason: str | None = None


class DistinctDevices(Keyed, table=True):
    """Two devices that look like one and are two: they are not proposed again."""

    __tablename__ = "distinct_devices"
    __table_args__ = (
        CheckConstraint("one_id < other_id", name="order"),
        UniqueConstraint("one_id", "other_id"),
    )

    one_id: UUID = Field(foreign_key="device.id")
    other_id: UUID = Field(foreign_key="device.id")
    reason: str
