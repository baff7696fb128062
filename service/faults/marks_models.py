from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint, text
from sqlmodel import Field

from service.core.tables import Keyed, instant, one_of


class MarkKind(StrEnum):
    STOPPED = "stopped"
    ARRIVED = "arrived"
    TEMPORARY = "temporary"
    RESTORED = "restored"


class CaseMark(Keyed, table=True):
    """When something stopped, somebody arrived, it ran again; one of each kind for a case."""

    __tablename__ = "case_mark"
    __table_args__ = (one_of("kind", MarkKind), UniqueConstraint("case_id", "kind"))

    case_id: UUID = Field(foreign_key="fault_case.id", ondelete="CASCADE")
    kind: str
    at: datetime = instant()
    is_estimated: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    told_by_name: str | None = Field(default=None, description="Who says so; who estimated it")
    report_id: UUID | None = Field(
        default=None, foreign_key="fault_report.id", description="Where it was taken over from"
    )


class ResponsePhrase(Keyed, table=True):
    """定型文: what is written again and again, for the whole office."""

    __tablename__ = "response_phrase"

    title: str = Field(unique=True)
    body: str
