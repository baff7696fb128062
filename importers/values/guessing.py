"""Which coordinate system a file is in, as far as its figures can tell; shown before it is used.

Tokyo's datum and JGD differ by less than a city is wide, so that the datum can only be asked.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from importers.values.coordinates import JAPAN, Box, degrees, is_metres, metres, point_reader
from importers.values.datums import JGD2000, JGD2011, TOKYO, ZONES, Crs, crs_of, from_plane
from importers.values.reading import Unreadable
from service.core.geometry import LonLat, PlanePoint

Pair = tuple[str, str]
_DATUMS = (JGD2011, JGD2000, TOKYO)
_NEW_DATUM_SINCE = date(2002, 4, 1)
HOME_ZONE = 9
_MARGIN = 0.05
_ENOUGH = 0.8
_SAMPLES = 200
# Latitude and longitude of the origins of zones I to XIX.
_ORIGINS = (
    (33, 129.5), (33, 131), (36, 132 + 1 / 6), (33, 133.5), (36, 134 + 1 / 3), (36, 136),
    (36, 137 + 1 / 6), (36, 138.5), (36, 139 + 5 / 6), (40, 140 + 5 / 6), (44, 140.25),
    (44, 142.25), (44, 144.25), (26, 142), (26, 127.5), (26, 124), (26, 131), (20, 136), (26, 154),
)  # fmt: skip
_REACH = (4.5, 2.5)


class Guess(NamedTuple):
    """``kind`` is degrees, metres or unknown; ``crs`` are the codes it may be, likeliest first.

    ``note`` says why somebody must be asked: ``which-datum``, ``which-zone``,
    ``points-outside-city`` or ``no-coordinates``; "" when nothing is open.
    """

    kind: str
    crs: tuple[int, ...]
    swapped: bool
    asks: bool
    note: str


class SamplePoint(NamedTuple):
    first: str
    second: str
    point: LonLat


def guess_crs(
    samples: Iterable[Pair],
    box: Box | None = None,
    *,
    surveyed: date | None = None,
    decided: int | None = None,
) -> Guess:
    """What the figures of a file tell of it.

    ``box`` is where the city is; ``surveyed`` the day of the oldest survey, if anybody knows;
    ``decided`` a code that somebody has chosen, so that only the order of the axes is open.
    """
    pairs = list(samples)[:_SAMPLES]
    in_metres = [(metres(one), metres(other)) for one, other in pairs if is_metres(one, other)]
    in_degrees = [point for point in map(_degrees, pairs) if point is not None]
    if not in_metres and not in_degrees:
        return Guess("unknown", (), swapped=False, asks=True, note="no-coordinates")
    if len(in_metres) > len(in_degrees):
        guess = _of_metres(in_metres, box, surveyed, crs_of(decided).zone if decided else None)
    else:
        guess = _of_degrees(in_degrees, box, surveyed)
    if decided is None:
        return guess
    outside = guess.note == "points-outside-city"
    return guess._replace(crs=(decided,), asks=outside, note=guess.note if outside else "")


def sample_points(
    pairs: Sequence[Pair], crs: int, *, swapped: bool = False, count: int = 5
) -> list[SamplePoint]:
    """Points for a map: those farthest to each side and the first, so that a fault is seen."""
    read = point_reader(crs, swapped=swapped)
    found: list[SamplePoint] = []
    for first, second in pairs:
        try:
            point = read(first, second).value
        except Unreadable:
            continue
        if point is not None:
            found.append(SamplePoint(first, second, point))
    if len(found) <= count:
        return found
    by_lon = sorted(found, key=lambda sample: sample.point.lon)
    by_lat = sorted(found, key=lambda sample: sample.point.lat)
    chosen = [by_lon[0], by_lon[-1], by_lat[0], by_lat[-1], found[0], *found]
    return list(dict.fromkeys(chosen))[:count]


def _degrees(pair: Pair) -> LonLat | None:
    try:
        one, other = degrees(pair[0])[0], degrees(pair[1])[0]
    except Unreadable:
        return None
    return LonLat(other, one)


def _of_degrees(points: list[LonLat], box: Box | None, surveyed: date | None) -> Guess:
    turned = [LonLat(point.lat, point.lon) for point in points]
    swapped = _share(turned, JAPAN) > _share(points, JAPAN)
    share = _share(turned if swapped else points, box or JAPAN)
    return _guess("degrees", [None], surveyed, swapped=swapped, is_inside=share >= _ENOUGH)


def _of_metres(
    points: list[tuple[float, float]],
    box: Box | None,
    surveyed: date | None,
    decided: int | None,
) -> Guess:
    if box is None:
        zones = [decided] if decided else list(ZONES)
        swapped = _is_turned(points, decided or HOME_ZONE)
        return _guess("metres", zones, surveyed, swapped=swapped, is_inside=True)
    near = [decided] if decided else _zones_near(box)
    scored = sorted(
        (
            (_share_of_zone(points, zone, box, swapped=swapped), not swapped, -zone)
            for zone in near
            for swapped in (False, True)
        ),
        reverse=True,
    )
    if not scored or scored[0][0] < _ENOUGH:
        return _guess("metres", near or list(ZONES), surveyed, swapped=False, is_inside=False)
    best = [one for one in scored if one[0] >= _ENOUGH and one[1] == scored[0][1]]
    zones = [-zone for _, _, zone in best]
    return _guess("metres", zones, surveyed, swapped=not scored[0][1], is_inside=True)


def _is_turned(points: list[tuple[float, float]], zone: int) -> bool:
    """Where nobody knows yet where the city is: the order by which more points are in the zone.

    In the south-west of zone IX both orders are; there X lies below Y.
    """
    if zone == HOME_ZONE and all(one < 0 and other < 0 for one, other in points):
        return sum(north > east for north, east in points) * 2 > len(points)
    lat, lon = _ORIGINS[zone - 1]
    around = Box(lon - _REACH[1], lat - _REACH[0], lon + _REACH[1], lat + _REACH[0])
    straight = _share_of_zone(points, zone, around, swapped=False)
    return _share_of_zone(points, zone, around, swapped=True) > straight


def _guess(
    kind: str,
    zones: Sequence[int | None],
    surveyed: date | None,
    *,
    swapped: bool,
    is_inside: bool,
) -> Guess:
    is_new = surveyed is not None and surveyed >= _NEW_DATUM_SINCE
    datums = [datum for datum in _DATUMS if not (is_new and datum == TOKYO)]
    codes = tuple(Crs(datum, zone).code for zone in zones for datum in datums)
    if not is_inside:
        note = "points-outside-city"
    elif len(zones) > 1:
        note = "which-zone"
    else:
        note = "" if is_new else "which-datum"
    return Guess(kind, codes, swapped=swapped, asks=bool(note), note=note)


def _zones_near(box: Box) -> list[int]:
    lat, lon = (box.south + box.north) / 2, (box.west + box.east) / 2
    return [
        zone
        for zone, (origin_lat, origin_lon) in zip(ZONES, _ORIGINS, strict=True)
        if abs(lat - origin_lat) <= _REACH[0] and abs(lon - origin_lon) <= _REACH[1]
    ]


def _share_of_zone(
    points: list[tuple[float, float]], zone: int, box: Box, *, swapped: bool
) -> float:
    system = Crs(JGD2011, zone)
    located = [
        from_plane(PlanePoint(other, one) if swapped else PlanePoint(one, other), system)
        for one, other in points
    ]
    return _share(located, box)


def _share(points: list[LonLat], box: Box) -> float:
    return sum(box.holds(point, _MARGIN) for point in points) / len(points)
