"""Other names of equipment: what may be sent, what is answered."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from service.registry.domain import AliasKind
from service.registry.schemas.changes import Name, Note
from service.registry.schemas.life import Reason


class AliasCreate(BaseModel):
    """A day that nobody knows is left out; ``ends_on`` is the first day without the name."""

    model_config = ConfigDict(extra="forbid")

    kind: AliasKind
    name: Name
    starts_on: date | None = None
    ends_on: date | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts_on and self.ends_on and self.ends_on <= self.starts_on:
            raise PydanticCustomError("ends-before-start", "ends_on must be after starts_on")
        return self


class AliasEnd(BaseModel):
    """From ``ends_on`` on the name is no longer in use; search finds it all the same."""

    model_config = ConfigDict(extra="forbid")

    ends_on: date
    reason: Reason | None = None


class AliasRead(BaseModel):
    id: UUID
    position_id: UUID | None
    device_id: UUID | None
    kind: AliasKind
    name: str
    starts_on: date | None
    ends_on: date | None
    note: str | None
