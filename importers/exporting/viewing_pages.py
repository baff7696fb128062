"""監査の閲覧記録: what auditors looked at, as a page and as a file of exactly the same."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from importers.exporting.list_files import Line, ListFormat, Listing, list_answer
from importers.exporting.viewing_queries import Wanted, viewings
from importers.exporting.writing import moment, plain
from service.accounts import queries as accounts
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.accounts.permissions import Permission
from service.core.clock import JST
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n.marker import N_

router = APIRouter(include_in_schema=False)
Administrator = Annotated[Actor, Depends(requires(Permission.USERS_MANAGE))]
_SHOWN = 100
_EVERY = 1_000_000
_HEADER = ["日時", "利用者名", "氏名", "記録", "アドレス", "条件", "操作", "結果"]
_WORDS = ("username", "actor_name", "record", "path", "query", "method", "status")


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def wanted(
    user: Annotated[str, Query(max_length=64)] = "",
    since: Annotated[str, Query(max_length=10, alias="from")] = "",
    until: Annotated[str, Query(max_length=10, alias="to")] = "",
) -> Wanted:
    """The conditions of the address; a day that cannot be read is none."""
    first, last = _day(since), _day(until)
    return Wanted(
        user or None,
        datetime.combine(first, time(), JST) if first else None,
        datetime.combine(last + timedelta(days=1), time(), JST) if last else None,
    )


Conditions = Annotated[Wanted, Depends(wanted)]


@router.get("/admin/viewings")
def viewings_page(
    request: Request,
    session: SessionDep,
    _by: Administrator,
    conditions: Conditions,
    before: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    rows = viewings(session, conditions, before=before, limit=_SHOWN + 1)
    return render(
        request,
        "accounts/viewings.html",
        rows=rows[:_SHOWN],
        next_before=rows[_SHOWN - 1]["id"] if len(rows) > _SHOWN else None,
        auditors=[one for one in accounts.users(session) if one.role == Role.AUDITOR],
        chosen=request.query_params,
    )


@router.get("/lists/viewings.{form}")
def viewings_file(
    session: SessionDep, _by: Administrator, form: ListFormat, conditions: Conditions
) -> StreamingResponse:
    lines = (
        Line(str(row["id"]), _cells(row), row)
        for row in map(dict, viewings(session, conditions, limit=_EVERY))
    )
    return list_answer(Listing(N_("監査の閲覧記録"), _HEADER, lines), form)


def _cells(row: dict[str, Any]) -> list[str]:
    return [moment(row["at"]), *(plain(row[name]) for name in _WORDS)]
