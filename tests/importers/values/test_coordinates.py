import pytest

from importers.values.coordinates import read_point
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
        ("35.20.20.04", "139.29.24.72", ["dms"]),
        ("352020.04", "1392924.72", ["dms"]),
        ("N35 20 20.04", "E139 29 24.72", ["dms"]),
        ("139.4902", "35.3389", ["axes-swapped"]),
        ("-73289.596", "-31191.259", ["plane-ix"]),
        ("-31191.259", "-73289.596", ["plane-ix", "axes-swapped"]),
        ("−73289.596", "−31191.259", ["plane-ix"]),
    ],
)
def test_every_writing_names_the_same_point(first, second, rules):
    reading = read_point(first, second)
    assert _near(reading.value)
    assert [change.rule for change in reading.changes] == rules


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("0", "0", "coordinate-out-of-range"),
        ("48.85", "2.35", "coordinate-out-of-range"),
        ("北の方", "139", "not-a-coordinate"),
        ("9999999", "9999999", "coordinate-out-of-range"),
    ],
)
def test_no_point(first, second, code):
    with pytest.raises(Unreadable) as caught:
        read_point(first, second)
    assert caught.value.code == code


def test_the_survey_calls_north_x():
    plane = to_plane(HALL)
    assert plane.north == pytest.approx(-73289.596, abs=0.01)
    assert plane.east == pytest.approx(-31191.259, abs=0.01)
