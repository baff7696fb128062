"""A point in two cells: degrees, degrees-minutes-seconds or metres, in either order."""

import re
from collections.abc import Callable
from typing import NamedTuple

from importers.values.datums import JGD2000, JGD2011, TOKYO, Crs, crs_of, from_plane, to_jgd2011
from importers.values.reading import Change, Reading, Unreadable
from importers.values.text import folded
from importers.values.unknown import absence_of
from service.core.geometry import LonLat, PlanePoint

PointReader = Callable[[str, str], Reading]
_LATITUDES = (20.0, 46.5)
_LONGITUDES = (122.0, 154.5)
_WORDS = r"(?:[NE]|北緯|東経|緯度|経度)?\s*[:=]?\s*"
_DECIMAL = re.compile(rf"{_WORDS}\+?(\d{{1,3}}(?:\.\d+)?)\s*[°度]?\s*[NE]?", re.IGNORECASE)
_DMS = re.compile(
    rf"{_WORDS}(\d{{2,3}})\s*[°度.\s:-]\s*(\d{{1,2}})\s*['′’‘分.\s:-]\s*(\d{{1,2}}(?:\.\d+)?)"
    r"\s*(?:[\"″”“秒]|''|′′)?\s*[NE]?",
    re.IGNORECASE,
)
_DECIMAL_MINUTES = re.compile(
    rf"{_WORDS}(\d{{2,3}})\s*[°度]\s*(\d{{1,2}}(?:\.\d+)?)\s*['′’分]?\s*[NE]?", re.IGNORECASE
)
_COMPACT_DMS = re.compile(rf"{_WORDS}(\d{{2,3}})(\d{{2}})(\d{{2}}(?:\.\d+)?)", re.IGNORECASE)
_METRES = re.compile(
    r"(?:[XY]\s*[:=]?\s*)?([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*m?", re.IGNORECASE
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−─ー▲△"), "-") | {ord("\u3000"): " "}
_SEXAGESIMAL = 60
_DECIMAL_PLACES = 9
_METRES_LIMIT = 400_000.0  # a zone reaches no farther from its origin
_DATUM_RULES = {TOKYO: ("tokyo-datum",), JGD2000: ("jgd2000",), JGD2011: ()}
_CITY_ZONE = 9


class Box(NamedTuple):
    """Where the city is, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, point: LonLat, margin: float = 0.0) -> bool:
        return (
            self.west - margin <= point.lon <= self.east + margin
            and self.south - margin <= point.lat <= self.north + margin
        )


JAPAN = Box(_LONGITUDES[0], _LATITUDES[0], _LONGITUDES[1], _LATITUDES[1])


def point_reader(crs: int, *, swapped: bool = False, box: Box | None = None) -> PointReader:
    """A reader of points in one coordinate system; its values are `LonLat` of JGD2011.

    ``swapped`` says that the east comes first in metres; latitude and longitude tell themselves
    apart. Outside of ``box`` a point asks.

    Raises (the reader):
        Unreadable: ``not-a-coordinate``, ``coordinate-out-of-range``, ``half-a-coordinate``,
        ``outside-grid``, ``coordinate-out-of-city`` (asks).
    """
    system = crs_of(crs)

    def read(first: str, second: str) -> Reading:
        raw = f"{first.strip()} {second.strip()}"
        missing = absence_of(first), absence_of(second)
        if all(missing):
            return Reading(None, (Change("no-point", raw, ""),))
        if any(missing):
            raise Unreadable("half-a-coordinate", value=raw)
        point, rules = _located(first, second, system, swapped=swapped)
        if box is not None and not box.holds(point):
            raise Unreadable("coordinate-out-of-city", asks=True, value=raw)
        return _reading(point, raw, rules)

    return read


def is_metres(first: str, second: str) -> bool:
    """Whether two cells can only be metres of a plane."""
    try:
        north, east = metres(first), metres(second)
    except Unreadable:
        return False
    largest = max(abs(north), abs(east))
    if largest <= _LONGITUDES[1] or largest > _METRES_LIMIT:
        return False
    return north < 0 or east < 0 or not _is_compact_pair(first, second)


def metres(cell: str) -> float:
    """「-73,289.596」, 「▲73289」, 「X=-73289.6m」.

    Raises:
        Unreadable: ``not-a-coordinate``.
    """
    match = _METRES.fullmatch(folded(cell).translate(_DASHES).replace(" ", ""))
    if match is None:
        raise Unreadable("not-a-coordinate", value=cell)
    return float(f"{match[1]}{match[2].replace(',', '')}{match[3] or ''}")


def degrees(cell: str) -> tuple[float, bool]:
    """Decimal degrees, and whether minutes were written.

    Raises:
        Unreadable: ``not-a-coordinate`` or ``coordinate-out-of-range``.
    """
    text = folded(cell).translate(_DASHES).strip()
    if match := _DECIMAL.fullmatch(text):
        return float(match[1]), False
    if match := _DMS.fullmatch(text) or _COMPACT_DMS.fullmatch(text):
        return _sexagesimal(float(match[1]), float(match[2]), float(match[3]), cell), True
    if match := _DECIMAL_MINUTES.fullmatch(text):
        return _sexagesimal(float(match[1]), float(match[2]), 0.0, cell), True
    raise Unreadable("not-a-coordinate", value=cell)


def _sexagesimal(whole: float, minutes: float, seconds: float, cell: str) -> float:
    if minutes >= _SEXAGESIMAL or seconds >= _SEXAGESIMAL:
        raise Unreadable("coordinate-out-of-range", value=cell)
    return whole + minutes / _SEXAGESIMAL + seconds / _SEXAGESIMAL**2


def _is_compact_pair(first: str, second: str) -> bool:
    try:
        one, other = degrees(first)[0], degrees(second)[0]
    except Unreadable:
        return False
    return _is_in_japan(LonLat(other, one)) or _is_in_japan(LonLat(one, other))


def _located(
    first: str, second: str, system: Crs, *, swapped: bool
) -> tuple[LonLat, tuple[str, ...]]:
    if system.zone is None:
        point, rules = _from_degrees(first, second)
    else:
        point, rules = _from_metres(first, second, system, swapped=swapped)
    moved = to_jgd2011(point, system.datum)
    return moved, rules + _DATUM_RULES[system.datum]


def _from_degrees(first: str, second: str) -> tuple[LonLat, tuple[str, ...]]:
    (one, is_dms), (other, _) = degrees(first), degrees(second)
    written = ("dms",) if is_dms else ()
    if _is_in_japan(LonLat(other, one)):
        return LonLat(other, one), written
    if _is_in_japan(LonLat(one, other)):
        return LonLat(one, other), (*written, "axes-swapped")
    raise Unreadable("coordinate-out-of-range", value=f"{first.strip()} {second.strip()}")


def _from_metres(
    first: str, second: str, system: Crs, *, swapped: bool
) -> tuple[LonLat, tuple[str, ...]]:
    raw = f"{first.strip()} {second.strip()}"
    north, east = metres(first), metres(second)
    if swapped:
        north, east = east, north
    # Below 200 it is degrees that somebody took for metres: at the origin there is no city.
    small = max(abs(north), abs(east)) <= _LONGITUDES[1]
    if small or max(abs(north), abs(east)) > _METRES_LIMIT:
        raise Unreadable("coordinate-out-of-range", value=raw)
    point = from_plane(PlanePoint(north, east), system)
    if not _is_in_japan(point):
        raise Unreadable("coordinate-out-of-range", value=raw)
    rule = "plane-ix" if system.zone == _CITY_ZONE else "plane"
    return point, (rule, "axes-swapped") if swapped else (rule,)


def _is_in_japan(point: LonLat) -> bool:
    return JAPAN.holds(point)


def _reading(point: LonLat, raw: str, rules: tuple[str, ...]) -> Reading:
    rounded = LonLat(round(point.lon, _DECIMAL_PLACES), round(point.lat, _DECIMAL_PLACES))
    new = f"{rounded.lat} {rounded.lon}"
    return Reading(rounded, tuple(Change(rule, raw, new) for rule in rules))
