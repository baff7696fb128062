"""Who the server takes a phone for; asked before anything is sent."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from mobile_api import queries
from mobile_api.schemas import Me
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import now
from service.core.http.session import SessionDep

router = APIRouter(tags=["sign-in"])
Anybody = Annotated[Actor, Depends(requires(Permission.ACCOUNT_SELF))]


@router.get("/me")
def me(response: Response, session: SessionDep, by: Anybody) -> Me:
    """The person whose name a report sent now would carry."""
    response.headers["cache-control"] = "no-store"
    assert by.id is not None and by.role is not None  # noqa: S101, PT018  # people come this way
    return Me(
        user_id=by.id,
        display_name=by.name,
        role=by.role.value,
        company_id=by.company_id,
        company_name=queries.company_name(session, by.company_id) if by.company_id else None,
        can_report=by.can(Permission.REPORTS_FILE),
        server_time=now(),
    )
