"""Who approves what (決裁), and the requests that are on their way."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from service.core.tables import Versioned, all_of, instant, one_of, words
from service.faults.approval_domain import RequestState
from service.faults.vocabulary import ApprovalRole


class ApprovalRoute(Versioned, table=True):
    """From ``min_cost_yen`` on, these roles decide one after the other; the last one's word counts.

    Thresholds change with the city's rules: a route holds from one day to another.
    """

    __tablename__ = "approval_route"
    __table_args__ = (
        all_of("steps", ApprovalRole),
        all_of("circulate", ApprovalRole),
        CheckConstraint("cardinality(steps) > 0", name="steps_given"),
        CheckConstraint("min_cost_yen >= 0", name="min_cost_yen"),
        CheckConstraint("valid_to is null or valid_from <= valid_to", name="period"),
    )

    name: str
    min_cost_yen: int = 0
    steps: list[str] = words()
    circulate: list[str] = words()
    valid_from: date
    valid_to: date | None = None


class ApprovalPost(Versioned, table=True):
    """Who holds a role from one day to another, who stands in, and when the holder is away."""

    __tablename__ = "approval_post"
    __table_args__ = (
        one_of("role", ApprovalRole),
        CheckConstraint("valid_to is null or valid_from <= valid_to", name="period"),
        CheckConstraint("deputy_id is distinct from user_id", name="deputy"),
        CheckConstraint(
            "(absent_from is null) = (absent_to is null) and (absent_from is null"
            " or absent_from <= absent_to)",
            name="absence",
        ),
    )

    role: str
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    deputy_id: UUID | None = Field(default=None, foreign_key="user_account.id", index=True)
    valid_from: date
    valid_to: date | None = None
    absent_from: date | None = None
    absent_to: date | None = None


class ApprovalRequest(Versioned, table=True):
    """One submission of a case (起案). The route is kept as it was on that day."""

    __tablename__ = "approval_request"
    __table_args__ = (
        one_of("state", RequestState),
        all_of("steps", ApprovalRole),
        all_of("circulate", ApprovalRole),
        CheckConstraint("not post_facto or reason is not null", name="post_facto"),
        Index(
            "uq_approval_request_pending",
            "case_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_approval_request_case_id", "case_id"),
    )

    case_id: UUID = Field(foreign_key="fault_case.id")
    route_name: str
    steps: list[str] = words()
    circulate: list[str] = words()
    step_no: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    state: str = Field(default=RequestState.PENDING, sa_column_kwargs={"server_default": "pending"})
    cost_yen: int
    submitted_by: UUID = Field(foreign_key="user_account.id", index=True)
    submitted_at: datetime = instant()
    post_facto: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    reason: str | None = None
    content_hash: bytes
    settled_at: datetime | None = instant(optional=True)
