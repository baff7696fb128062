"""検索: positions, facilities and devices by any word."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.registry import service
from service.registry.domain import ALIAS_KIND_LABELS
from service.registry.pages import LABELS, Reader
from service.registry.queries import aliases, devices, facilities, positions
from service.registry.queries.search import search_words
from service.registry.schemas.reads import PositionFilter

router = APIRouter(include_in_schema=False)


@router.get("/search")
def search_page(
    request: Request,
    session: SessionDep,
    _by: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Positions, facilities and devices by any word; a case number leads to the cases."""
    words = search_words(q)
    if service.looks_like_case_number(q):
        return RedirectResponse(f"/cases?{urlencode({'q': q.strip()})}", 303)
    conditions = PositionFilter(q=q)
    found = service.position_page(session, conditions, limit=20) if words else None
    matches = devices.page(session, q=q, class_code=None, after="", limit=20) if words else []
    places = facilities.named(session, q, limit=20) if words else []
    rows = found.rows if found else []
    is_empty = bool(words) and not rows and not matches and not places
    return render(
        request,
        "registry/search.html",
        q=q,
        positions=rows,
        meant=aliases.meant(session, q, [row["id"] for row in (*rows, *matches)]),
        alias_labels=ALIAS_KIND_LABELS,
        has_more=bool(found and found.has_more),
        devices=matches,
        facilities=places,
        alike=positions.alike(session, q) if is_empty else [],
        labels=LABELS,
    )
