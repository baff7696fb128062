from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from service.core.tables import Keyed, instant, one_of
from service.work_requests.domain import RecordKind


class WorkRequest(Keyed, table=True):
    """What the city asks of the company that has the case. It never changes."""

    __tablename__ = "work_request"

    case_id: UUID = Field(foreign_key="fault_case.id", index=True)
    facility_id: UUID = Field(foreign_key="facility.id")
    company_id: UUID = Field(foreign_key="company.id", index=True)
    body: str
    due_on: date | None = None
    requested_by_name: str


class WorkRecord(Keyed, table=True):
    """受領, work done, completion: rows are only added."""

    __tablename__ = "work_record"
    __table_args__ = (
        one_of("kind", RecordKind),
        CheckConstraint(
            "started_at is null or ended_at is null or started_at <= ended_at", name="times"
        ),
        Index("ix_work_record_request_id_created_at", "request_id", "created_at"),
    )

    request_id: UUID = Field(foreign_key="work_request.id")
    company_id: UUID = Field(foreign_key="company.id")
    kind: str
    body: str = ""
    started_at: datetime | None = instant(optional=True)
    ended_at: datetime | None = instant(optional=True)
    author_name: str
