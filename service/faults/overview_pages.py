from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.faults.overview import ledger_coverage, months

router = APIRouter(include_in_schema=False)


@router.get("/overview")
def overview(
    request: Request,
    session: SessionDep,
    by: Annotated[Actor, Depends(requires(Permission.CASES_READ))],
) -> Response:
    """The slow figures of the first page, which asks for them once it is there."""
    return render(
        request,
        "faults/overview.html",
        fragment="figures",
        months=months(session),
        coverage=[] if by.is_contractor else ledger_coverage(session),
    )
