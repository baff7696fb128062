from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, LargeBinary, UniqueConstraint
from sqlmodel import Field

from service.core.tables import Keyed, document, documents, instant, one_of
from service.monthly.domain import FormKind


class MonthlyTemplate(Keyed, table=True):
    """The city's own form (様式): an xlsx whose cells name what goes there."""

    __tablename__ = "monthly_template"
    __table_args__ = (one_of("kind", FormKind),)

    kind: str = Field(default=FormKind.MONTHLY, sa_column_kwargs={"server_default": "monthly"})
    file_name: str
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    cells: list[dict[str, str]] = documents()
    retired_at: datetime | None = instant(optional=True)


class MonthlyReport(Keyed, table=True):
    """One issue of a month's report. Rows are only added; a re-issue has the next revision.

    ``content`` is what was counted then, so that an old issue stays as it was.
    """

    __tablename__ = "monthly_report"
    __table_args__ = (
        UniqueConstraint(
            "month",
            "facility_id",
            "company_id",
            "revision",
            postgresql_nulls_not_distinct=True,
            name="uq_monthly_report_revision",
        ),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint("extract(day from month) = 1", name="month"),
    )

    month: date
    facility_id: UUID | None = Field(default=None, foreign_key="facility.id")
    company_id: UUID | None = Field(default=None, foreign_key="company.id")
    revision: int
    issued_by_name: str
    content: dict[str, Any] = document()
    template_id: UUID | None = Field(default=None, foreign_key="monthly_template.id")
