"""When somebody came and it ran again, as told by those who were there."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

WorkTime = Literal["arrived", "temporary", "restored"]


class WorkTimes(BaseModel):
    """``estimated_times`` names those that were not read off a clock."""

    arrived_at: AwareDatetime | None = None
    temporary_at: AwareDatetime | None = Field(
        default=None, description="When it ran again for the time being"
    )
    restored_at: AwareDatetime | None = None
    estimated_times: Annotated[list[WorkTime], Field(max_length=3)] = []
