"""What the clock does: an emergency nobody accepts, a response target missed, a case left lying."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, RowMapping
from sqlmodel import Session

from service.core import outbox
from service.core.clock import now
from service.core.database import transaction
from service.core.outbox import Event
from service.core.settings import get_settings
from service.faults.domain import OPEN_STATES, CaseState
from service.notifications import queries
from service.notifications.domain import Alarm
from service.notifications.duties import on_call


def watch(session: Session, event: Event) -> None:
    """A new report sets the alarms of its case."""
    case_id = UUID(event.payload["case_id"])
    case = queries.case_place(session, case_id)
    if case is None or case["state"] not in OPEN_STATES:
        return
    moment, settings = now(), get_settings()
    if event.payload.get("emergency") and case["state"] == CaseState.REPORTED:
        due = moment + timedelta(minutes=settings.escalation_minutes)
        queries.set_alarm(session, case_id, Alarm.ESCALATION, due)
    if case["response_target_min"] is not None:
        due = case["reported_at"] + timedelta(minutes=case["response_target_min"])
        if due > moment:
            queries.set_alarm(session, case_id, Alarm.TARGET, due)
    queries.set_alarm(session, case_id, Alarm.AGEING, moment + timedelta(days=settings.ageing_days))


def ring_once(engine: Engine) -> bool:
    """Looks at one case whose time has come; False when there is none."""
    with transaction(engine) as session:
        moment = now()
        due = queries.due_alarm(session, moment)
        if due is None:
            return False
        _ring(session, due, moment)
    return True


def _ring(session: Session, due: RowMapping, moment: datetime) -> None:
    alarm = Alarm(due["alarm"])
    case = queries.case_place(session, due["case_id"])
    again: tuple[datetime | None, int] = (None, due["step"])
    if case is not None and case["state"] in OPEN_STATES:
        again = _RINGS[alarm](session, case, due["step"], moment)
    queries.set_alarm(session, due["case_id"], alarm, *again)


def _escalate(
    session: Session, case: RowMapping, step: int, moment: datetime
) -> tuple[datetime | None, int]:
    if case["state"] != CaseState.REPORTED:
        return None, step
    _publish(session, "case.escalated", case, step=step)
    if step >= len(on_call(session, moment)):
        return None, step  # everybody has been told
    return moment + timedelta(minutes=get_settings().escalation_minutes), step + 1


def _miss_target(
    session: Session, case: RowMapping, step: int, _moment: datetime
) -> tuple[datetime | None, int]:
    if case["state"] == CaseState.REPORTED:
        _publish(session, "case.overdue", case, alarm=Alarm.TARGET.value)
    return None, step


def _age(
    session: Session, case: RowMapping, step: int, moment: datetime
) -> tuple[datetime | None, int]:
    """Told once for every stretch of time in which nobody has touched the case."""
    patience = timedelta(days=get_settings().ageing_days)
    touched = queries.last_touched(session, case["case_id"])
    if touched + patience > moment:
        return touched + patience, step
    _publish(session, "case.overdue", case, alarm=Alarm.AGEING.value)
    return moment + patience, step + 1


_RINGS = {Alarm.ESCALATION: _escalate, Alarm.TARGET: _miss_target, Alarm.AGEING: _age}


def _publish(session: Session, topic: str, case: RowMapping, **more: object) -> None:
    payload = {
        "case_id": case["case_id"],
        "case_no": case["case_no"],
        "title": case["place"],
        "href": f"/cases/{case['case_id']}",
    }
    outbox.publish(session, topic, payload | more, facility_id=case["facility_id"])
