"""The accounts lie below the trail; what happens there arrives through the outbox."""

from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.audit import service
from service.core.outbox import Event


def _uuid(value: object) -> UUID | None:
    return UUID(value) if isinstance(value, str) else None


def note_account_change(session: Session, event: Event) -> None:
    told = event.payload
    by = Actor(
        id=_uuid(told["by_id"]),
        name=told["by_name"],
        role=None,
        company_id=_uuid(told["by_company_id"]),
        via=told["via"],
        request_id=told["request_id"],
    )
    service.record(
        session,
        told["action"],
        "user_account",
        told["user_id"],
        by=by,
        after={
            "username": told["username"],
            "role": told["role"],
            "expires_on": told.get("expires_on"),
        },
    )


HANDLERS = {"account.changed": note_account_change}
