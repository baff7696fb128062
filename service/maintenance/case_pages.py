"""Parts that were changed because of a case: shown on the case, recorded from there."""

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
from service.maintenance import queries
from service.maintenance.pages import shown

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.CASES_READ))]


@router.get("/cases/{case_id}/parts")
def parts_of_case(request: Request, session: SessionDep, by: Reader, case_id: UUID) -> Response:
    case = queries.case_head(session, case_id)
    if case is None:
        raise NotFound
    return render(
        request,
        "maintenance/of_case.html",
        fragment="parts",
        case=case,
        replacements=queries.replacements_of_case(session, case_id),
        may_write=by.can(Permission.REGISTRY_WRITE),
        shown=shown,
    )
