"""Webhooks: which events, how often, signed how (Standard Webhooks)."""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from enum import StrEnum

from service.core.errors import Invalid
from service.core.i18n.marker import N_

SECRET_PREFIX = "whsec_"  # noqa: S105  # the form of a secret, not one
SECRET_BYTES = 32
# The old secret signs beside the new one as long as receivers need to change over.
ROTATION = timedelta(hours=24)
BACKOFF = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
DISABLE_AFTER = timedelta(days=5)
HTTP_GONE = 410


class Topic(StrEnum):
    REPORT_FILED = "report.filed"
    CASE_CHANGED = "case.changed"
    CASE_ESCALATED = "case.escalated"
    CASE_OVERDUE = "case.overdue"
    RESPONSE_ADDED = "response.added"
    APPROVAL_CHANGED = "approval.changed"
    TAG_DISPUTED = "tag.disputed"
    TEST = "webhook.test"


TOPIC_LABELS = {
    Topic.REPORT_FILED: N_("報告が届いた"),
    Topic.CASE_CHANGED: N_("案件が変わった"),
    Topic.CASE_ESCALATED: N_("緊急の報告が受け付けられていない"),
    Topic.CASE_OVERDUE: N_("応答目標を過ぎた・長く動きがない"),
    Topic.RESPONSE_ADDED: N_("対応記録が加わった"),
    Topic.APPROVAL_CHANGED: N_("決裁が進んだ"),
    Topic.TAG_DISPUTED: N_("QRタグに疑いがある"),
}


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


DELIVERY_STATE_LABELS = {
    DeliveryState.WAITING: N_("送信待ち"),
    DeliveryState.SENDING: N_("送信中"),
    DeliveryState.DELIVERED: N_("届いた"),
    DeliveryState.FAILED: N_("送れなかった"),
}


class AddressRefused(Invalid):
    code = "webhook-address-refused"
    message = N_(
        "この宛先には送れません。https のアドレスにするか、管理者の設定"
        "（GESUIBO_WEBHOOK_HOSTS）に宛先を加えてください。"
    )


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature as the header carries it: ``v1,`` and the HMAC of id, time and body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def backoff(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None when it is given up."""
    return BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else None
