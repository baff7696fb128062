"""Devices that were registered twice."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.errors import NotFound
from service.core.http.session import SessionDep
from service.core.paging import DEFAULT_LIMIT, Page, cut, decode_cursor, encode_cursor
from service.registry import merging
from service.registry.api.answers import Cursor, Limit, Reader, Writer
from service.registry.api.devices import device_answer
from service.registry.queries import merges
from service.registry.schemas.merges import (
    Distinction,
    DuplicateRead,
    MergeCreate,
    MergeRead,
    MergeUndo,
)

router = APIRouter()
Planner = Annotated[Actor, Depends(requires(Permission.EXPORTS_READ))]


@router.get("/duplicate-devices")
def list_duplicates(
    request: Request,
    session: SessionDep,
    _by: Planner,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[DuplicateRead]:
    """Pairs of devices that may be one thing, with what speaks for it."""
    first, second = decode_cursor(cursor, 2) if cursor else ("", "")
    shown, more = cut(merges.duplicates(session, after=(first, second), limit=limit + 1), limit)
    following = None
    if more:
        last = encode_cursor(shown[-1]["one_code"], shown[-1]["other_code"])
        following = str(request.url.include_query_params(cursor=last))
    items = [DuplicateRead.model_validate(dict(row)) for row in shown]
    return Page(items=items, next=following)


@router.get("/devices/{device_id}/merges")
def list_merges(session: SessionDep, _by: Reader, device_id: UUID) -> list[MergeRead]:
    """What the device took over, or what took it over; also merges that were undone."""
    device_answer(session, device_id)
    return [MergeRead.model_validate(dict(row)) for row in merges.of_device(session, device_id)]


@router.post("/devices/{device_id}/merges", status_code=201)
def merge_devices(session: SessionDep, by: Writer, device_id: UUID, new: MergeCreate) -> MergeRead:
    """The device takes over the stays, cases and records of the other, and the facts it lacks."""
    return _one(session, merging.merge_devices(session, device_id, new, by=by).id)


@router.post("/device-merges/{merge_id}/undo")
def undo_merge(session: SessionDep, by: Writer, merge_id: UUID, undo: MergeUndo) -> MergeRead:
    """Two devices again, each with what it had."""
    merging.undo_merge(session, merge_id, undo, by=by)
    return _one(session, merge_id)


@router.post("/devices/{device_id}/distinction", status_code=204)
def keep_apart(session: SessionDep, by: Writer, device_id: UUID, new: Distinction) -> Response:
    """The two are different things and are not proposed again."""
    merging.keep_apart(session, device_id, new, by=by)
    return Response(status_code=204)


def _one(session: SessionDep, merge_id: UUID) -> MergeRead:
    row = merges.read(session, merge_id)
    if row is None:
        raise NotFound
    return MergeRead.model_validate(dict(row))
