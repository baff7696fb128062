"""What leaves the house, for the administrator: mails in trouble, webhooks, deliveries."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import now
from service.core.errors import NotFound
from service.core.http.forms import Submitted, Typed, attempt, read_form
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.settings import get_settings
from service.notifications import mail_queries, service, webhooks
from service.notifications.domain import MAIL_STATE_LABELS
from service.notifications.schemas import WebhookChange, WebhookCreate
from service.notifications.webhook_domain import DELIVERY_STATE_LABELS, TOPIC_LABELS

router = APIRouter(include_in_schema=False)
Administrator = Annotated[Actor, Depends(requires(Permission.USERS_MANAGE))]
TOPICS = [(topic.value, label) for topic, label in TOPIC_LABELS.items()]


@router.get("/admin/mail")
def mails(request: Request, session: SessionDep, _by: Administrator) -> Response:
    settings = get_settings()
    return render(
        request,
        "notifications/mails.html",
        rows=mail_queries.troubled(session),
        counts=mail_queries.counts(session, now() - timedelta(days=1)),
        states=MAIL_STATE_LABELS,
        smtp=settings.smtp_host and f"{settings.smtp_host}:{settings.smtp_port}",
        sender=settings.smtp_from,
    )


@router.post("/admin/mail/{mail_id}/again")
def send_mail_again(session: SessionDep, by: Administrator, mail_id: UUID) -> Response:
    service.send_mail_again(session, mail_id, by=by)
    return RedirectResponse("/admin/mail", 303)


@router.get("/admin/webhooks")
def list_page(request: Request, session: SessionDep, by: Administrator) -> Response:
    return _list(request, session, by, Typed())


def _list(
    request: Request, session: SessionDep, by: Actor, typed: Typed, status_code: int = 200
) -> Response:
    return render(
        request,
        "notifications/webhooks.html",
        status_code=status_code,
        typed=typed,
        webhooks=webhooks.webhooks(session, by=by),
        topics=TOPICS,
        labels=TOPIC_LABELS,
    )


@router.post("/admin/webhooks")
def add(request: Request, session: SessionDep, by: Administrator, form: Submitted) -> Response:
    values: dict[str, Any] = dict(form) | {"topics": form.getlist("topics")}
    made: list[Any] = []

    def act() -> None:
        made.append(webhooks.add_webhook(session, read_form(WebhookCreate, values), by=by))

    failed = attempt(request, session, act, Typed("webhook", values))
    if failed:
        return _list(request, session, by, *failed)
    return _one(request, session, by, made[0].id, secret=made[0].secret)


@router.get("/admin/webhooks/{webhook_id}")
def one_page(
    request: Request, session: SessionDep, by: Administrator, webhook_id: UUID
) -> Response:
    return _one(request, session, by, webhook_id)


def _one(
    request: Request, session: SessionDep, by: Actor, webhook_id: UUID, secret: str | None = None
) -> Response:
    """``secret`` is shown in the answer to what has made it, and nowhere else."""
    return render(
        request,
        "notifications/webhook.html",
        webhook=webhooks.webhook(session, webhook_id, by=by),
        deliveries=webhooks.deliveries(session, webhook_id, by=by),
        secret=secret,
        labels=TOPIC_LABELS,
        states=DELIVERY_STATE_LABELS,
    )


@router.post("/admin/webhooks/{webhook_id}/{action}")
def act_on(
    request: Request, session: SessionDep, by: Administrator, webhook_id: UUID, action: str
) -> Response:
    if action == "rotate":
        secret = webhooks.rotate_secret(session, webhook_id, by=by).secret
        return _one(request, session, by, webhook_id, secret=secret)
    if action in {"stop", "start"}:
        change = WebhookChange(is_active=action == "start")
        webhooks.change_webhook(session, webhook_id, change, by=by)
    elif action == "test":
        webhooks.send_test(session, webhook_id, by=by)
    elif action == "remove":
        webhooks.remove_webhook(session, webhook_id, by=by)
        return RedirectResponse("/admin/webhooks", 303)
    else:
        raise NotFound
    return RedirectResponse(f"/admin/webhooks/{webhook_id}", 303)


@router.post("/admin/webhooks/{webhook_id}/deliveries/{delivery_id}/again")
def send_again(
    session: SessionDep, by: Administrator, webhook_id: UUID, delivery_id: UUID
) -> Response:
    webhooks.send_again(session, webhook_id, delivery_id, by=by)
    return RedirectResponse(f"/admin/webhooks/{webhook_id}", 303)
