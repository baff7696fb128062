"""Parts of a photo are hidden from everybody outside the office; the original stays."""

from functools import partial
from uuid import UUID

from sqlmodel import Session

from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments import queries, service
from service.attachments.domain import Derivative, NoPicture, masked_key
from service.attachments.models import Attachment, PhotoMask
from service.attachments.schemas import MaskCreate
from service.attachments.store import PhotoStore
from service.audit.service import record
from service.core.errors import NotFound

MASKED = "attachment.masked"


def hide(session: Session, attachment_id: UUID, new: MaskCreate, *, by: Actor) -> PhotoMask:
    """From now on the areas are painted over wherever the photo is shown or printed.

    Raises:
        NoPicture: when the file is no photo, or one that cannot be drawn here.
    """
    attachment = photo(session, attachment_id, by=by)
    areas = [[area.left, area.top, area.width, area.height] for area in new.areas]
    mask = PhotoMask(attachment_id=attachment.id, areas=areas, reason=new.reason, created_by=by.id)
    session.add(mask)
    session.flush()
    after = {"areas": areas, "reason": new.reason.value, "sha256": attachment.sha256}
    record(session, MASKED, "attachment", attachment.id, by=by, after=after)
    return mask


def photo(session: Session, attachment_id: UUID, *, by: Actor) -> Attachment:
    """The photo, for whoever may say what of it is hidden."""
    by.require(Permission.CASES_HANDLE)
    attachment = queries.attachment(session, attachment_id)
    if attachment is None:
        raise NotFound
    if not service.has_picture(attachment):
        raise NoPicture
    return attachment


def shown(
    session: Session, store: PhotoStore, attachment: Attachment, wanted: Derivative
) -> bytes | None:
    """The smaller picture as everybody sees it; None for files without one."""
    mask = queries.mask(session, attachment.id)
    if mask is None:
        return service.derivative(store, attachment, wanted)
    key_of = partial(masked_key, mask.id)
    found = store.read(key_of(wanted))
    if found is not None:
        return found
    return service.derive_into(store, attachment, key_of, mask.areas).get(wanted)
