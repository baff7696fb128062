"""What follows when something was saved: people are told, webhooks called, alarms set."""

from sqlmodel import Session

from service.core.outbox import Event
from service.notifications import alarms, news, telling, webhooks
from service.notifications.webhook_domain import TOPIC_LABELS


def announce(session: Session, event: Event) -> None:
    telling.tell(session, event)
    if event.topic in TOPIC_LABELS:
        webhooks.spread(session, event)
    if event.topic == "report.filed":
        alarms.watch(session, event)


HANDLERS = dict.fromkeys(news.TOPICS, announce)
