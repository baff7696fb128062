from datetime import datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field

from service.citizens.domain import Closing, Topic
from service.core.tables import Keyed, instant, one_of


class CitizenRequest(Keyed, table=True):
    """What somebody told at the public door. ``contact`` is for the staff's eyes only."""

    __tablename__ = "citizen_request"
    __table_args__ = (
        one_of("topic", Topic),
        one_of("closed_as", Closing),
        CheckConstraint("(closed_as is null) = (closed_at is null)", name="closed"),
        Index("ix_citizen_request_created_at", "created_at"),
    )

    receipt_no: str = Field(unique=True)
    topic: str
    place: str
    body: str
    contact: str | None = None
    geom: Any = Field(
        default=None, sa_column=Column(Geometry("POINT", 6668, spatial_index=False), nullable=True)
    )
    case_id: UUID | None = Field(default=None, foreign_key="fault_case.id", index=True)
    closed_as: str | None = None
    closed_at: datetime | None = instant(optional=True)
