"""Devices registered twice: what may be sent, what is answered."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from service.registry.schemas.life import Reason


class MergeCreate(BaseModel):
    """``absorbed_id`` is the device whose records go to the other; its number goes along."""

    model_config = ConfigDict(extra="forbid")

    absorbed_id: UUID
    reason: Reason


class MergeUndo(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


class Distinction(BaseModel):
    """Two devices that look like one and are two."""

    model_config = ConfigDict(extra="forbid")

    other_id: UUID
    reason: Reason


class MergeRead(BaseModel):
    id: UUID
    kept_id: UUID
    kept_code: str
    absorbed_id: UUID
    absorbed_code: str
    reason: str
    moved_count: int
    merged_at: datetime
    undone_at: datetime | None


class DuplicateRead(BaseModel):
    """Two devices that may be one, and what speaks for it."""

    one_id: UUID
    one_code: str
    other_id: UUID
    other_code: str
    sign: str
    detail: str
