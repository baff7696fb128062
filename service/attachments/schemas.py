from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from service.attachments.domain import AttachmentKind


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
