from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.faults import inbox, similar_queries
from service.faults.wording import LABELS

router = APIRouter(include_in_schema=False)


@router.get("/cases/{case_id}/similar")
def similar_page(
    request: Request,
    session: SessionDep,
    _by: Annotated[Actor, Depends(requires(Permission.CASES_READ))],
    case_id: UUID,
) -> Response:
    """Earlier faults here and of the same model; the bare lists when the case's page asks."""
    case = inbox.case_row(session, case_id)
    if case is None:
        raise NotFound
    return render(
        request,
        "faults/similar.html",
        fragment="similar",
        case=case,
        similar=similar_queries.similar(session, case),
        labels=LABELS,
    )
