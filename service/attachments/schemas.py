from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from service.attachments.domain import AttachmentKind, MaskReason


class AttachmentRead(BaseModel):
    """``thumbnail_href`` is null for a file that has no picture (HEIC before conversion, PDF)."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: AttachmentKind
    file_name: str
    mime: str
    size_bytes: int
    sha256: str
    width_px: int | None = None
    height_px: int | None = None
    taken_at_exif: str | None = Field(default=None, description="As written in the file; no zone")
    device_clock: datetime | None = None
    received_at: datetime
    href: str
    thumbnail_href: str | None = None
    screen_href: str | None = None


class AttachmentList(BaseModel):
    items: list[AttachmentRead]


Hundredths = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class MaskArea(BaseModel):
    """A rectangle in hundredths of the upright picture's width and height."""

    model_config = ConfigDict(extra="forbid")

    left: Hundredths
    top: Hundredths
    width: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
    height: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]


class MaskCreate(BaseModel):
    """No areas: the whole photo is shown again."""

    model_config = ConfigDict(extra="forbid")

    areas: list[MaskArea] = Field(default=[], max_length=20)
    reason: MaskReason
