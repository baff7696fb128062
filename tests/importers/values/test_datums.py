import pytest

from importers.values.datums import JGD2000, JGD2011, TOKYO, ZONES, Crs, crs_of, to_jgd2011
from importers.values.reading import Unreadable
from service.core.geometry import LonLat


@pytest.mark.parametrize(
    ("tokyo", "jgd"),
    [
        # Published with the survey authority's parameters of version 2.1.1.
        (
            (36.103774791666666, 140.08785504166664),
            (36.10696628160147, 140.08457686629436),
        ),
        ((36.100578889, 140.091149167), (36.10377077065109, 140.08787082896106)),
    ],
)
def test_the_grid_gives_the_published_figures(tokyo, jgd):
    point = to_jgd2011(LonLat(tokyo[1], tokyo[0]), TOKYO)
    assert (point.lat, point.lon) == pytest.approx(jgd, abs=1e-12)


@pytest.mark.parametrize("place", [(150.0, 30.0), (139.3, 34.9), (0.0, 0.0), (500.0, -90.0)])
def test_there_is_no_guess_outside_the_grid(place):
    with pytest.raises(Unreadable, match="outside-grid"):
        to_jgd2011(LonLat(*place), TOKYO)


def test_jgd2000_is_taken_as_it_is():
    assert to_jgd2011(LonLat(139.5, 35.3), JGD2000) == LonLat(139.5, 35.3)


@pytest.mark.parametrize(
    ("code", "crs"),
    [
        (6677, Crs(JGD2011, 9)),
        (2451, Crs(JGD2000, 9)),
        (30169, Crs(TOKYO, 9)),
        (6669, Crs(JGD2011, 1)),
        (6687, Crs(JGD2011, 19)),
        (30161, Crs(TOKYO, 1)),
        (4301, Crs(TOKYO)),
    ],
)
def test_codes_of_datums_and_zones(code, crs):
    assert crs_of(code) == crs
    assert crs.code == code


def test_every_zone_has_a_code_on_every_datum():
    codes = [Crs(datum, zone).code for datum in (JGD2011, JGD2000, TOKYO) for zone in ZONES]
    assert len(set(codes)) == 3 * 19
    assert [crs_of(code).code for code in codes] == codes
