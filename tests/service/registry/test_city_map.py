from math import hypot
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from service.core.geometry import LonLat, to_plane
from service.registry.city_map import HEIGHT, WIDTH, Mark, city_map

PLACES = st.lists(
    st.tuples(st.floats(139.0, 140.5), st.floats(35.2, 36.4), st.integers(0, 5000)),
    min_size=1,
    max_size=25,
    unique_by=lambda place: place[:2],
)


def facility(lon: float | None, lat: float | None) -> dict[str, Any]:
    return {"id": uuid4(), "lon": lon, "lat": lat}


def mark(of: UUID, count: int = 1, alarming: int = 0) -> Mark:
    return Mark(of, "見本ポンプ場", count, alarming)


@given(PLACES)
def test_every_facility_with_a_mark_is_in_the_picture_once(places: list[tuple[float, float, int]]):
    facilities = [facility(lon, lat) for lon, lat, _ in places]
    counts = {row["id"]: count for row, (*_, count) in zip(facilities, places, strict=True)}
    marks = [mark(key, count) for key, count in counts.items() if count]
    drawn = city_map(facilities, marks)
    assert sorted(spot.mark.count for spot in drawn.spots) == sorted(one.count for one in marks)
    assert all(
        spot.radius <= spot.x <= WIDTH - spot.radius
        and spot.radius <= spot.y <= HEIGHT - spot.radius
        for spot in drawn.spots
    )
    assert len(drawn.others) <= len(facilities) - len(marks)


def test_north_is_up_east_is_right_and_the_scale_is_true():
    south_west, north_east = facility(139.70, 35.60), facility(139.75, 35.65)
    drawn = city_map([south_west, north_east], [mark(south_west["id"]), mark(north_east["id"], 4)])
    by_id = {spot.mark.facility_id: spot for spot in drawn.spots}
    low, high = by_id[south_west["id"]], by_id[north_east["id"]]
    assert high.y < low.y
    assert high.x > low.x
    one, other = (to_plane(LonLat(row["lon"], row["lat"])) for row in (south_west, north_east))
    metres = hypot(one.north - other.north, one.east - other.east)
    pixels = hypot(high.x - low.x, high.y - low.y)
    assert abs(pixels / metres - drawn.scale_px / drawn.scale_m) < 0.01 * pixels / metres
    assert high.radius > low.radius


def test_what_has_no_place_is_listed_and_not_drawn():
    known, unknown = facility(139.7, 35.6), facility(None, None)
    drawn = city_map([known, unknown], [mark(known["id"]), mark(unknown["id"], 7)])
    assert [spot.mark.facility_id for spot in drawn.spots] == [known["id"]]
    assert [one.facility_id for one in drawn.unplaced] == [unknown["id"]]


def test_without_marks_the_whole_city_is_shown():
    drawn = city_map([facility(139.70, 35.60), facility(139.75, 35.65)], [])
    assert (drawn.spots, len(drawn.others)) == ([], 2)
    assert city_map([], []).others == []
