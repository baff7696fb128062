"""A report with its photos from one form: the report stands even when a photo does not."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session
from starlette.datastructures import UploadFile

from service.accounts.actor import Actor
from service.attachments.arrival import Arrival, arrived_from
from service.attachments.service import Told, examine, store_photo
from service.attachments.store import PhotoStore
from service.core.errors import DomainError
from service.core.settings import get_settings
from service.faults.service import FiledReport, file_report
from service.tags import report_form
from service.tags.report_form import Typed


@dataclass
class Receipt:
    """``refused`` are the photos that were not taken: (file name, what is wrong with it)."""

    filed: FiledReport
    received: int = 0
    refused: list[tuple[str, DomainError]] = field(default_factory=list)


def file(
    session: Session,
    store: PhotoStore,
    sent: Typed,
    uploads: Sequence[UploadFile],
    equipment: dict[str, Any],
    *,
    by: Actor,
) -> Receipt | None:
    """None when the person has to mend something, named in ``sent.errors``."""
    with ExitStack() as stack:
        good, refused = _examined(uploads, stack)
        new = report_form.report(sent, equipment, [arrival.sha256 for _, arrival in good])
        if new is None:
            return None
        receipt = Receipt(file_report(session, new, by=by), refused=refused)
        for name, arrival in good:
            try:
                told = Told(file_name=name)
                store_photo(session, store, arrival, report_id=new.id, told=told, by=by)
                receipt.received += 1
            except DomainError as error:
                receipt.refused.append((name, error))
    return receipt


def _examined(
    uploads: Sequence[UploadFile], stack: ExitStack
) -> tuple[list[tuple[str, Arrival]], list[tuple[str, DomainError]]]:
    good: list[tuple[str, Arrival]] = []
    refused: list[tuple[str, DomainError]] = []
    limit = get_settings().photo_max_bytes
    for upload in uploads:
        name = upload.filename or ""
        try:
            arrival = stack.enter_context(arrived_from(upload.file, limit_bytes=limit))
            examine(arrival)
        except DomainError as error:
            refused.append((name, error))
        else:
            good.append((name, arrival))
    return good, refused
