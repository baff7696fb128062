"""What may be sent about the events of equipment's life."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from service.registry.domain import InstallationKind, Lifecycle, RetiredReason

Work = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class _Event(BaseModel):
    """``work_ref`` names the contract or works (工事名) on which the event rests."""

    model_config = ConfigDict(extra="forbid")

    work_ref: Work | None = None
    reason: Reason | None = None


class InstallationCreate(_Event):
    """``ends_on`` is the first day without the device; only a temporary stay knows it before."""

    device_id: UUID
    starts_on: date
    ends_on: date | None = None
    kind: InstallationKind = InstallationKind.NEW

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends_on is not None and self.ends_on <= self.starts_on:
            raise PydanticCustomError("ends-before-start", "ends_on must be after starts_on")
        return self


class Replacement(_Event):
    """The device in place leaves on the day on which another takes over."""

    device_id: UUID
    replaced_on: date
    retired_reason: RetiredReason | None = RetiredReason.RENEWED
    kind: InstallationKind = InstallationKind.RENEWAL


class Removal(_Event):
    """Without a ``retired_reason`` the device is kept as a spare (予備品)."""

    removed_on: date
    retired_reason: RetiredReason | None


class Relocation(_Event):
    """The device in place goes to another position, perhaps of another facility."""

    to_position_id: UUID
    moved_on: date
    kind: InstallationKind = InstallationKind.RELOCATION


class Overhaul(_Event):
    """長寿命化対策: the device's age starts again. A change of parts is none."""

    overhauled_on: date


class StatusChange(_Event):
    """休止, 廃止 or 再開 of a position. Abolishing takes the device in place out, too."""

    status: Lifecycle
    changed_on: date
    retired_reason: RetiredReason | None = Field(
        default=RetiredReason.ABOLISHED, description="null keeps the device as a spare"
    )


class StayCorrection(_Event):
    """A stay that was entered wrongly. It needs a reason; what is absent stays."""

    starts_on: date | None = None
    ends_on: date | None = None
    kind: InstallationKind | None = None
    reason: Reason


class Withdrawal(BaseModel):
    """A stay that never was is taken out of the register."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
