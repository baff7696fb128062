"""An event becomes messages: one row a person, a mail where it is wanted, webhooks.

All of it is written in the transaction that completes the event, so that nothing is told twice or
forgotten; what leaves the house is sent afterwards, from those rows.
"""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlmodel import Session

from service.accounts.domain import Role
from service.core.clock import now
from service.core.database import SYSTEM, RowIdentity, identify
from service.core.identity import new_id
from service.core.outbox import Event
from service.core.settings import Settings, get_settings
from service.notifications import mail_queries, queries
from service.notifications.addressing import Addressed, News, Subscriber, address
from service.notifications.domain import Channel
from service.notifications.news import circulation_of, news_of


def tell(session: Session, event: Event) -> None:
    """Everybody who wants to hear of the event, and may see what it tells of."""
    settings = get_settings()
    for news in filter(None, (news_of(session, event), circulation_of(session, event))):
        for addressed in _audience(session, news):
            _write(session, event, news, addressed, settings)


def _audience(session: Session, news: News) -> list[Addressed]:
    everybody = queries.people(session)
    wanted = filter(None, (address(news, person) for person in everybody))
    return [one for one in wanted if _may_see(session, news, one.subscriber)]


def _may_see(session: Session, news: News, person: Subscriber) -> bool:
    """Row-level security answers as it will when the person follows the link."""
    if news.case_id is None:
        return person.role is not Role.CONTRACTOR
    return may_see_cases(session, person.role, person.company_id, person.user_id, [news.case_id])


def may_see_cases(
    session: Session, role: Role, company_id: UUID | None, user_id: UUID, case_ids: Iterable[UUID]
) -> bool:
    identify(session, RowIdentity(role.value, company_id, user_id))
    try:
        return all(queries.sees_case(session, case_id) for case_id in case_ids)
    finally:
        identify(session, SYSTEM)


def _write(
    session: Session, event: Event, news: News, addressed: Addressed, settings: Settings
) -> None:
    moment = now()
    person = addressed.subscriber
    notification_id, in_app = new_id(), Channel.IN_APP in addressed.channels
    values = {
        "id": notification_id,
        "created_at": moment,
        "user_id": person.user_id,
        "event_id": event.id,
        "kind": news.kind.value,
        "reason": addressed.reason.value,
        "facts": dict(news.facts),
        "case_id": news.case_id,
        "in_app": in_app,
    }
    is_mailed = Channel.MAIL in addressed.channels and settings.smtp_host is not None
    if not (in_app or is_mailed) or not queries.add_notification(session, values):
        return
    if is_mailed:
        mail_id = _mail(session, event, news, addressed, moment)
        mail_queries.attach(session, notification_id, mail_id)


def _mail(
    session: Session, event: Event, news: News, addressed: Addressed, moment: datetime
) -> UUID:
    """A mail of its own when it may go now; what waits is gathered in one."""
    person = addressed.subscriber
    due_at = person.rhythm.due(moment, passes=addressed.passes)
    if due_at > moment:
        return mail_queries.digest(session, person.user_id, due_at, message_host())
    message_id = f"<{event.id}.{news.kind}.{person.user_id}@{message_host()}>"
    return mail_queries.add(session, person.user_id, due_at, message_id)


def message_host() -> str:
    return urlsplit(get_settings().public_url).hostname or "localhost"
