"""People with their choices, messages, mails, night duty and the alarms of the clock."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, delete, select, update

from service.accounts import queries as accounts
from service.accounts.domain import Role
from service.notifications.addressing import Subscriber
from service.notifications.domain import Alarm, Channel, Delivery, Kind, Rhythm, Scope
from service.notifications.models import (
    CaseAlarm,
    Duty,
    Notification,
    NotificationChoice,
    NotificationProfile,
)

_PEOPLE = text(
    """
    select u.id, u.role, u.company_id, u.language,
      case when p.mail_confirmed_at is not null then p.mail_address end as mail_address,
      p.quiet_from, p.quiet_to, p.delivery, p.digest_at, p.facility_ids,
      coalesce((select jsonb_object_agg(c.kind || ' ' || c.channel, c.scope)
                from notification_choice c where c.user_id = u.id), '{}') as choices
    from user_account u left join notification_profile p on p.user_id = u.id
    where u.disabled_at is null
    """
)
_PLACE = text(
    """
    select c.id as case_id, c.case_no, c.state, c.urgency, c.facility_id, c.company_id,
      c.reported_at, c.updated_at,
      concat_ws(' ', f.name, coalesce(p.name, c.unregistered_desc)) as place,
      (select min(k.response_target_min) from contract k
       left join contract_facility kf
         on kf.contract_id = k.id and kf.facility_id = c.facility_id
       where k.company_id = c.company_id
         and (c.reported_at at time zone 'Asia/Tokyo')::date between k.starts_on and k.ends_on
         and (k.covers_all_facilities or kf.facility_id is not null)) as response_target_min
    from fault_case c
    join facility f on f.id = c.facility_id
    left join position p on p.id = c.position_id
    where c.id = :case_id
    """
)
_INVOLVED = text(
    """
    select r.created_by from response_record r where r.case_id = :case_id
    union select w.reporter_id from fault_report w join case_report l on l.report_id = w.id
      where l.case_id = :case_id
    union select a.submitted_by from approval_request a where a.case_id = :case_id
    union select a.actor_id from audit_entry a
      where a.target_type = 'fault_case' and a.target_id = :case_text
    """
)
_POSITION_PLACE = text(
    "select concat_ws(' ', f.name, p.name) from position p"
    " join facility f on f.id = p.facility_id where p.id = :position_id"
)
_COMPANY_PEOPLE = text(
    "select id from user_account where company_id = :company_id and disabled_at is null"
)
_SEES = text("select exists (select 1 from fault_case where id = :case_id)")
_LISTED = text(
    """
    select n.id, n.kind, n.reason, n.facts, n.case_id, n.created_at, n.read_at
    from notification n
    where n.user_id = :user_id and n.in_app
      and (n.case_id is null or exists (select 1 from fault_case c where c.id = n.case_id))
    order by n.read_at is not null, n.created_at desc, n.id desc limit :limit
    """
)
_UNREAD = text(
    "select count(*) from (select 1 from notification n where n.user_id = :user_id and n.in_app"
    " and n.read_at is null and (n.case_id is null"
    " or exists (select 1 from fault_case c where c.id = n.case_id)) limit 100) as unread"
)
_DUTIES = text(
    """
    select d.id, d.user_id, d.starts_on, d.ends_on, d.weekdays, d.from_time, d.to_time, d.turn,
      u.display_name, p.mail_confirmed_at is not null as has_mail,
      exists (select 1 from notification_choice c where c.user_id = u.id
        and c.kind = 'emergency' and c.channel = 'mail' and c.scope = 'off') as is_off
    from duty d join user_account u on u.id = d.user_id
    left join notification_profile p on p.user_id = u.id
    where d.ends_on >= :day and u.disabled_at is null
    order by d.starts_on, d.from_time, d.turn, u.display_name
    """
)
_TOUCHED = text(
    "select greatest(c.updated_at, (select max(r.created_at) from response_record r"
    " where r.case_id = c.id)) from fault_case c where c.id = :case_id"
)
_DUE_ALARM = text(
    "select case_id, alarm, step from case_alarm where due_at <= :moment"
    " order by due_at limit 1 for update skip locked"
)


def people(session: Session) -> list[Subscriber]:
    """Everybody who may sign in."""
    return [_subscriber(row) for row in session.execute(_PEOPLE).mappings()]


def _subscriber(row: RowMapping) -> Subscriber:
    rhythm = Rhythm()
    if row["delivery"] is not None:
        rhythm = Rhythm(
            row["quiet_from"], row["quiet_to"], Delivery(row["delivery"]), row["digest_at"]
        )
    pairs = ((key.split(), Scope(scope)) for key, scope in row["choices"].items())
    return Subscriber(
        row["id"],
        Role(row["role"]),
        row["company_id"],
        row["mail_address"],
        rhythm,
        frozenset(row["facility_ids"] or ()),
        {(Kind(kind), Channel(channel)): scope for (kind, channel), scope in pairs},
    )


def case_place(session: Session, case_id: UUID) -> RowMapping | None:
    return session.execute(_PLACE, {"case_id": case_id}).mappings().first()


def position_place(session: Session, position_id: UUID) -> str:
    return session.execute(_POSITION_PLACE, {"position_id": position_id}).scalar() or ""


def involved(session: Session, case_id: UUID) -> frozenset[UUID]:
    """Who has reported, recorded, submitted or changed anything of the case."""
    rows = session.execute(_INVOLVED, {"case_id": case_id, "case_text": str(case_id)})
    return frozenset(one for one in rows.scalars() if one is not None)


def sees_case(session: Session, case_id: UUID) -> bool:
    """By the rights of whoever the transaction is."""
    return bool(session.execute(_SEES, {"case_id": case_id}).scalar_one())


def add_notification(session: Session, values: Mapping[str, Any]) -> bool:
    """False when the person has been told of the event before."""
    statement = (
        insert(Notification)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(col(Notification.id))
    )
    return session.execute(statement).first() is not None


def listed(session: Session, user_id: UUID, *, limit: int) -> list[RowMapping]:
    """What is unread first, then the newest; nothing of cases that are out of sight by now."""
    values = {"user_id": user_id, "limit": limit}
    return list(session.execute(_LISTED, values).mappings())


def unread_count(session: Session, user_id: UUID) -> int:
    """At most 100: nobody reads a larger number."""
    return int(session.execute(_UNREAD, {"user_id": user_id}).scalar_one())


def notification(session: Session, notification_id: UUID) -> Notification | None:
    return session.get(Notification, notification_id)


def mark_read(
    session: Session, user_id: UUID, moment: datetime, ids: Sequence[UUID] | None
) -> None:
    statement = (
        update(Notification)
        .where(col(Notification.user_id) == user_id)
        .where(col(Notification.read_at).is_(None))
        .values(read_at=moment)
    )
    if ids is not None:
        statement = statement.where(col(Notification.id).in_(ids))
    session.execute(statement)


def forget_read(session: Session, user_id: UUID, before: datetime) -> None:
    session.execute(
        delete(Notification)
        .where(col(Notification.user_id) == user_id)
        .where(col(Notification.created_at) < before)
        .where(col(Notification.read_at).is_not(None))
    )


def profile(session: Session, user_id: UUID) -> NotificationProfile | None:
    return session.get(NotificationProfile, user_id)


def choices(session: Session, user_id: UUID) -> list[NotificationChoice]:
    statement = select(NotificationChoice).where(NotificationChoice.user_id == user_id)
    return list(session.exec(statement))


def duties(session: Session, day: date) -> list[RowMapping]:
    """Those that have not ended before the day."""
    return list(session.execute(_DUTIES, {"day": day}).mappings())


def duty(session: Session, duty_id: UUID) -> Duty | None:
    return session.get(Duty, duty_id)


def set_alarm(
    session: Session, case_id: UUID, alarm: Alarm, due_at: datetime | None, step: int = 1
) -> None:
    statement = insert(CaseAlarm).values(
        case_id=case_id, alarm=alarm.value, due_at=due_at, step=step
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["case_id", "alarm"],
            set_={"due_at": statement.excluded.due_at, "step": statement.excluded.step},
        )
    )


def due_alarm(session: Session, moment: datetime) -> RowMapping | None:
    """Locks one until the transaction ends."""
    return session.execute(_DUE_ALARM, {"moment": moment}).mappings().first()


def last_touched(session: Session, case_id: UUID) -> datetime:
    """When somebody last changed the case or recorded a response."""
    touched: datetime = session.execute(_TOUCHED, {"case_id": case_id}).scalar_one()
    return touched


def facility_choices(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(text("select id, name from facility order by name, id"))
    return [(str(row.id), row.name) for row in rows]


def handler_ids(session: Session) -> frozenset[UUID]:
    """Those who may accept a case."""
    return frozenset(person.id for person in accounts.handlers(session))


def company_people(session: Session, company_id: UUID) -> list[UUID]:
    """Who may sign in for the company."""
    return list(session.execute(_COMPANY_PEOPLE, {"company_id": company_id}).scalars())
