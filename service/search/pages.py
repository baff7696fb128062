"""検索: facilities, positions, devices and cases by any word."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.faults.wording import LABELS
from service.registry.domain import ALIAS_KIND_LABELS
from service.registry.service import looks_like_case_number
from service.search import service

router = APIRouter(include_in_schema=False)

Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]


@router.get("/search")
def search_page(
    request: Request,
    session: SessionDep,
    by: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """A case number leads to the case, a tag's number to what bears the tag."""
    if looks_like_case_number(q):
        return RedirectResponse(f"/cases?{urlencode({'q': q.strip()})}", 303)
    code = service.tag_code(session, q)
    if code is not None:
        return RedirectResponse(f"/T/{code}", 303)
    return render(
        request,
        "search/results.html",
        q=q,
        found=service.everywhere(session, q, by=by),
        alias_labels=ALIAS_KIND_LABELS,
        labels=LABELS,
    )
