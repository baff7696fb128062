from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from service.tags.domain import TagState

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


OutOfUse = Literal[TagState.RETIRED, TagState.DAMAGED, TagState.LOST, TagState.SUPERSEDED]


class TagRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    tag_code: str
    state: TagState
    position_id: UUID | None
    facility_id: UUID | None
    printed_batch: str | None
    printed_on: date | None
    material: str | None
    created_at: datetime
    version: int


class TagList(BaseModel):
    items: list[TagRead]


class Mint(BaseModel):
    """Without a facility: for every position of the city that has no tag in use."""

    model_config = ConfigDict(extra="forbid")

    facility_code: str | None = None


class MintResult(BaseModel):
    minted: int


class Bind(BaseModel):
    model_config = ConfigDict(extra="forbid")

    position_id: UUID


class Retire(BaseModel):
    """``state`` says why the tag leaves use."""

    model_config = ConfigDict(extra="forbid")

    state: OutOfUse = TagState.RETIRED
    reason: Reason | None = None
