"""Photos and papers of a position, a device, a facility or a model, on its own page."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.attachments import queries, service
from service.attachments.api import StoreDep, arriving_form
from service.attachments.domain import ATTACHMENT_KIND_LABELS, AttachmentKind
from service.core.http.forms import Typed, attempt
from service.core.http.session import SessionDep
from service.core.http.templating import render

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
FilesForm = Annotated[FormData, Depends(arriving_form(Permission.REGISTRY_WRITE))]
KINDS = (
    AttachmentKind.NAMEPLATE,
    AttachmentKind.OVERVIEW,
    AttachmentKind.DRAWING,
    AttachmentKind.MANUAL,
    AttachmentKind.OTHER,
)


class Owner(StrEnum):
    POSITIONS = "positions"
    DEVICES = "devices"
    FACILITIES = "facilities"
    MODELS = "models"

    @property
    def column(self) -> str:
        return {
            Owner.POSITIONS: "position_id",
            Owner.DEVICES: "device_id",
            Owner.FACILITIES: "facility_id",
            Owner.MODELS: "model_id",
        }[self]


@router.get("/{owner}/{owner_id}/files")
def files(
    request: Request, session: SessionDep, by: Reader, owner: Owner, owner_id: UUID
) -> Response:
    return _files(request, session, by, owner, owner_id, Typed())


def _files(
    request: Request,
    session: SessionDep,
    by: Actor,
    owner: Owner,
    owner_id: UUID,
    typed: Typed,
    status_code: int = 200,
) -> Response:
    return render(
        request,
        "attachments/files.html",
        fragment="files",
        status_code=status_code,
        owner=owner.value,
        owner_id=owner_id,
        files=queries.of_owner(session, owner.column, [owner_id]),
        kinds=[(kind.value, ATTACHMENT_KIND_LABELS[kind]) for kind in KINDS],
        kind_labels=ATTACHMENT_KIND_LABELS,
        may_write=by.can(Permission.REGISTRY_WRITE),
        typed=typed,
    )


@router.post("/{owner}/{owner_id}/files")
def add_files(
    request: Request,
    form: FilesForm,
    session: SessionDep,
    store: StoreDep,
    by: Writer,
    owner: Owner,
    owner_id: UUID,
) -> Response:
    """All of them or none: a file that cannot be taken is told, and nothing is kept."""
    chosen = str(form.get("kind"))
    kind = AttachmentKind(chosen) if chosen in set(AttachmentKind) else AttachmentKind.OTHER
    uploads = [
        upload
        for upload in form.getlist("files")
        if isinstance(upload, UploadFile) and upload.filename
    ]

    def act() -> None:
        for upload in uploads:
            service.store_registry_file(
                session, store, upload, owner=owner.column, owner_id=owner_id, kind=kind, by=by
            )

    failed = attempt(request, session, act, Typed("files", {"kind": kind.value}))
    if failed:
        return _files(request, session, by, owner, owner_id, *failed)
    return RedirectResponse(f"/{owner.value}/{owner_id}", 303)
