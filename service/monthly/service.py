"""Counting a month, and issuing its report."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import JST, now, today
from service.core.errors import NotFound
from service.monthly import case_form, form_file, queries
from service.monthly.domain import CaseLine, Content, Difference, FormKind, Month, MonthToCome
from service.monthly.domain import differences as changes
from service.monthly.domain import totals as count
from service.monthly.models import MonthlyReport, MonthlyTemplate
from service.monthly.queries import Wanted

VOCABULARIES = {FormKind.MONTHLY: form_file.MONTHLY, FormKind.CASE: case_form.CASE}


def counted(session: Session, wanted: Wanted, *, by: Actor) -> Content:
    """The month as it stands now.

    Raises:
        MonthToCome: when it has not begun.
        NotFound: when there is no such facility or company.
    """
    by.require(Permission.EXPORTS_READ)
    if not queries.is_known(session, wanted):
        raise NotFound
    if wanted.month > Month.of(today()):
        raise MonthToCome
    found, late_found = queries.cases(session, wanted)
    cases, late = tuple(map(_line, found)), tuple(map(_line, late_found))
    return Content(now(), cases, late, count(cases, late))


def _line(row: Row[Any]) -> CaseLine:
    stopped = row.stop_from is not None
    return CaseLine(
        id=str(row.id),
        case_no=row.case_no,
        occurred_at=_japan(row.occurred_at),
        reported_at=_japan(row.reported_at),
        facility_code=row.facility_code,
        facility_name=row.facility_name,
        equipment=row.equipment,
        is_registered=row.position_id is not None,
        symptoms=tuple(row.symptoms),
        urgency=row.urgency,
        state=row.state,
        counts_as_failure=row.counts_as_failure,
        stop_minutes=(
            round((row.stop_to - row.stop_from).total_seconds() / 60)
            if stopped and row.stop_to is not None
            else None
        ),
        is_stopped=stopped and row.stop_to is None,
        cost_yen=int(row.cost_yen),
        company_name=row.company_name or "",
    )


def _japan(moment: datetime) -> str:
    return moment.astimezone(JST).isoformat(timespec="minutes")


def issue(session: Session, wanted: Wanted, *, by: Actor) -> MonthlyReport:
    """The next revision; the newest one when nothing has changed since."""
    content = counted(session, wanted, by=by)
    queries.wait_for_turn(session)
    last = queries.newest(session, wanted)
    template = queries.template_in_use(session)
    template_id = template.id if template else None
    if (
        last is not None
        and last.template_id == template_id
        and content.says_the_same(_read(last.content, last.created_at))
    ):
        return last
    report = MonthlyReport(
        **wanted.values(),
        created_at=content.taken_at,
        created_by=by.id,
        revision=last.revision + 1 if last else 1,
        issued_by_name=by.name,
        content=_stored(content),
        template_id=template_id,
    )
    session.add(report)
    session.flush()
    record(
        session,
        "monthly_report.issued",
        "monthly_report",
        report.id,
        by=by,
        after={"month": str(wanted.month), "revision": report.revision},
    )
    return report


def _stored(content: Content) -> dict[str, Any]:
    return {
        "cases": [asdict(case) for case in content.cases],
        "late": [asdict(case) for case in content.late],
        "totals": content.totals,
    }


def _read(stored: Mapping[str, Any], taken_at: datetime) -> Content:
    cases, late = (
        tuple(CaseLine(**case | {"symptoms": tuple(case["symptoms"])}) for case in stored[name])
        for name in ("cases", "late")
    )
    return Content(taken_at, cases, late, stored["totals"])


@dataclass(frozen=True)
class Issue:
    """An issued report with all that its file says."""

    wanted: Wanted
    revision: int
    issued_by: str
    facility_name: str | None
    company_name: str | None
    content: Content
    differences: list[Difference]
    template: bytes | None


def issued(session: Session, report_id: UUID, *, by: Actor) -> Issue:
    by.require(Permission.EXPORTS_READ)
    row = queries.issued(session, report_id)
    if row is None:
        raise NotFound
    wanted = Wanted(Month.of(row.month), row.facility_id, row.company_id)
    content = _read(row.content, row.created_at)
    before = queries.issued_before(session, wanted, row.revision)
    return Issue(
        wanted,
        row.revision,
        row.issued_by_name,
        row.facility_name,
        row.company_name,
        content,
        [] if before is None else changes(_read(before.content, row.created_at), content),
        row.template_file,
    )


def keep_template(
    session: Session,
    file_name: str,
    data: bytes,
    *,
    by: Actor,
    kind: FormKind = FormKind.MONTHLY,
) -> MonthlyTemplate:
    """The city's form for all later issues; what was issued keeps the form it had.

    Raises:
        UnfitForm: saying which rule the file breaks, and where.
    """
    by.require(Permission.CASES_HANDLE)
    cells = form_file.read(data, VOCABULARIES[kind])
    put_away(session, by=by, kind=kind)
    template = MonthlyTemplate(
        created_by=by.id,
        kind=kind,
        file_name=file_name[:200],
        content=data,
        sha256=hashlib.sha256(data).digest(),
        cells=[asdict(cell) for cell in cells],
    )
    session.add(template)
    session.flush()
    after = {"kind": kind.value, "file_name": template.file_name, "sha256": template.sha256.hex()}
    record(session, "monthly_template.kept", "monthly_template", template.id, by=by, after=after)
    return template


def put_away(session: Session, *, by: Actor, kind: FormKind = FormKind.MONTHLY) -> None:
    """Back to the form that comes with the product."""
    by.require(Permission.CASES_HANDLE)
    template = queries.template_in_use(session, kind)
    if template is None:
        return
    template.retired_at = now()
    session.add(template)
    session.flush()
    record(session, "monthly_template.retired", "monthly_template", template.id, by=by)
