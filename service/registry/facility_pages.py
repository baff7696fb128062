"""Facilities: which there are, and what each holds place by place."""

from datetime import date
from itertools import groupby
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.core.clock import today
from service.core.errors import NotFound
from service.core.http.session import SessionDep
from service.core.http.templating import render, wants_fragment
from service.core.paging import decode_cursor, encode_cursor
from service.registry.domain import FACILITY_TYPE_LABELS, FacilityType
from service.registry.facility_map import facility_map
from service.registry.pages import LABELS, PastDay, Reader
from service.registry.past import on_day
from service.registry.queries import facilities, positions

router = APIRouter(include_in_schema=False)
FEW = 100


@router.get("/facilities")
def facilities_page(
    request: Request,
    session: SessionDep,
    by: Reader,
    facility_type: str = "",
    cursor: str = "",
    on: PastDay = None,
) -> Response:
    chosen = facility_type if facility_type in set(FacilityType) else None
    after = decode_cursor(cursor, 1)[0] if cursor else ""
    with on_day(session, on, by=by):
        rows = facilities.page(session, after=after, limit=101, facility_type=chosen)
    shown = rows[:100]
    return render(
        request,
        "registry/facilities.html",
        rows=shown,
        next_cursor=encode_cursor(shown[-1]["facility_code"]) if len(rows) > len(shown) else None,
        chosen=facility_type,
        on=on,
        today=today(),
        types=[(word.value, FACILITY_TYPE_LABELS[word]) for word in FacilityType],
        labels=LABELS,
    )


@router.get("/facilities/{facility_id}")
def facility_page(
    request: Request,
    session: SessionDep,
    by: Reader,
    facility_id: UUID,
    place: str | None = None,
    on: PastDay = None,
) -> Response:
    with on_day(session, on, by=by):
        return _facility_page(request, session, facility_id, place, on)


def _facility_page(
    request: Request, session: SessionDep, facility_id: UUID, place: str | None, on: date | None
) -> Response:
    """A plant holds thousands of positions: a place is filled when it is opened."""
    facility = facilities.read(session, facility_id)
    if facility is None:
        raise NotFound
    if place is not None and wants_fragment(request):
        rows = positions.at_places(session, facility_id, [place])
        return render(request, "registry/place.html", rows=rows, labels=LABELS, on=on)
    places = positions.places(session, facility_id)
    is_small = facility["position_count"] <= FEW
    wanted = [row["path"] for row in places if is_small or row["path"] == place]
    inside = positions.at_places(session, facility_id, wanted)
    return render(
        request,
        "registry/facility.html",
        facility=facility,
        condition=facilities.condition(session, facility_id),
        map=facility_map(facility, facilities.located(session))
        if facility["lon"] is not None
        else None,
        places=places,
        opened={path: list(rows) for path, rows in groupby(inside, lambda row: row["path"])},
        labels=LABELS,
        on=on,
        today=today(),
    )
