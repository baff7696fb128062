from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BeforeValidator

from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import today
from service.core.errors import NotFound, Stale
from service.core.http.session import SessionDep
from service.core.http.templating import render
from service.core.paging import DEFAULT_LIMIT, decode_cursor, encode_cursor
from service.core.partial_date import PartialDate
from service.registry import service
from service.registry.custom_conditions import has_own_fields, own_fields, wanted_of
from service.registry.domain import (
    ALIAS_KIND_LABELS,
    DRAINAGE_TYPE_LABELS,
    FACILITY_TYPE_LABELS,
    HEALTH_LABELS,
    INSTALLATION_KIND_LABELS,
    LIFECYCLE_LABELS,
    REDUNDANCY_LABELS,
    RETIRED_REASON_LABELS,
    Criticality,
    FacilityType,
    Lifecycle,
)
from service.registry.life_forms import LIFE_EVENT_LABELS, events_for
from service.registry.past import on_day
from service.registry.queries import aliases, devices, facets, installations, merges
from service.registry.queries.position_order import SORTS
from service.registry.schemas.changes import PositionUpdate
from service.registry.schemas.reads import PartialDateRead, PositionFilter

router = APIRouter(include_in_schema=False)

Reader = Annotated[Actor, Depends(requires(Permission.REGISTRY_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.REGISTRY_WRITE))]
LABELS = {
    "facility_type": FACILITY_TYPE_LABELS,
    "health": HEALTH_LABELS,
    "drainage_type": DRAINAGE_TYPE_LABELS,
    "installation_kind": INSTALLATION_KIND_LABELS,
    "status": LIFECYCLE_LABELS,
    "redundancy": REDUNDANCY_LABELS,
    "retired_reason": RETIRED_REASON_LABELS,
}
PastDay = Annotated[date | None, BeforeValidator(lambda typed: typed or None)]
HEALTHS = range(5, 0, -1)


def filled_in(
    request: Request,
    q: Annotated[str, Query(max_length=200)] = "",
    facility_type: str = "",
    facility: str = "",
    major: str = "",
    middle: str = "",
    class_code: str = "",
    criticality: str = "",
    status: str = "",
    health: str = "",
) -> PositionFilter:
    """A form sends empty fields for conditions that nobody chose; unknown words are dropped."""
    return PositionFilter(
        q=q or None,
        facility_type=FacilityType(facility_type) if facility_type in set(FacilityType) else None,
        facility=facility or None,
        major=major or None,
        middle=middle or None,
        class_code=class_code or None,
        criticality=Criticality(criticality) if criticality in set(Criticality) else None,
        status=Lifecycle(status) if status in set(Lifecycle) else None,
        health=int(health) if health in {str(number) for number in HEALTHS} else None,
        custom=wanted_of(request.query_params),
    )


def as_partial_date(read: PartialDateRead | Mapping[str, Any] | None) -> PartialDate | None:
    return None if read is None else PartialDateRead.model_validate(read).value()


def total_of(facets: Mapping[str, list[Mapping[str, Any]]], conditions: PositionFilter) -> int:
    """Every position has a status, so the counts of that facet add up to all of them."""
    chosen = conditions.status
    return sum(row["count"] for row in facets["status"] if chosen in {None, row["value"]})


def _next_cursor(page: service.PositionPage, sort: str) -> str | None:
    if not page.has_more or page.last_key is None:
        return None
    sort_key, code = page.last_key
    return encode_cursor(sort_key, code) if sort else encode_cursor(code)


def _page_of(
    session: SessionDep, conditions: PositionFilter, cursor: str, before: str, sort: str
) -> service.PositionPage:
    if sort:
        first, second = decode_cursor(cursor, 2) if cursor else ("", "")
        after = (first, second) if cursor else None
        return service.sorted_position_page(
            session, conditions, sort, after=after, limit=DEFAULT_LIMIT
        )
    if before:
        key = decode_cursor(before, 1)[0]
        return service.position_page_before(session, conditions, before=key, limit=DEFAULT_LIMIT)
    key = decode_cursor(cursor, 1)[0] if cursor else ""
    return service.position_page(session, conditions, after=key, limit=DEFAULT_LIMIT)


