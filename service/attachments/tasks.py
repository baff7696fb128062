"""Smaller pictures are made after the sender has had the answer."""

from uuid import UUID

from sqlmodel import Session

from service.attachments import partial, queries, service
from service.attachments.store import open_store
from service.core.outbox import Event
from service.core.settings import get_settings


def derive_pictures(session: Session, event: Event) -> None:
    attachment = queries.attachment(session, UUID(event.payload["attachment_id"]))
    if attachment is None or attachment.derived_at is not None:
        return
    store = open_store(get_settings())
    if service.make_derivatives(store, attachment):
        queries.mark_derived(session, attachment.id)
    partial.sweep(store)


HANDLERS = {service.STORED: derive_pictures}
