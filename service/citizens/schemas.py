from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from service.citizens.domain import Closing, Topic


class CitizenReport(BaseModel):
    model_config = ConfigDict(extra="forbid")

    topic: Topic
    place: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    body: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    contact: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None
    longitude: float | None = Field(default=None, ge=122, le=154)
    latitude: float | None = Field(default=None, ge=20, le=46)

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if self.longitude is None or self.latitude is None:
            self.longitude = self.latitude = None
        return self


class CitizenClosing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    closed_as: Closing
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
