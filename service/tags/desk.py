"""The office's pages about tags: what there is, the stock, what to print, print runs, printers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.i18n.marker import N_
from service.tags import life, service
from service.tags.domain import (
    TAG_EVENT_LABELS,
    TAG_STATE_LABELS,
    TagEventKind,
    TagState,
    UnknownTag,
    grouped,
    read_code,
)
from service.tags.queries import life as life_queries
from service.tags.queries import tags as queries
from service.tags.schemas import NO_NUL

router = APIRouter(include_in_schema=False)
Manager = Annotated[Actor, Depends(requires(Permission.TAGS_MANAGE))]
ROWS = 100
# The tabs of the list, in the order in which somebody looks: what needs a hand comes first.
VIEWS = {
    "recheck": N_("要確認"),
    "reprint": N_("刷り直し"),
    "unprinted": N_("未印刷"),
    "missing": N_("タグなし"),
    "stock": N_("未割当の在庫"),
    "in_use": N_("使用中"),
    "out_of_use": N_("使用終了"),
}
Text = Annotated[str, Form(max_length=200, pattern=NO_NUL)]


@router.get("/tags")
def overview(
    request: Request,
    session: SessionDep,
    _by: Manager,
    view: Annotated[str | None, Query()] = None,
    facility: Annotated[str | None, Query(max_length=40, pattern=NO_NUL)] = None,
    q: Annotated[str, Query(max_length=40)] = "",
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    """Counts, and one of the lists."""
    counts = life_queries.counts(session)
    shown = view if view in VIEWS else _first_view(counts)
    rows, more = rows_of(session, shown, facility or None, q, cursor)
    return render(
        request,
        "tags/overview.html",
        counts=_by_view(counts),
        views=VIEWS,
        view=shown,
        rows=rows,
        next_cursor=more,
        typed=q,
        facility=facility or "",
        facilities=facilities_of(session),
        companies=life_queries.companies(session) if shown == "stock" else [],
        state_labels=words_of(TAG_STATE_LABELS, TagState),
        grouped=grouped,
    )


def view_of(session: Any, view: str | None) -> str:
    """The tab of that name; without one, the tab that the page opens with."""
    return view if view in VIEWS else _first_view(life_queries.counts(session))


def rows_of(
    session: Any, view: str, facility: str | None, typed: str, cursor: str | None
) -> tuple[list[Any], str | None]:
    if view == "missing":
        return life_queries.missing(session, facility=facility, cursor=cursor, limit=ROWS)
    code = "".join(c for c in typed.upper() if c.isalnum()) or None
    return life_queries.listed(
        session, view, facility=facility, code=code, cursor=cursor, limit=ROWS
    )


def _by_view(counts: Any) -> dict[str, int]:
    return {
        "recheck": counts.disputed,
        "reprint": counts.reprint,
        "unprinted": counts.unprinted,
        "missing": counts.missing,
        "stock": counts.minted + counts.printed + counts.issued,
        "in_use": counts.in_use,
        "out_of_use": counts.out_of_use,
    }


def _first_view(counts: Any) -> str:
    waiting = _by_view(counts)
    needy = (view for view in ("recheck", "reprint", "missing", "unprinted") if waiting[view])
    return next(needy, "in_use")


def facilities_of(session: Any) -> list[tuple[str, str]]:
    return [(row.facility_code, row.name) for row in queries.facilities(session)]


def words_of(labels: Any, words: Any) -> dict[str, str]:
    return {word.value: labels[word] for word in words}


@router.post("/tags/mint")
def mint(
    session: SessionDep,
    by: Manager,
    facility: Text = "",
    per_position: Annotated[int, Form(ge=1, le=4)] = 1,
) -> Response:
    """A tag for each position that has fewer than wanted, then what there is to print."""
    facility_id = service.facility_id_of(session, facility) if facility else None
    service.mint_for_positions(session, by=by, facility_id=facility_id, wanted=per_position)
    return RedirectResponse(f"/tags/print?facility={facility}", 303)


@router.post("/tags/stock")
def mint_stock(session: SessionDep, by: Manager, count: Annotated[int, Form()]) -> Response:
    life.mint_stock(session, count, by=by)
    return RedirectResponse("/tags/print?selection=stock", 303)


@router.post("/tags/issue")
def issue(
    session: SessionDep,
    by: Manager,
    company_id: Annotated[UUID, Form()],
    codes: Annotated[str, Form(max_length=200_000)],
    person: Text = "",
) -> Response:
    ids = life.ids_of(session, codes.replace(",", " ").split())
    life.issue(session, ids, company_id, person, by=by)
    return RedirectResponse("/tags?view=stock", 303)


@router.get("/tags/{code}/history")
def history(request: Request, session: SessionDep, _by: Manager, code: str) -> Response:
    """One tag: where it is, and all that happened to it."""
    tag = queries.tag(session, read_code(code))
    if tag is None:
        raise UnknownTag
    return render(
        request,
        "tags/history.html",
        tag=tag,
        code=grouped(tag.tag_code),
        place=life_queries.place(session, tag.position_id) if tag.position_id else None,
        events=life.history(session, tag.id),
        event_labels=words_of(TAG_EVENT_LABELS, TagEventKind),
        state_labels=words_of(TAG_STATE_LABELS, TagState),
    )


@router.post("/tags/{code}/reprint")
def reprint(session: SessionDep, by: Manager, code: str) -> Response:
    life.want_reprint(session, [code], by=by)
    return RedirectResponse(f"/tags/{code}/history", 303)


@router.post("/tags/{code}/recheck")
def recheck(session: SessionDep, by: Manager, code: str, note: Text = "") -> Response:
    life.rechecked(session, code, note=note or None, by=by)
    return RedirectResponse(f"/tags/{code}/history", 303)


@router.post("/tags/{code}/{state}")
def take_out(session: SessionDep, by: Manager, code: str, state: TagState) -> Response:
    """Damaged, lost, retired; superseded mints the tag that comes after."""
    if state is TagState.SUPERSEDED:
        fresh = service.replace(session, code, as_state=state, by=by)
        return RedirectResponse(f"/tags/{fresh.tag_code}/history", 303)
    service.retire(session, code, as_state=state, by=by)
    return RedirectResponse(f"/tags/{code}/history", 303)
