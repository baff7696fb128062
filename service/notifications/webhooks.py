"""Webhooks as an administrator keeps them: add, change, rotate the secret, send again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.audit.service import record
from service.core.clock import now
from service.core.errors import NotFound
from service.core.http.conditional import ensure_version
from service.core.identity import new_id
from service.core.outbox import Event
from service.core.settings import get_settings
from service.notifications import webhook_queries as queries
from service.notifications.address_guard import Guard
from service.notifications.models import Webhook, WebhookDelivery
from service.notifications.schemas import WebhookChange, WebhookCreate
from service.notifications.webhook_domain import ROTATION, DeliveryState, Topic, new_secret

# Ids and a link: what the receiver may know of a case it asks for with its own rights.
TOLD = ("case_id", "report_id", "response_id", "request_id", "position_id", "tag_code", "href")
MAX_DELIVERIES = 100


def guard() -> Guard:
    return Guard(get_settings().webhook_host_list)


def spread(session: Session, event: Event) -> None:
    """One delivery for each webhook that listens, in the transaction that completes the event."""
    for webhook_id in queries.listening(session, event.topic):
        data = {name: event.payload[name] for name in TOLD if name in event.payload}
        message = message_of(event.topic, data | {"event_id": event.id})
        queries.spread(session, webhook_id, f"evt_{event.id}", event.topic, message)


def message_of(topic: str, data: Mapping[str, Any]) -> dict[str, Any]:
    base = get_settings().public_url.rstrip("/")
    told = {("url" if k == "href" else k): base + v if k == "href" else v for k, v in data.items()}
    return {"type": topic, "timestamp": now().isoformat(timespec="milliseconds"), "data": told}


def webhooks(session: Session, *, by: Actor) -> list[Webhook]:
    by.require(Permission.USERS_MANAGE)
    return queries.webhooks(session)


def webhook(session: Session, webhook_id: UUID, *, by: Actor) -> Webhook:
    by.require(Permission.USERS_MANAGE)
    found = queries.webhook(session, webhook_id)
    if found is None:
        raise NotFound
    return found


def add_webhook(session: Session, new: WebhookCreate, *, by: Actor) -> Webhook:
    """Its secret is told to the caller and to nobody after."""
    by.require(Permission.USERS_MANAGE)
    guard().check_url(new.url)
    row = Webhook(
        name=new.name,
        url=new.url,
        topics=[topic.value for topic in dict.fromkeys(new.topics)],
        secret=new_secret(),
        created_by=by.id,
    )
    session.add(row)
    session.flush()
    record(session, "create", "webhook", row.id, by=by, after=new.model_dump(mode="json"))
    return row


def change_webhook(
    session: Session,
    webhook_id: UUID,
    change: WebhookChange,
    *,
    by: Actor,
    expected: int | None = None,
) -> Webhook:
    row = _take(session, webhook_id, by=by)
    ensure_version(row.version, expected)
    given = change.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    if "url" in given:
        guard().check_url(given["url"])
    is_active = given.pop("is_active", None)
    before = {name: getattr(row, name) for name in given}
    for name, value in given.items():
        setattr(row, name, value)
    if is_active is not None:
        before["is_active"], given["is_active"] = row.disabled_at is None, is_active
        row.disabled_at = None if is_active else now()
        row.disabled_reason = row.failing_since = None
    return _saved(session, row, "update", by=by, before=before, after=given)


def rotate_secret(session: Session, webhook_id: UUID, *, by: Actor) -> Webhook:
    """The earlier secret signs beside the new one for a day, so that receivers can change over."""
    row = _take(session, webhook_id, by=by)
    row.previous_secret, row.secret = row.secret, new_secret()
    row.previous_until = now() + ROTATION
    return _saved(session, row, "rotate", by=by, after={"previous_until": row.previous_until})


def remove_webhook(session: Session, webhook_id: UUID, *, by: Actor) -> None:
    row = _take(session, webhook_id, by=by)
    record(session, "delete", "webhook", row.id, by=by, before={"name": row.name, "url": row.url})
    session.delete(row)
    session.flush()


def deliveries(session: Session, webhook_id: UUID, *, by: Actor) -> list[WebhookDelivery]:
    webhook(session, webhook_id, by=by)
    return queries.deliveries(session, webhook_id, limit=MAX_DELIVERIES)


def send_test(session: Session, webhook_id: UUID, *, by: Actor) -> UUID:
    """An event that tells nothing, to see whether the receiver answers."""
    row = _take(session, webhook_id, by=by)
    message_id = f"evt_test_{new_id().hex}"
    message = message_of(Topic.TEST, {"webhook_id": str(row.id)})
    return queries.spread(session, row.id, message_id, Topic.TEST, message)


def send_again(
    session: Session, webhook_id: UUID, delivery_id: UUID, *, by: Actor
) -> WebhookDelivery:
    """With the same id, so that a receiver that has it already can tell."""
    by.require(Permission.USERS_MANAGE)
    found = queries.delivery(session, webhook_id, delivery_id)
    if found is None:
        raise NotFound
    if found.state != DeliveryState.SENDING:
        found.state, found.due_at, found.attempts = DeliveryState.WAITING, now(), 0
        found.done_at = None
        session.flush()
    record(session, "resend", "webhook", webhook_id, by=by, after={"delivery_id": delivery_id})
    return found


def _take(session: Session, webhook_id: UUID, *, by: Actor) -> Webhook:
    by.require(Permission.USERS_MANAGE)
    row = queries.webhook(session, webhook_id, for_change=True)
    if row is None:
        raise NotFound
    return row


def _saved(session: Session, row: Webhook, action: str, *, by: Actor, **trail: Any) -> Webhook:
    row.updated_by = by.id
    session.flush()
    session.refresh(row)
    record(session, action, "webhook", row.id, by=by, **trail)
    return row
