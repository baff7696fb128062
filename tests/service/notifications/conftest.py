"""A small office of its own: a clerk, an administrator, a contractor's worker, one pump."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.accounts.models import UserAccount
from service.core.clock import now
from service.core.identity import new_id
from service.core.outbox import Event
from service.core.settings import Settings, get_settings
from service.faults import service as faults
from service.faults.reporting import FiledReport
from service.faults.schemas import ReportCreate
from service.notifications import tasks, tokens
from service.notifications.models import Notification, NotificationProfile
from tests.factories import (
    make_company,
    make_contract,
    make_facility,
    make_position,
    make_user,
)


def actor_of(user: UserAccount) -> Actor:
    return Actor(user.id, user.display_name, Role(user.role), user.company_id, user.username)


@dataclass
class Office:
    clerk: UserAccount
    colleague: UserAccount
    admin: UserAccount
    worker: UserAccount
    stranger: UserAccount
    facility_id: UUID
    pump_id: UUID

    def report(self, session: Session, *, by: UserAccount, emergency: bool = False) -> FiledReport:
        then = now() - timedelta(minutes=5)
        more = {"environment_effects": ["overflow"]} if emergency else {}
        new = ReportCreate(
            id=new_id(),
            position_id=self.pump_id,
            occurred_at=then,
            captured_at=then,
            symptoms=["S01"],
            body="始動しない。",
            **more,
        )
        return faults.file_report(session, new, by=actor_of(by))


def make_office(session: Session) -> Office:
    place = make_facility(session, name="架空見張ポンプ場")
    company, other = make_company(session), make_company(session)
    make_contract(session, company, [place], response_target_min=30)
    make_contract(session, other, [make_facility(session)])
    return Office(
        make_user(session, Role.STAFF),
        make_user(session, Role.STAFF),
        make_user(session, Role.ADMINISTRATOR),
        make_user(session, Role.CONTRACTOR, company),
        make_user(session, Role.CONTRACTOR, other),
        place.id,
        make_position(session, place, name="No.1汚水ポンプ").id,
    )


@pytest.fixture
def office(session: Session) -> Office:
    return make_office(session)


def give_mail(session: Session, user: UserAccount, **values: object) -> NotificationProfile:
    profile = NotificationProfile(
        user_id=user.id,
        token_key=tokens.new_key(),
        mail_address=f"{user.username}@example.jp",
        mail_confirmed_at=now(),
        **values,
    )
    session.add(profile)
    session.flush()
    return profile


def announce_all(session: Session, since: int) -> int:
    """Runs the handlers of the events after ``since``; the number of the last."""
    rows = session.execute(
        text("select id, topic, payload from outbox_event where id > :since order by id"),
        {"since": since},
    ).all()
    for row in rows:
        if row.topic in tasks.HANDLERS:
            tasks.HANDLERS[row.topic](session, Event(row.id, row.topic, row.payload))
    return rows[-1].id if rows else since


def last_event(session: Session) -> int:
    return session.execute(text("select coalesce(max(id), 0) from outbox_event")).scalar_one()


def told(session: Session, user: UserAccount) -> list[Notification]:
    statement = select(Notification).where(Notification.user_id == user.id)
    return list(session.exec(statement.order_by(Notification.created_at)))


@pytest.fixture
def configured(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Settings]]:
    """Sets settings for one test: ``configured(smtp_host="127.0.0.1")``."""

    def configure(**values: object) -> Settings:
        for name, value in values.items():
            monkeypatch.setenv(f"GESUIBO_{name.upper()}", str(value))
        get_settings.cache_clear()
        return get_settings()

    yield configure
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def tidy(engine: Engine) -> Iterator[None]:
    """Takes away what a test has committed of mails, duties, alarms and webhooks."""
    yield
    with engine.begin() as connection:
        connection.execute(text("select set_config('gesuibo.role', 'system', true)"))
        for table in (
            "notification",
            "mail",
            "duty",
            "case_alarm",
            "webhook",
            "notification_choice",
            "notification_profile",
        ):
            connection.execute(text(f"delete from {table}"))
