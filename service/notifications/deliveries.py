"""Handing events to webhooks: signed, guarded, in time, tried again, switched off when in vain."""

import json
import ssl
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpcore
from sqlalchemy import Engine, RowMapping
from sqlmodel import Session

from service.core import outbox
from service.core.clock import now
from service.core.database import transaction
from service.core.errors import DomainError
from service.notifications import webhook_queries as queries
from service.notifications.address_guard import GuardedBackend
from service.notifications.letters import one_line
from service.notifications.webhook_domain import (
    DISABLE_AFTER,
    HTTP_GONE,
    DeliveryState,
    backoff,
    sign,
)
from service.notifications.webhooks import guard

LEASE = timedelta(minutes=5)
KEPT = timedelta(days=30)
TOTAL_S = 20.0
TIMEOUTS = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 5.0}
MAX_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True)
class Answer:
    status: int | None = None
    error: str | None = None
    duration_ms: int = 0

    @property
    def is_good(self) -> bool:
        return self.status is not None and self.status // 100 == 2  # noqa: PLR2004  # 2xx


def deliver_once(engine: Engine) -> bool:
    """Hands over one delivery that is due; False when there is none."""
    moment = now()
    with transaction(engine) as session:
        claimed = queries.claim(session, moment, LEASE)
        if claimed is None:
            return False
    answer = _ask(claimed, moment)
    with transaction(engine) as session:
        _settle(session, claimed, answer, now())
    return True


def signed_headers(claimed: RowMapping, moment: datetime, body: bytes) -> dict[str, str]:
    """As Standard Webhooks has them; both secrets sign while the old one still holds."""
    keys = [claimed["secret"]]
    if claimed["previous_secret"] and claimed["previous_until"] > moment:
        keys.append(claimed["previous_secret"])
    timestamp = int(moment.timestamp())
    message_id = claimed["message_id"]
    return {
        "content-type": "application/json",
        "user-agent": "Gesuibo-Webhook/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(key, message_id, timestamp, body) for key in keys),
    }


def _ask(claimed: RowMapping, moment: datetime) -> Answer:
    body = json.dumps(claimed["payload"], ensure_ascii=False, separators=(",", ":")).encode()
    began = time.monotonic()
    status, error = None, None
    try:
        status = _post(claimed["url"], signed_headers(claimed, moment, body), body)
    except DomainError as refused:
        error = refused.code
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as failure:
        error = one_line(f"{type(failure).__name__}: {failure}")[:300]
    except (OSError, ValueError) as failure:
        error = one_line(f"{type(failure).__name__}: {failure}")[:300]
    return Answer(status, error, round((time.monotonic() - began) * 1000))


def _post(url: str, headers: dict[str, str], body: bytes) -> int:
    """The status; a redirect is an answer like another, and the body is not kept."""
    allowed = guard()
    allowed.check_url(url)
    backend = GuardedBackend(allowed, TOTAL_S)
    context = ssl.create_default_context()
    fields: list[tuple[bytes | str, bytes | str]] = list(headers.items())
    with (
        httpcore.ConnectionPool(ssl_context=context, network_backend=backend) as pool,
        pool.stream(
            "POST", url, headers=fields, content=body, extensions={"timeout": TIMEOUTS}
        ) as response,
    ):
        read = 0
        for chunk in response.iter_stream():
            read += len(chunk)
            if read > MAX_ANSWER_BYTES:
                break
        return response.status


def _settle(session: Session, claimed: RowMapping, answer: Answer, moment: datetime) -> None:
    one_try: dict[str, Any] = {
        "at": moment.isoformat(),
        "status": answer.status,
        "error": answer.error,
        "duration_ms": answer.duration_ms,
    }
    wait = None if answer.is_good else backoff(claimed["attempts"])
    state = DeliveryState.DELIVERED if answer.is_good else DeliveryState.FAILED
    if wait is not None:
        state = DeliveryState.WAITING
    due_at = moment + wait if wait else None
    queries.settle(session, claimed["id"], state, moment, one_try=one_try, due_at=due_at)
    _judge(session, claimed, answer, moment)
    queries.forget_deliveries(session, moment - KEPT)


def _judge(session: Session, claimed: RowMapping, answer: Answer, moment: datetime) -> None:
    """A receiver that has gone, or failed for days, is left alone, and the administrator told."""
    row = queries.webhook(session, claimed["webhook_id"], for_change=True)
    if row is None or row.disabled_at is not None:
        return
    if answer.is_good:
        row.failing_since = None
        return
    row.failing_since = row.failing_since or moment
    is_gone = answer.status == HTTP_GONE
    if is_gone or moment - row.failing_since >= DISABLE_AFTER:
        row.disabled_at = moment
        row.disabled_reason = "gone" if is_gone else "failing"
        payload = {"webhook_id": row.id, "name": row.name}
        outbox.publish(session, "webhook.disabled", payload)
