"""The part of a record's page that says which file gave it its values."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from importers.fields import field_label
from importers.kinds import KINDS
from importers.provenance import FieldOrigin, provenance_of
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.session import SessionDep
from service.core.http.templating import render

router = APIRouter(include_in_schema=False)
Clerk = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]


@router.get("/imports/provenance/{kind}/{record_id}")
def provenance(
    request: Request, session: SessionDep, _by: Clerk, kind: str, record_id: UUID
) -> Response:
    """Which rows of which files gave a record its values; the bare list for the record's page."""
    files: dict[tuple[UUID, int], tuple[FieldOrigin, dict[str, None]]] = {}
    for origin in provenance_of(session, kind, record_id):
        _, fields = files.setdefault((origin.job_id, origin.row_no), (origin, {}))
        fields[field_label(origin.field)] = None
    return render(
        request,
        "imports/provenance.html",
        fragment="origins",
        kind_label=KINDS[kind].label,
        files=[(origin, list(fields)) for origin, fields in files.values()],
    )
