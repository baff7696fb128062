from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from service.attachments.domain import AttachmentKind, MaskReason
from service.core.clock import now
from service.core.tables import INSTANT, Keyed, instant, one_of


class Attachment(Keyed, table=True):
    """One file that belongs to exactly one record. Bytes live in the store under their hash."""

    __tablename__ = "attachment"
    __table_args__ = (
        one_of("kind", AttachmentKind),
        CheckConstraint(
            "num_nonnulls(report_id, response_id, position_id, device_id, facility_id, model_id)"
            " = 1",
            name="owner",
        ),
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        UniqueConstraint("report_id", "sha256"),
        Index("ix_attachment_response_id", "response_id"),
        Index("ix_attachment_position_id", "position_id"),
        Index("ix_attachment_model_id", "model_id"),
        Index("ix_attachment_sha256", "sha256"),
    )

    report_id: UUID | None = Field(default=None, foreign_key="fault_report.id")
    response_id: UUID | None = Field(default=None, foreign_key="response_record.id")
    position_id: UUID | None = Field(default=None, foreign_key="position.id")
    device_id: UUID | None = Field(default=None, foreign_key="device.id")
    facility_id: UUID | None = Field(default=None, foreign_key="facility.id")
    model_id: UUID | None = Field(default=None, foreign_key="device_model.id")
    company_id: UUID | None = Field(default=None, foreign_key="company.id")
    kind: str = AttachmentKind.FAULT
    file_name: str
    mime: str
    size_bytes: int = Field(sa_type=BigInteger)
    sha256: str
    width_px: int | None = None
    height_px: int | None = None
    taken_at_exif: str | None = Field(default=None, description="As written in the file; no zone")
    device_clock: datetime | None = instant(optional=True)
    received_at: datetime = Field(default_factory=now, sa_type=INSTANT)
    derived_at: datetime | None = instant(optional=True)


class PhotoMask(Keyed, table=True):
    """Parts of a photo that are hidden. The newest row counts; one without areas lifts it.

    ``areas`` are ``[left, top, width, height]`` in hundredths of the upright picture.
    """

    __tablename__ = "photo_mask"
    __table_args__ = (
        one_of("reason", MaskReason),
        Index("ix_photo_mask_attachment_id", "attachment_id"),
    )

    attachment_id: UUID = Field(foreign_key="attachment.id")
    areas: list[Any] = Field(sa_type=JSONB)
    reason: str = MaskReason.FACE
