"""台帳の点検: what is missing or contradicts itself, each with the way to mend it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.registry.pages import PastDay
from service.registry.past import past_unknown
from service.registry.queries import quality
from service.registry.queries.quality import CHECKS

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.EXPORTS_READ))]
_SHOWN = 200


@router.get("/quality")
def board(request: Request, session: SessionDep, by: Reader, on: PastDay = None) -> Response:
    counts = quality.counts(session)
    checks = [(name, check, counts[name]) for name, check in CHECKS.items()]
    return render(
        request,
        "registry/quality.html",
        checks=checks,
        chosen=None,
        past_unknown=past_unknown(on),
        rows=[],
        total=0,
        may_write=by.can(Permission.REGISTRY_WRITE),
    )


@router.get("/quality/{name}")
def one(
    request: Request, session: SessionDep, by: Reader, name: str, on: PastDay = None
) -> Response:
    if name not in CHECKS:
        raise NotFound
    counts = quality.counts(session)
    return render(
        request,
        "registry/quality.html",
        checks=[(key, check, counts[key]) for key, check in CHECKS.items()],
        chosen=name,
        past_unknown=past_unknown(on),
        rows=quality.rows(session, name, limit=_SHOWN),
        total=counts[name],
        may_write=by.can(Permission.REGISTRY_WRITE),
    )
