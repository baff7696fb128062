"""停止・到着・応急・復旧: the times of a case, set by one tap and corrected when known."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import JST, now
from service.core.errors import Conflict, FieldError, Invalid, NotFound
from service.core.i18n.marker import N_
from service.faults import handling, marks_queries
from service.faults.domain import CaseState
from service.faults.marks_models import CaseMark, MarkKind
from service.faults.models import FaultCase
from service.faults.schemas import CaseChange
from service.faults.steps import AT_WORK

MARK_LABELS = {
    MarkKind.STOPPED: N_("停止"),
    MarkKind.ARRIVED: N_("到着"),
    MarkKind.TEMPORARY: N_("応急"),
    MarkKind.RESTORED: N_("復旧"),
}
_CLOCK = re.compile(r"(\d{1,2})\s*[:：時]\s*(\d{1,2})\s*分?|(\d{3,4})")
# A night's work is written on the sheet of the day it began: 24:30, 29:15.
LAST_HOUR = 36
MINUTES_OF_HOUR = 60
PATIENCE = timedelta(minutes=10)


class NotAClock(Invalid):
    code = "not-a-clock"
    message = N_("時刻を「16:05」の形で入力してください。翌日の0時30分は「24:30」とも書けます。")


class InTheFuture(Invalid):
    code = "mark-in-the-future"
    message = N_("まだ来ていない日時です。")


class NoMarksAnyMore(Conflict):
    code = "no-marks-any-more"
    message = N_("完結・統合・対象外の案件には印を付けられません。必要なら再開してください。")


class MarkSet(BaseModel):
    """``at`` None: now."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime | None = None
    is_estimated: bool = False


class Adoption(BaseModel):
    """The report as the page has shown it."""

    report_id: UUID


def moment_of(day: str, typed: str) -> datetime:
    """The day of the sheet and its clock, as people write it: 16:05, 16時5分, 0830, 24:30.

    Raises:
        NotAClock: for what no clock and no night sheet shows.
    """
    found = _CLOCK.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if found is None:
        raise NotAClock(errors=[FieldError("/clock", NotAClock.message)])
    digits = found[3]
    hour, minute = (digits[:-2], digits[-2:]) if digits else (found[1], found[2])
    if int(hour) >= LAST_HOUR or int(minute) >= MINUTES_OF_HOUR:
        raise NotAClock(errors=[FieldError("/clock", NotAClock.message)])
    try:
        midnight = datetime.combine(date.fromisoformat(day), time(), JST)
    except ValueError as error:
        raise NotAClock(errors=[FieldError("/clock", NotAClock.message)]) from error
    return midnight + timedelta(hours=int(hour), minutes=int(minute))


@dataclass(frozen=True)
class Told:
    """A time as those who were there have told it."""

    report_id: UUID
    at: datetime
    is_estimated: bool
    who: str


def told(session: Session, case_id: UUID) -> dict[MarkKind, Told]:
    """What the newest report says of each time."""
    found: dict[MarkKind, Told] = {}
    for row in marks_queries.told(session, case_id):
        who = " ".join(filter(None, (row.company_name, row.reporter_name)))
        for kind in (MarkKind.ARRIVED, MarkKind.TEMPORARY, MarkKind.RESTORED):
            at = getattr(row, f"{kind.value}_at")
            if at is not None:
                found[kind] = Told(row.report_id, at, kind.value in row.estimated_times, who)
    return found


def adopt(
    session: Session, case_id: UUID, kind: MarkKind, report_id: UUID, *, by: Actor
) -> CaseMark:
    """The case's mark becomes what was told. Says by whom, and whether it was estimated.

    Raises:
        NotFound: when another report has come in between, or it was corrected.
    """
    by.require(Permission.CASES_HANDLE)
    wanted = told(session, case_id).get(kind)
    if wanted is None or wanted.report_id != report_id:
        raise NotFound
    given = MarkSet(at=wanted.at, is_estimated=wanted.is_estimated)
    row = set_mark(session, case_id, kind, given, by=by)
    row.told_by_name, row.report_id = wanted.who, wanted.report_id
    session.flush()
    return row


def marks(session: Session, case_id: UUID) -> dict[MarkKind, CaseMark]:
    return {MarkKind(row.kind): row for row in marks_queries.marks(session, case_id)}


def set_mark(
    session: Session, case_id: UUID, kind: MarkKind, given: MarkSet, *, by: Actor
) -> CaseMark:
    """Stop and restoration are the case's own, too; 応急 says that it is temporarily fixed.

    Raises:
        EndsBeforeStart: when it would be restored before it stopped.
    """
    case = _markable(session, case_id, by)
    at = given.at or now()
    if at > now() + PATIENCE:
        raise InTheFuture(errors=[FieldError("/clock", InTheFuture.message)])
    row = marks_queries.mark(session, case_id, kind)
    before = {f"mark_{kind}": row.at} if row else None
    if row is None:
        row = CaseMark(case_id=case_id, kind=kind, at=at, created_by=by.id)
        session.add(row)
    row.at, row.is_estimated = at, given.is_estimated
    row.told_by_name, row.report_id = by.name, None
    session.flush()
    after = {f"mark_{kind}": at, "is_estimated": given.is_estimated}
    if not _follow(session, case, kind, at, by=by) or given.is_estimated:
        record(session, "case.marked", "fault_case", case_id, by=by, before=before, after=after)
    return row


def clear_mark(session: Session, case_id: UUID, kind: MarkKind, *, by: Actor) -> None:
    """A tap too much is taken back."""
    case = _markable(session, case_id, by)
    row = marks_queries.mark(session, case_id, kind)
    if row is None:
        return
    before = {f"mark_{kind}": row.at}
    session.delete(row)
    session.flush()
    after = {f"mark_{kind}": None}
    if not _follow(session, case, kind, None, by=by):
        record(session, "case.marked", "fault_case", case_id, by=by, before=before, after=after)


def _markable(session: Session, case_id: UUID, by: Actor) -> FaultCase:
    case = handling.take(session, case_id, by=by)
    if CaseState(case.state) in handling.SETTLED:
        raise NoMarksAnyMore
    return case


def _follow(
    session: Session, case: FaultCase, kind: MarkKind, at: datetime | None, *, by: Actor
) -> bool:
    """True when the case itself has changed, which the trail then tells."""
    changes: dict[MarkKind, dict[str, Any]] = {
        MarkKind.STOPPED: {"stop_from": at},
        MarkKind.RESTORED: {"stop_to": at},
    }
    if CaseState(case.state) in AT_WORK:
        changes[MarkKind.TEMPORARY] = {"temporary_fix": at is not None}
    if kind not in changes:
        return False
    version = case.version
    changed = handling.change_case(session, case.id, CaseChange(**changes[kind]), by=by)
    return changed.version != version
