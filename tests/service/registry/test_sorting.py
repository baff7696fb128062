"""Lists sorted by a column: the same rows in another order, page by page."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from app.asgi import create_app
from service.core.database import transaction
from service.core.partial_date import PartialDate
from service.core.settings import Settings
from service.core.tables import partial_date_columns
from service.registry.facility_map import facility_map
from service.registry.queries import positions
from service.registry.queries.position_order import SORTS
from tests.factories import (
    make_class,
    make_device,
    make_facility,
    make_installation,
    make_position,
    make_user,
    sign_in_client,
)


def _all(session: Session, code: str, sort: str, limit: int) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    after = None
    while rows := positions.sorted_page(
        session, {"facility": code}, sort, after=after, limit=limit
    ):
        found += [(row["sort_key"], row["position_code"]) for row in rows]
        after = (rows[-1]["sort_key"], rows[-1]["position_code"])
    return found


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
@pytest.mark.parametrize("narrow", [positions.NARROW, frozenset()], ids=["narrow", "walked"])
def test_every_row_comes_once_and_in_order(
    session: Session, monkeypatch: pytest.MonkeyPatch, sort: str, narrow: frozenset[str]
) -> None:
    monkeypatch.setattr(positions, "NARROW", narrow)
    facility, kind = make_facility(session), make_class(session)
    for number in range(11):
        position = make_position(
            session,
            facility,
            class_id=kind.id,
            name=f"ポンプ{number % 3}",
            criticality="ABC"[number % 3],
            health=number % 4 or None,
        )
        if number < 9:
            day = date(2001 + number % 4, 4, 1) if number % 3 else None
            written = PartialDate.day(day) if day else None
            device = make_device(session, **partial_date_columns("installed", written))
            make_installation(session, position, device)
    keys = _all(session, facility.facility_code, sort, limit=4)
    assert len(keys) == len(set(keys)) == 11
    falling = sort.startswith("-")
    known, unknown = [key for key in keys if key[0]], [key for key in keys if not key[0]]
    assert keys == known + unknown
    assert len(unknown) == {"installed": 5, "health": 3}.get(sort.removeprefix("-"), 0)
    assert unknown == sorted(unknown)
    for one, other in pairwise(known):
        assert (one > other) if falling else (one < other)


def test_the_page_sorts_and_leads_on(engine: Engine, settings: Settings) -> None:
    with transaction(engine) as session:
        facility, kind = make_facility(session), make_class(session)
        for number in range(55):
            make_position(
                session,
                facility,
                class_id=kind.id,
                name=f"架空順{number:02}",
                health=1 + number % 5,
            )
        user = make_user(session)
    staff = sign_in_client(create_app(settings, engine), user)
    query = {"facility": facility.facility_code, "sort": "-name"}
    first = staff.get("/positions", params=query).text
    assert first.index("架空順54") < first.index("架空順53")
    assert 'aria-sort="descending"' in first
    assert "架空順04" not in first
    assert staff.get("/positions", params=query | {"sort": "x; drop"}).status_code == 200
    following = next(
        part.split('"')[0].replace("&amp;", "&") for part in first.split('rel="next" href="')[1:]
    )
    second = staff.get(following).text
    assert "架空順04" in second
    assert "架空順54" not in second


def test_the_map_is_true_to_the_metre() -> None:
    here = {"id": 1, "name": "ここ", "lon": 139.45, "lat": 35.33}
    others = [
        here,
        {"id": 2, "name": "東", "lon": 139.46, "lat": 35.33},
        {"id": 3, "name": "北", "lon": 139.45, "lat": 35.34},
    ]
    drawn = facility_map(here, others)
    by_name = {spot.name: spot for spot in drawn.spots}
    assert by_name.keys() == {"東", "北"}
    assert by_name["東"].distance_m == pytest.approx(909, abs=3)
    assert by_name["北"].distance_m == pytest.approx(1109, abs=3)
    middle = drawn.size / 2
    assert by_name["東"].x > middle
    assert by_name["北"].y < middle
    pixels = drawn.scale_px / drawn.scale_m
    assert (middle - by_name["北"].y) / pixels == pytest.approx(1109, rel=0.01)


@given(st.integers(0, 7))
def test_a_facility_alone_has_a_map(count: int) -> None:
    here = {"id": 0, "name": "ここ", "lon": 139.45, "lat": 35.33}
    others = [here | {"id": n + 1, "lon": 139.45 + n / 50} for n in range(count)]
    drawn = facility_map(here, others)
    assert len(drawn.nearest) == min(count, 5)
    assert drawn.scale_m >= 100
