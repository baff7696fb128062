"""Monthly reports as JSON: the figures of now, what was issued, and what a re-issue changed."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.cp932 import Folded
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.monthly import open_table, queries, service
from service.monthly.domain import CaseLine, Content, Month
from service.monthly.queries import Wanted

router = APIRouter(
    prefix="/api/v1/monthly-reports", tags=["monthly"], dependencies=[ONLY_KNOWN_PARAMETERS]
)
Reader = Annotated[Actor, Depends(requires(Permission.EXPORTS_READ))]
MonthText = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


class CaseLineRead(BaseModel):
    """Moments are ISO 8601 in Japan's time."""

    id: UUID
    case_no: str
    occurred_at: str
    reported_at: str
    facility_code: str
    facility_name: str
    equipment: str
    is_registered: bool
    symptoms: list[str]
    urgency: str | None
    state: str
    counts_as_failure: bool
    stop_minutes: int | None
    is_stopped: bool
    cost_yen: int
    company_name: str


class ContentRead(BaseModel):
    """``late`` happened earlier and arrived in this month; ``totals`` leave it out."""

    month: str
    facility_id: UUID | None
    company_id: UUID | None
    taken_at: datetime
    totals: dict[str, int | float]
    cases: list[CaseLineRead]
    late: list[CaseLineRead]


class DifferenceRead(BaseModel):
    """``subject`` is a case number, or 合計; ``key`` names the field."""

    model_config = ConfigDict(from_attributes=True)

    subject: str
    key: str
    before: object = None
    after: object = None


class IssuedRead(ContentRead):
    id: UUID
    revision: int
    issued_by: str
    differences: list[DifferenceRead]


class IssueLine(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    revision: int
    created_at: datetime
    issued_by_name: str


class IssueCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    month: MonthText
    facility_id: UUID | None = None
    company_id: UUID | None = None


class FoldedRead(BaseModel):
    """``line_no`` counts from 1, the header included."""

    line_no: int
    column: str
    old: str
    new: str


def wanted_report(
    month: Annotated[MonthText, Query()],
    facility_id: Annotated[UUID | None, Query()] = None,
    company_id: Annotated[UUID | None, Query()] = None,
) -> Wanted:
    return Wanted(Month.parse(month), facility_id, company_id)


WantedReport = Annotated[Wanted, Depends(wanted_report)]


def _lines(cases: tuple[CaseLine, ...]) -> list[CaseLineRead]:
    return [CaseLineRead.model_validate(asdict(case)) for case in cases]


def _content(wanted: Wanted, content: Content) -> ContentRead:
    return ContentRead(
        month=str(wanted.month),
        facility_id=wanted.facility_id,
        company_id=wanted.company_id,
        taken_at=content.taken_at,
        totals=content.totals,
        cases=_lines(content.cases),
        late=_lines(content.late),
    )


def _issued(session: SessionDep, report_id: UUID, by: Actor) -> IssuedRead:
    issue = service.issued(session, report_id, by=by)
    told = _content(issue.wanted, issue.content)
    return IssuedRead(
        **dict(told),
        id=report_id,
        revision=issue.revision,
        issued_by=issue.issued_by,
        differences=[DifferenceRead.model_validate(one) for one in issue.differences],
    )


@router.get("/figures")
def read_figures(session: SessionDep, by: Reader, wanted: WantedReport) -> ContentRead:
    """The month as it stands now; nothing is issued."""
    return _content(wanted, service.counted(session, wanted, by=by))


@router.get("")
def list_issues(session: SessionDep, _by: Reader, wanted: WantedReport) -> list[IssueLine]:
    """What was issued of this month, the newest first."""
    return [IssueLine.model_validate(row) for row in queries.issues(session, wanted)]


@router.post("", status_code=201)
def issue(session: SessionDep, by: Reader, new: IssueCreate) -> IssuedRead:
    """The next revision; the newest one again when nothing has changed since."""
    wanted = Wanted(Month.parse(new.month), new.facility_id, new.company_id)
    return _issued(session, service.issue(session, wanted, by=by).id, by)


@router.get("/{report_id}")
def read_issue(session: SessionDep, by: Reader, report_id: UUID) -> IssuedRead:
    return _issued(session, report_id, by)


@router.get("/{report_id}/folded.json")
def read_folded(session: SessionDep, by: Reader, report_id: UUID) -> list[FoldedRead]:
    """Every character that the report's CSV in CP932 writes otherwise, and where."""
    found: list[Folded] = open_table.as_cp932(service.issued(session, report_id, by=by)).folded
    return [FoldedRead.model_validate(folded._asdict()) for folded in found]
