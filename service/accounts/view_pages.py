"""保存した表示: the fragment below a list's conditions, saving and forgetting."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts import queries, views
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.session import SessionDep
from service.core.http.templating import render

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.ACCOUNT_SETTINGS))]


@router.get("/views")
def saved_views(
    request: Request,
    session: SessionDep,
    by: Reader,
    path: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    return render(
        request,
        "accounts/views.html",
        fragment="views",
        views=queries.views(session, path),
        user_id=by.id,
        path=path if views.is_kept(path) else "/",
    )


@router.post("/views")
def save_view(
    session: SessionDep,
    by: Reader,
    name: Annotated[str, Form(min_length=1, max_length=60)],
    path: Annotated[str, Form(max_length=100)],
    query: Annotated[str, Form(max_length=2_000)] = "",
    is_shared: Annotated[bool, Form()] = False,
    is_monthly: Annotated[bool, Form()] = False,
) -> Response:
    view = views.save_view(
        session,
        name.strip(),
        path,
        query,
        is_shared=is_shared,
        is_monthly=is_monthly,
        by=by,
    )
    return RedirectResponse(f"{view.path}?{view.query}", 303)


@router.post("/views/{view_id}/forget")
def forget_view(session: SessionDep, by: Reader, view_id: UUID) -> Response:
    return RedirectResponse(views.forget_view(session, view_id, by=by), 303)
