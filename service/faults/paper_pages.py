"""故障報告書兼対応記録 as a file."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments import queries as attachments
from service.attachments.api import StoreDep
from service.attachments.domain import Derivative
from service.attachments.masking import shown
from service.attachments.store import PhotoStore
from service.core.http.session import SessionDep
from service.core.i18n.catalogue import translate
from service.core.i18n.locales import Locale
from service.core.i18n.request import locale_of
from service.faults.dossier import Dossier
from service.faults.paper import as_pdf
from service.faults.paper_content import gathered
from service.faults.wording import LABELS

router = APIRouter(include_in_schema=False)
MOST_PHOTOS = 4


@router.get("/cases/{case_id}/paper.pdf")
def paper_file(
    request: Request,
    session: SessionDep,
    store: StoreDep,
    by: Annotated[Actor, Depends(requires(Permission.CASES_HANDLE))],
    case_id: UUID,
) -> Response:
    locale = locale_of(request)
    plain = gathered(session, case_id, by=by)
    paper = replace(plain, photos=_photos(session, store, plain.dossier, locale))
    name = quote(f"故障報告書_{paper.case.case_no}.pdf")
    headers = {
        "content-disposition": f"inline; filename*=UTF-8''{name}",
        "cache-control": "private, no-store",
    }
    return Response(as_pdf(paper, locale), media_type="application/pdf", headers=headers)


def _photos(
    session: SessionDep, store: PhotoStore, told: Dossier, locale: Locale
) -> list[tuple[str, bytes]]:
    """Before and after first, then the newest; what has no picture stays out."""
    pair = told.before_and_after or ()
    others = [photo for entry in told.entries for photo in entry.photos]
    found: list[tuple[str, bytes]] = []
    for photo in dict.fromkeys((*pair, *others)):
        attachment = attachments.attachment(session, photo.id)
        content = attachment and shown(session, store, attachment, Derivative.SCREEN)
        if content:
            kind = translate(LABELS["attachment_kind"][photo.kind], locale)
            found.append((f"{kind} {photo.file_name}", content))
        if len(found) == MOST_PHOTOS:
            break
    return found
