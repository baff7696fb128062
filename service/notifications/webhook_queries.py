"""Webhooks and their deliveries."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from service.core.identity import new_id
from service.notifications.models import Webhook, WebhookDelivery

_SPREAD = text(
    """
    insert into webhook_delivery (id, webhook_id, message_id, topic, payload, due_at)
    values (:id, :webhook_id, :message_id, :topic, cast(:payload as jsonb), now())
    on conflict do nothing
    """
)
# A claim older than the lease belonged to a sender that died; the receiver knows the id.
_CLAIM = text(
    """
    update webhook_delivery d set state = 'sending', claimed_at = :moment,
      attempts = d.attempts + 1
    from webhook w
    where w.id = d.webhook_id and d.id = (
      select n.id from webhook_delivery n join webhook h on h.id = n.webhook_id
      where h.disabled_at is null
        and (n.state = 'waiting' and n.due_at <= :moment
             or n.state = 'sending' and n.claimed_at < :abandoned)
      order by n.due_at, n.id limit 1 for update of n skip locked)
    returning d.id, d.webhook_id, d.message_id, d.topic, d.payload, d.attempts,
      w.url, w.secret, w.previous_secret, w.previous_until
    """
)
_SETTLE = text(
    """
    update webhook_delivery set state = cast(:state as text), claimed_at = null,
      due_at = coalesce(:due_at, due_at), tries = tries || cast(:one as jsonb),
      done_at = case when cast(:state as text) = 'waiting' then null
                else cast(:moment as timestamptz) end
    where id = :id
    """
)
_KEEP = text("delete from webhook_delivery where done_at < :before")


def webhooks(session: Session) -> list[Webhook]:
    return list(session.exec(select(Webhook).order_by(col(Webhook.name), col(Webhook.id))))


def webhook(session: Session, webhook_id: UUID, *, for_change: bool = False) -> Webhook | None:
    return session.get(Webhook, webhook_id, with_for_update=True if for_change else None)


def listening(session: Session, topic: str) -> Sequence[UUID]:
    statement = (
        select(Webhook.id)
        .where(col(Webhook.topics).contains([topic]))
        .where(col(Webhook.disabled_at).is_(None))
    )
    return session.exec(statement).all()


def spread(
    session: Session, webhook_id: UUID, message_id: str, topic: str, payload: dict[str, Any]
) -> UUID:
    """The same message for the same webhook is one delivery."""
    delivery_id = new_id()
    values = {
        "id": delivery_id,
        "webhook_id": webhook_id,
        "message_id": message_id,
        "topic": topic,
        "payload": json.dumps(payload, ensure_ascii=False),
    }
    session.execute(_SPREAD, values)
    return delivery_id


def claim(session: Session, moment: datetime, lease: timedelta) -> RowMapping | None:
    values = {"moment": moment, "abandoned": moment - lease}
    return session.execute(_CLAIM, values).mappings().first()


def settle(
    session: Session,
    delivery_id: UUID,
    state: str,
    moment: datetime,
    *,
    one_try: dict[str, Any],
    due_at: datetime | None = None,
) -> None:
    values = {
        "id": delivery_id,
        "state": state,
        "moment": moment,
        "one": json.dumps([one_try], ensure_ascii=False),
        "due_at": due_at,
    }
    session.execute(_SETTLE, values)


def deliveries(session: Session, webhook_id: UUID, *, limit: int) -> list[WebhookDelivery]:
    """The newest first."""
    statement = (
        select(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook_id)
        .order_by(col(WebhookDelivery.id).desc())
        .limit(limit)
    )
    return list(session.exec(statement))


def delivery(session: Session, webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery | None:
    found = session.get(WebhookDelivery, delivery_id, with_for_update=True)
    return found if found is not None and found.webhook_id == webhook_id else None


def forget_deliveries(session: Session, before: datetime) -> None:
    session.execute(_KEEP, {"before": before})
