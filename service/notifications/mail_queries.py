"""Mails on their way: what is due, who reads it, what became of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from service.core.identity import new_id
from service.notifications.models import Mail

_ADD = text(
    "insert into mail (id, user_id, message_id, due_at, is_digest)"
    " values (:id, :user_id, :message_id, :due_at, false)"
)
_DIGEST = text(
    """
    insert into mail (id, user_id, message_id, due_at, is_digest)
    values (:id, :user_id, :message_id, :due_at, true)
    on conflict (user_id, due_at) where is_digest and state = 'waiting'
      do update set due_at = excluded.due_at
    returning id
    """
)
_ATTACH = text("update notification set mail_id = :mail_id where id = :id")
# A claim that is older than the lease belonged to a sender that died: the mail may have left.
_CLAIM = text(
    """
    update mail set state = 'sending', claimed_at = :moment, attempts = attempts + 1,
      unsure = unsure + (state = 'sending')::int
    where id = (select id from mail
                where state = 'waiting' and due_at <= :moment
                   or state = 'sending' and claimed_at < :abandoned
                order by due_at, id limit 1 for update skip locked)
    returning id, user_id, message_id, is_digest, attempts, unsure
    """
)
# What was switched off while the mail waited stays out of it.
_ITEMS = text(
    """
    select n.id, n.kind, n.reason, n.facts, n.case_id, n.created_at
    from notification n
    where n.mail_id = :mail_id
      and not exists (select 1 from notification_choice c where c.user_id = n.user_id
        and c.kind = n.kind and c.channel = 'mail' and c.scope = 'off')
    order by n.created_at, n.id
    """
)
_READER = text(
    """
    select u.id, u.role, u.company_id, u.language, u.display_name, p.mail_address, p.token_key
    from user_account u join notification_profile p on p.user_id = u.id
    where u.id = :user_id and u.disabled_at is null and p.mail_confirmed_at is not null
    """
)
_SETTLE = text(
    """
    update mail set state = cast(:state as text), last_error = :error, unsure = unsure + :unsure,
      sent_at = case when cast(:state as text) = 'sent' then cast(:moment as timestamptz) end,
      due_at = coalesce(:due_at, due_at), claimed_at = null
    where id = :id
    """
)
_TROUBLED = text(
    """
    select m.id, m.state, m.attempts, m.created_at, m.due_at, m.last_error, u.display_name
    from mail m join user_account u on u.id = m.user_id
    where m.state in ('failed', 'unsure') or m.state = 'waiting' and m.attempts > 0
    order by m.created_at desc limit 100
    """
)
_FAILURES = text(
    "select count(*) from mail where state in ('failed', 'unsure') and created_at > :since"
)
_COUNTS = text(
    "select count(*) filter (where state in ('waiting', 'sending')) as waiting,"
    " count(*) filter (where state = 'sent' and sent_at > :since) as sent from mail"
)


def add(session: Session, user_id: UUID, due_at: datetime, message_id: str) -> UUID:
    mail_id = new_id()
    values = {"id": mail_id, "user_id": user_id, "message_id": message_id, "due_at": due_at}
    session.execute(_ADD, values)
    return mail_id


def digest(session: Session, user_id: UUID, due_at: datetime, host: str) -> UUID:
    """The mail that gathers what waits for this moment."""
    mail_id = new_id()
    values = {
        "id": mail_id,
        "user_id": user_id,
        "due_at": due_at,
        "message_id": f"<digest.{mail_id}@{host}>",
    }
    return UUID(str(session.execute(_DIGEST, values).scalar_one()))


def attach(session: Session, notification_id: UUID, mail_id: UUID) -> None:
    session.execute(_ATTACH, {"id": notification_id, "mail_id": mail_id})


def claim(session: Session, moment: datetime, lease: timedelta) -> RowMapping | None:
    """The next mail, marked as being sent; the caller commits before it sends."""
    values = {"moment": moment, "abandoned": moment - lease}
    return session.execute(_CLAIM, values).mappings().first()


def items(session: Session, mail_id: UUID) -> list[RowMapping]:
    return list(session.execute(_ITEMS, {"mail_id": mail_id}).mappings())


def reader(session: Session, user_id: UUID) -> RowMapping | None:
    """None when the person has left, or has no confirmed address any more."""
    return session.execute(_READER, {"user_id": user_id}).mappings().first()


def settle(
    session: Session,
    mail_id: UUID,
    state: str,
    moment: datetime,
    *,
    error: str | None = None,
    due_at: datetime | None = None,
    unsure: int = 0,
) -> None:
    values: dict[str, Any] = {
        "id": mail_id,
        "state": state,
        "error": error and error[:500],
        "moment": moment,
        "due_at": due_at,
        "unsure": unsure,
    }
    session.execute(_SETTLE, values)


def troubled(session: Session) -> list[RowMapping]:
    """What failed, or is tried again."""
    return list(session.execute(_TROUBLED).mappings())


def counts(session: Session, since: datetime) -> RowMapping:
    return session.execute(_COUNTS, {"since": since}).mappings().one()


def mail(session: Session, mail_id: UUID) -> Mail | None:
    return session.get(Mail, mail_id, with_for_update=True)


def is_first_failure(session: Session, since: datetime) -> bool:
    """Of the mails made since: the administrator is told once, not of each."""
    return int(session.execute(_FAILURES, {"since": since}).scalar_one()) == 1
