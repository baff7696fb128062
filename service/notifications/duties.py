"""当直: who is on call at a moment, in turns; the table of days and hours."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import now
from service.core.errors import NotFound
from service.core.i18n.dates import tokyo_day
from service.notifications import queries
from service.notifications.domain import Hours
from service.notifications.models import Duty
from service.notifications.schemas import DutyCreate


def hours_of(row: RowMapping) -> Hours:
    return Hours(
        row["starts_on"], row["ends_on"], row["weekdays"], row["from_time"], row["to_time"]
    )


def on_call(session: Session, moment: datetime) -> list[list[UUID]]:
    """People on duty at the moment, one list for each turn; the first turn is told first."""
    turns: dict[int, list[UUID]] = {}
    # A night that began on the last day of a period reaches into the day after.
    for row in queries.duties(session, tokyo_day(moment) - timedelta(days=1)):
        if hours_of(row).covers(moment):
            turns.setdefault(row["turn"], []).append(row["user_id"])
    return [turns[turn] for turn in sorted(turns)]


def add_duty(session: Session, new: DutyCreate, *, by: Actor) -> Duty:
    by.require(Permission.CASES_HANDLE)
    if new.user_id not in queries.handler_ids(session):
        raise NotFound
    duty = Duty(**new.model_dump(), created_by=by.id, created_at=now())
    session.add(duty)
    session.flush()
    record(session, "create", "duty", duty.id, by=by, after=new.model_dump(mode="json"))
    return duty


def remove_duty(session: Session, duty_id: UUID, *, by: Actor) -> None:
    by.require(Permission.CASES_HANDLE)
    duty = queries.duty(session, duty_id)
    if duty is None:
        raise NotFound
    record(session, "delete", "duty", duty.id, by=by, before=duty.model_dump(mode="json"))
    session.delete(duty)
    session.flush()
