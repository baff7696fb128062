"""A point in two cells: degrees, degrees-minutes-seconds or metres of zone IX, in either order."""

import re

from importers.values.reading import Change, Reading, Unreadable
from importers.values.text import folded
from service.core.geometry import PLANE_IX_SRID, LonLat, PlanePoint, from_plane

_LATITUDES = (20.0, 46.5)
_LONGITUDES = (122.0, 154.5)
_DECIMAL = re.compile(r"[NE]?([+-]?\d+(?:\.\d+)?)°?[NE]?", re.IGNORECASE)
_DMS = re.compile(
    r"[NE北緯東経]*\s*(\d{2,3})[°度.\s:-]\s*(\d{1,2})['′’分.\s:-]\s*(\d{1,2}(?:\.\d+)?)"
    r"(?:[\"″”秒]|''|′′)?\s*[NE]?",
    re.IGNORECASE,
)
_COMPACT_DMS = re.compile(r"(\d{2,3})(\d{2})(\d{2}(?:\.\d+)?)")
_SEXAGESIMAL = 60
_DECIMAL_PLACES = 9
_METRES_LIMIT = 400_000.0  # a zone reaches no farther from its origin
_COMPACT_FROM = 200_000.0  # 352020.0 is degrees, minutes, seconds, not metres of this city


def read_point(first: str, second: str) -> Reading:
    """A `LonLat`, from 「緯度」 and 「経度」 or from X (north) and Y (east).

    Raises:
        Unreadable: ``not-a-coordinate`` or ``coordinate-out-of-range``.
    """
    raw = f"{first.strip()} {second.strip()}"
    north, east = _number(first), _number(second)
    if _within(north, _LATITUDES) and _within(east, _LONGITUDES):
        return _reading(LonLat(east, north), raw, _written_as(first))
    if _within(north, _LONGITUDES) and _within(east, _LATITUDES):
        return _reading(LonLat(north, east), raw, (*_written_as(first), "axes-swapped"))
    if max(abs(north), abs(east)) > max(_LONGITUDES) and _is_metres(north) and _is_metres(east):
        return _from_metres(north, east, raw)
    raise Unreadable("coordinate-out-of-range", value=raw)


def _from_metres(north: float, east: float, raw: str) -> Reading:
    """In the city the ranges of X and Y do not overlap, so that a swap is always seen."""
    swapped = north > east
    if swapped:
        north, east = east, north
    point = from_plane(PlanePoint(north, east), PLANE_IX_SRID)
    if not (_within(point.lat, _LATITUDES) and _within(point.lon, _LONGITUDES)):
        raise Unreadable("coordinate-out-of-range", value=raw)
    return _reading(point, raw, ("plane-ix", "axes-swapped") if swapped else ("plane-ix",))


def _reading(point: LonLat, raw: str, rules: tuple[str, ...]) -> Reading:
    rounded = LonLat(round(point.lon, _DECIMAL_PLACES), round(point.lat, _DECIMAL_PLACES))
    new = f"{rounded.lat} {rounded.lon}"
    return Reading(rounded, tuple(Change(rule, raw, new) for rule in rules))


def _written_as(cell: str) -> tuple[str, ...]:
    return () if _DECIMAL.fullmatch(folded(cell)) and not _is_compact(cell) else ("dms",)


def _is_compact(cell: str) -> bool:
    text = folded(cell)
    return bool(_COMPACT_DMS.fullmatch(text)) and float(text) >= _COMPACT_FROM


def _number(cell: str) -> float:
    text = folded(cell).replace("−", "-").replace(",", "")
    dms = _COMPACT_DMS.fullmatch(text) if _is_compact(text) else None
    dms = dms or (None if _DECIMAL.fullmatch(text) else _DMS.fullmatch(text))
    if dms:
        return _degrees(dms, cell)
    decimal = _DECIMAL.fullmatch(text)
    if not decimal:
        raise Unreadable("not-a-coordinate", value=cell)
    return float(decimal[1])


def _degrees(dms: re.Match[str], cell: str) -> float:
    degrees, minutes, seconds = (float(part) for part in dms.groups())
    if minutes >= _SEXAGESIMAL or seconds >= _SEXAGESIMAL:
        raise Unreadable("coordinate-out-of-range", value=cell)
    return degrees + minutes / _SEXAGESIMAL + seconds / _SEXAGESIMAL**2


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _is_metres(value: float) -> bool:
    return abs(value) <= _METRES_LIMIT
