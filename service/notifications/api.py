"""Webhooks for other programs to set up; messages of whoever holds the token."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.conditional import IfMatch, etag
from service.core.http.parameters import ONLY_KNOWN_PARAMETERS
from service.core.http.session import SessionDep
from service.notifications import webhooks
from service.notifications.models import Webhook
from service.notifications.schemas import (
    DeliveryList,
    DeliveryRead,
    TestSent,
    WebhookChange,
    WebhookCreate,
    WebhookList,
    WebhookRead,
    WebhookWithSecret,
)

router = APIRouter(prefix="/api/v1", tags=["webhooks"], dependencies=[ONLY_KNOWN_PARAMETERS])
Administrator = Annotated[Actor, Depends(requires(Permission.USERS_MANAGE))]


def _with_etag(response: Response, row: Webhook) -> Webhook:
    response.headers["etag"] = etag(row.version)
    return row


@router.get("/webhooks")
def list_webhooks(session: SessionDep, by: Administrator) -> WebhookList:
    rows = webhooks.webhooks(session, by=by)
    return WebhookList(items=[WebhookRead.model_validate(row) for row in rows])


@router.post("/webhooks", status_code=201, response_model=WebhookWithSecret)
def add_webhook(
    response: Response, session: SessionDep, by: Administrator, new: WebhookCreate
) -> Webhook:
    """The answer holds the secret; it is not shown again."""
    return _with_etag(response, webhooks.add_webhook(session, new, by=by))


@router.get("/webhooks/{webhook_id}", response_model=WebhookRead)
def get_webhook(
    response: Response, session: SessionDep, by: Administrator, webhook_id: UUID
) -> Webhook:
    return _with_etag(response, webhooks.webhook(session, webhook_id, by=by))


@router.patch("/webhooks/{webhook_id}", response_model=WebhookRead)
def change_webhook(
    response: Response,
    session: SessionDep,
    by: Administrator,
    webhook_id: UUID,
    change: WebhookChange,
    expected: IfMatch,
) -> Webhook:
    row = webhooks.change_webhook(session, webhook_id, change, by=by, expected=expected)
    return _with_etag(response, row)


@router.delete("/webhooks/{webhook_id}", status_code=204)
def remove_webhook(session: SessionDep, by: Administrator, webhook_id: UUID) -> None:
    webhooks.remove_webhook(session, webhook_id, by=by)


@router.post("/webhooks/{webhook_id}/rotate", response_model=WebhookWithSecret)
def rotate_secret(
    response: Response, session: SessionDep, by: Administrator, webhook_id: UUID
) -> Webhook:
    """A new secret; the earlier one signs, too, until `previous_until`."""
    return _with_etag(response, webhooks.rotate_secret(session, webhook_id, by=by))


@router.post("/webhooks/{webhook_id}/test", status_code=202)
def send_test(session: SessionDep, by: Administrator, webhook_id: UUID) -> TestSent:
    return TestSent(delivery_id=webhooks.send_test(session, webhook_id, by=by))


@router.get("/webhooks/{webhook_id}/deliveries")
def list_deliveries(session: SessionDep, by: Administrator, webhook_id: UUID) -> DeliveryList:
    """The newest hundred of thirty days, each with every attempt."""
    rows = webhooks.deliveries(session, webhook_id, by=by)
    return DeliveryList(items=[DeliveryRead.model_validate(row) for row in rows])


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/resend",
    status_code=202,
)
def send_again(
    session: SessionDep, by: Administrator, webhook_id: UUID, delivery_id: UUID
) -> DeliveryRead:
    row = webhooks.send_again(session, webhook_id, delivery_id, by=by)
    return DeliveryRead.model_validate(row)