@router.get("/positions")
def positions_page(
    request: Request,
    session: SessionDep,
    by: Reader,
    conditions: Annotated[PositionFilter, Depends(filled_in)],
    cursor: str = "",
    before: str = "",
    sort: str = "",
    on: PastDay = None,
) -> Response:
    chosen = sort if sort.removeprefix("-") in SORTS else ""
    with on_day(session, on, by=by):
        page = _page_of(session, conditions, cursor, before, chosen)
        counts = facets.facets(session, conditions.chosen())
    return render(
        request,
        "registry/positions.html",
        fragment="results",
        rows=page.rows,
        next_cursor=_next_cursor(page, chosen),
        sort=chosen,
        previous_cursor=(
            encode_cursor(page.first_code) if page.has_earlier and page.first_code else None
        ),
        total=total_of(counts, conditions),
        on=on,
        today=today(),
        facets=counts,
        meant=aliases.meant(session, conditions.q or "", [row["id"] for row in page.rows]),
        alias_labels=ALIAS_KIND_LABELS,
        conditions=conditions,
        own_fields=own_fields(session, conditions.class_code),
        labels=LABELS,
        as_partial_date=as_partial_date,
    )


@router.get("/positions/{position_id}")
def position_page(
    request: Request, session: SessionDep, by: Reader, position_id: UUID, on: PastDay = None
) -> Response:
    with on_day(session, on, by=by):
        return _position_page(request, session, by, position_id, on=on)


def _position_page(
    request: Request,
    session: SessionDep,
    by: Actor,
    position_id: UUID,
    *,
    status_code: int = 200,
    is_stale: bool = False,
    typed: dict[str, Any] | None = None,
    on: date | None = None,
) -> Response:
    card = service.position_card(session, position_id)
    device = card.device
    return render(
        request,
        "registry/position.html",
        status_code=status_code,
        card=card,
        has_own_fields=has_own_fields(session, "position", card.class_code, card.custom),
        device=device,
        as_partial_date=as_partial_date,
        history=installations.of_position(session, position_id),
        labels=LABELS,
        criticalities=[(word.value, word.value) for word in Criticality],
        statuses=[(word.value, LIFECYCLE_LABELS[word]) for word in Lifecycle],
        may_write=by.can(Permission.REGISTRY_WRITE) and on is None,
        events=[(event.value, LIFE_EVENT_LABELS[event]) for event in events_for(card)],
        on=on,
        today=today(),
        last_day=service.last_day,
        is_stale=is_stale,
        typed=typed or {},
    )


@router.post("/positions/{position_id}")
def change_position(
    request: Request,
    session: SessionDep,
    by: Writer,
    position_id: UUID,
    version: Annotated[int, Form()],
    criticality: Annotated[Criticality, Form()],
    status: Annotated[Lifecycle, Form()],
    health: Annotated[Literal["", "1", "2", "3", "4", "5"], Form()] = "",
    health_judged_on: Annotated[date | None, Form()] = None,
    note: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    typed: dict[str, Any] = {
        "criticality": criticality,
        "status": status,
        "health": health,
        "note": note,
    }
    values = typed | {"health": int(health) if health else None, "note": note.strip() or None}
    if health_judged_on:
        values["health_judged_on"] = typed["health_judged_on"] = health_judged_on
    change = PositionUpdate.model_validate(values)
    try:
        service.update_position(session, position_id, change, version, by=by)
    except Stale:
        return _position_page(
            request, session, by, position_id, status_code=412, is_stale=True, typed=typed
        )
    return RedirectResponse(f"/positions/{position_id}", 303)


@router.get("/devices/{device_id}")
def device_page(
    request: Request, session: SessionDep, by: Reader, device_id: UUID, on: PastDay = None
) -> Response:
    with on_day(session, on, by=by):
        return _device_page(request, session, device_id, on=on)


def _device_page(
    request: Request, session: SessionDep, device_id: UUID, *, on: date | None
) -> Response:
    device = devices.read(session, device_id)
    if device is None:
        raise NotFound
    return render(
        request,
        "registry/device.html",
        device=device,
        has_own_fields=has_own_fields(session, "device", device["class_code"], device["custom"]),
        merge_count=len(merges.of_device(session, device_id)),
        history=installations.of_device(session, device_id),
        as_partial_date=as_partial_date,
        labels=LABELS,
        last_day=service.last_day,
        on=on,
        today=today(),
    )
