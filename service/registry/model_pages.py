"""Device models with their specification, manuals and devices; the city's classes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from service.accounts.permissions import Permission
from service.core.clock import today
from service.core.errors import NotFound
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.paging import DEFAULT_LIMIT, cut, decode_cursor, encode_cursor
from service.registry.pages import PastDay, Reader
from service.registry.past import on_day
from service.registry.queries import classes, models

router = APIRouter(include_in_schema=False)
_SHOWN = 200


@router.get("/models")
def models_page(
    request: Request,
    session: SessionDep,
    by: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: str = "",
    on: PastDay = None,
) -> Response:
    maker, model_no = decode_cursor(cursor, 2) if cursor else ("", "")
    with on_day(session, on, by=by):
        found = models.page(session, q, after=(maker, model_no), limit=DEFAULT_LIMIT + 1)
    rows, has_more = cut(found, DEFAULT_LIMIT)
    last = rows[-1] if has_more else None
    return render(
        request,
        "registry/models.html",
        rows=rows,
        next_cursor=encode_cursor(last["maker"] or "", last["model_no"]) if last else None,
        q=q,
        on=on,
        today=today(),
    )


@router.get("/models/{model_id}")
def model_page(request: Request, session: SessionDep, by: Reader, model_id: UUID) -> Response:
    model = models.read(session, model_id)
    if model is None:
        raise NotFound
    return render(
        request,
        "registry/model.html",
        model=model,
        devices=models.devices_of(session, model_id, limit=_SHOWN),
        may_write=by.can(Permission.REGISTRY_WRITE),
    )


@router.get("/classes")
def classes_page(
    request: Request, session: SessionDep, by: Reader, only: str = "", on: PastDay = None
) -> Response:
    """The whole master: a city has some hundred classes."""
    with on_day(session, on, by=by):
        rows = classes.page(session, after="", limit=10_000)
    unverified = [row for row in rows if not row.verified]
    return render(
        request,
        "registry/classes.html",
        rows=unverified if only == "unverified" else rows,
        unverified_count=len(unverified),
        only=only,
        on=on,
        today=today(),
        may_write=by.can(Permission.REGISTRY_WRITE) and on is None,
    )
