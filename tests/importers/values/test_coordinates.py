import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values.coordinates import JAPAN, Box, point_reader
from importers.values.reading import Unreadable
from service.core.geometry import LonLat, to_plane

HALL = LonLat(139.4902, 35.3389)


def _near(point, other=HALL, tolerance=2e-5) -> bool:
    return abs(point.lon - other.lon) < tolerance and abs(point.lat - other.lat) < tolerance


@pytest.mark.parametrize(
    ("first", "second", "rules"),
    [
        ("35.3389", "139.4902", []),
        ("３５．３３８９", "139.4902", []),
        ("35°20′20.04″", "139°29′24.72″", ["dms"]),
        ("139.4902", "35.3389", ["axes-swapped"]),
    ],
)
def test_what_was_done_to_a_point_is_listed(first, second, rules):
    reading = point_reader(6668)(first, second)
    assert _near(reading.value)
    assert [change.rule for change in reading.changes] == rules


def test_the_survey_calls_north_x():
    plane = to_plane(HALL)
    assert plane.north == pytest.approx(-73289.596, abs=0.01)
    assert plane.east == pytest.approx(-31191.259, abs=0.01)


@pytest.mark.parametrize(
    ("crs", "first", "second"),
    [
        (6668, "35.3389", "139.4902"),
        (6668, "139.4902", "35.3389"),
        (4612, "35°20′20.04″", "139°29′24.72″"),
        (6668, "35.20.20.04", "139.29.24.72"),
        (6668, "352020.04", "1392924.72"),
        (6668, "N35 20 20.04", "E139 29 24.72"),
        (6668, "３５度２０分２０．０４秒", "１３９度２９分２４．７２秒"),
        (6668, "北緯35度20分20.04秒", "東経139度29分24.72秒"),
        (6668, "35:20:20.04", "139:29:24.72"),
        (6668, "35-20-20.04", "139-29-24.72"),
        (6668, "35°20.334′", "139°29.412′"),
        (6668, "35.3389N", "139.4902E"),
        (6677, "-73289.596", "-31191.259"),
        (6677, "-73,289.596", "-31,191.259"),
        (6677, "▲73289.596", "▲31191.259"),
        (6677, "－７３２８９．５９６", "－３１１９１．２５９"),
        (6677, "X=-73289.596m", "Y=-31191.259m"),
        (2451, "-73289.596", "-31191.259"),
        (30169, "-73645.591", "-30898.200"),
    ],
)
def test_the_same_point_in_every_system(crs, first, second):
    assert _near(point_reader(crs)(first, second).value)


def test_metres_with_the_east_first():
    reading = point_reader(6677, swapped=True)("-31191.259", "-73289.596")
    assert _near(reading.value)
    assert "axes-swapped" in [change.rule for change in reading.changes]


def test_each_change_of_datum_is_listed():
    rules = [change.rule for change in point_reader(30169)("-73645.591", "-30898.200").changes]
    assert rules == ["plane-ix", "tokyo-datum"]
    assert [c.rule for c in point_reader(4612)("35.3389", "139.4902").changes] == ["jgd2000"]


@pytest.mark.parametrize(
    ("crs", "first", "second", "code"),
    [
        (6668, "35.3389", "", "half-a-coordinate"),
        (6668, "35,3389", "139,4902", "not-a-coordinate"),
        (6668, "35°61′20″", "139°29′24.7″", "coordinate-out-of-range"),
        (6668, "-73289.596", "-31191.259", "not-a-coordinate"),
        (6668, "0", "0", "coordinate-out-of-range"),
        (6668, "48.85", "2.35", "coordinate-out-of-range"),
        (6668, "北の方", "139", "not-a-coordinate"),
        (6677, "35.3389", "139.4902", "coordinate-out-of-range"),
        (6677, "-999999", "0", "coordinate-out-of-range"),
        (6677, "北の方", "0", "not-a-coordinate"),
        (4301, "30.0", "150.0", "outside-grid"),
        (3857, "0", "0", "unknown-crs"),
    ],
)
def test_no_point_in_the_system(crs, first, second, code):
    with pytest.raises(Unreadable) as caught:
        point_reader(crs)(first, second)
    assert caught.value.code == code


def test_a_point_outside_the_city_is_asked():
    read = point_reader(6668, box=Box(139.40, 35.29, 139.52, 35.43))
    assert _near(read("35.3389", "139.4902").value)
    with pytest.raises(Unreadable) as caught:
        read("43.0621", "141.3544")
    assert (caught.value.code, caught.value.asks) == ("coordinate-out-of-city", True)


def test_an_unknown_position_is_none():
    assert point_reader(6668)("不明", "－").value is None


@given(st.floats(35.29, 35.43), st.floats(139.40, 139.52), st.sampled_from([6668, 6677, 2451]))
def test_points_are_read_back(lat, lon, crs):
    first, second = str(lat), str(lon)
    if crs != 6668:
        plane = to_plane(LonLat(lon, lat), crs)
        first, second = f"{plane.north:.4f}", f"{plane.east:.4f}"
    assert _near(point_reader(crs)(first, second).value, LonLat(lon, lat), 1e-8)


@given(
    st.integers(0, 59),
    st.integers(0, 59),
    st.sampled_from(["{}°{}′{}″", "{}.{}.{}", "{}度{}分{}秒"]),
)
def test_minutes_and_seconds_are_read_back(minutes, seconds, form):
    read = point_reader(6668)
    value = read(form.format(35, minutes, seconds), form.format(139, 30, 0)).value
    assert value.lat == pytest.approx(35 + minutes / 60 + seconds / 3600, abs=1e-9)


@given(st.text(max_size=15), st.text(max_size=15), st.sampled_from([6668, 4301, 6677, 30169]))
def test_any_two_cells_are_a_point_or_a_reason(first, second, crs):
    try:
        value = point_reader(crs)(first, second).value
    except Unreadable:
        value = None
    assert value is None or JAPAN.holds(value, 0.01)
