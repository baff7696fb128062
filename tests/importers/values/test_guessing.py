from datetime import date

import pytest

from importers.values.coordinates import Box
from importers.values.datums import ZONES, Crs
from importers.values.guessing import guess_crs, sample_points
from service.core.geometry import LonLat, to_plane

CITY = Box(139.40, 35.29, 139.52, 35.43)
POINTS = [(35.34 + step / 100, 139.42 + step / 100) for step in range(8)]
DEGREES = [(f"{lat:.4f}", f"{lon:.4f}") for lat, lon in POINTS]
PLANES = [to_plane(LonLat(lon, lat)) for lat, lon in POINTS]
METRES = [(f"{point.north:.3f}", f"{point.east:.3f}") for point in PLANES]


def turned(pairs):
    return [(second, first) for first, second in pairs]


@pytest.mark.parametrize(
    ("samples", "kind", "crs", "swapped"),
    [
        (DEGREES, "degrees", (6668, 4612, 4301), False),
        (turned(DEGREES), "degrees", (6668, 4612, 4301), True),
        ([("35°20′20″", "139°29′24.7″")], "degrees", (6668, 4612, 4301), False),
        ([("352020.0", "1392924.7")], "degrees", (6668, 4612, 4301), False),
        (METRES, "metres", (6677, 2451, 30169), False),
        (turned(METRES), "metres", (6677, 2451, 30169), True),
        ([*METRES, ("不明", "不明")], "metres", (6677, 2451, 30169), False),
    ],
)
def test_figures_tell_the_kind_and_the_order_and_leave_the_datum_open(samples, kind, crs, swapped):
    guess = guess_crs(samples, CITY)
    assert guess == (kind, crs, swapped, True, "which-datum")


def test_tokyo_is_out_of_the_question_after_the_change_of_2002():
    guess = guess_crs(METRES, CITY, surveyed=date(2010, 6, 1))
    assert (guess.crs, guess.asks, guess.note) == ((6677, 2451), False, "")
    assert guess_crs(METRES, CITY, surveyed=date(2001, 6, 1)).crs[-1] == 30169


def test_points_of_another_city_are_shown_to_somebody():
    assert guess_crs([("43.0621", "141.3544")], CITY).note == "points-outside-city"
    assert guess_crs([("200000", "100000")], CITY).note == "points-outside-city"


def test_without_a_city_the_zone_is_asked():
    guess = guess_crs(METRES)
    assert guess.note == "which-zone"
    assert {Crs(6668, zone).code for zone in ZONES} <= set(guess.crs)


@pytest.mark.parametrize("samples", [METRES, turned(METRES)])
@pytest.mark.parametrize("box", [CITY, None])
@pytest.mark.parametrize("crs", [6677, 30169])
def test_a_decided_system_leaves_only_the_order(samples, box, crs):
    guess = guess_crs(samples, box, decided=crs)
    assert guess == ("metres", (crs,), samples is not METRES, False, "")


def test_the_order_in_another_zone_is_judged_by_the_zone():
    plane = to_plane(LonLat(141.35, 43.06), 6668 + 12)
    sapporo = (f"{plane.north:.3f}", f"{plane.east:.3f}")
    assert not guess_crs([sapporo], decided=6668 + 12).swapped


def test_nothing_to_guess_from():
    assert guess_crs([("不明", ""), ("", "")], CITY).note == "no-coordinates"
    assert guess_crs([]).asks


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_is_recognised_by_its_city(zone):
    places = {
        1: (129.9, 32.8), 2: (130.7, 32.8), 3: (132.5, 34.4), 4: (133.5, 33.6), 5: (134.7, 35.5),
        6: (135.8, 34.7), 7: (136.9, 35.2), 8: (138.4, 35.0), 9: (139.7, 35.7), 10: (140.7, 40.8),
        11: (140.7, 41.8), 12: (142.4, 43.8), 13: (144.4, 43.0), 14: (142.2, 27.1),
        15: (127.7, 26.2), 16: (124.2, 24.4), 17: (131.2, 25.8), 18: (136.1, 20.4),
        19: (153.98, 24.3),
    }  # fmt: skip
    lon, lat = places[zone]
    plane = to_plane(LonLat(lon, lat), 6668 + zone)
    box = Box(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1)
    guess = guess_crs([(f"{plane.north:.3f}", f"{plane.east:.3f}")], box)
    assert 6668 + zone in guess.crs
    assert not guess.swapped


def test_five_points_for_the_map_are_the_farthest_apart():
    chosen = sample_points([("不明", "不明"), *METRES], 6677)
    assert len(chosen) == 5
    lats = [sample.point.lat for sample in chosen]
    assert min(lats) == pytest.approx(35.34, abs=1e-6)
    assert max(lats) == pytest.approx(35.41, abs=1e-6)
    assert len(sample_points(METRES[:3], 6677)) == 3
