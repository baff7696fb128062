from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint, func, text
from sqlmodel import Field, SQLModel

from service.core.clock import now
from service.core.tables import INSTANT, Keyed, instant, one_of


class Incident(Keyed, table=True):
    """事象: what several cases have in common, a storm or a power cut. The cases stay apart."""

    __tablename__ = "incident"

    name: str


class IncidentCase(SQLModel, table=True):
    """A case is of one incident at most. It is no part of the case: nobody's form goes stale."""

    __tablename__ = "incident_case"

    case_id: UUID = Field(primary_key=True, foreign_key="fault_case.id")
    incident_id: UUID = Field(foreign_key="incident.id", index=True)
    added_at: datetime = Field(
        default_factory=now, sa_type=INSTANT, sa_column_kwargs={"server_default": func.now()}
    )


class NoticeKind(StrEnum):
    DISCHARGE = "discharge"
    ELECTRICAL = "electrical"
    INJURY = "injury"


class NoticeVerdict(StrEnum):
    NOT_NEEDED = "not_needed"
    NEEDED = "needed"
    TOLD = "told"


class CaseNotice(Keyed, table=True):
    """What somebody found of an event that may have to be notified. Nothing is ever sent."""

    __tablename__ = "case_notice"
    __table_args__ = (
        one_of("kind", NoticeKind),
        one_of("verdict", NoticeVerdict),
        UniqueConstraint("case_id", "kind"),
    )

    case_id: UUID = Field(foreign_key="fault_case.id")
    kind: str
    verdict: str
    note: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    judged_at: datetime = instant()
    judged_by_name: str


class CaseOutsideLedger(SQLModel, table=True):
    """A case whose thing does not belong into the ledger: it has left the queue for good."""

    __tablename__ = "case_outside_ledger"

    case_id: UUID = Field(primary_key=True, foreign_key="fault_case.id")
    set_at: datetime = Field(
        default_factory=now, sa_type=INSTANT, sa_column_kwargs={"server_default": func.now()}
    )
    reason: str
