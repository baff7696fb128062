"""Coordinates: storage is longitude and latitude of JGD2011; the axis order is decided here only.

Surveys say X for north and Y for east; PROJ and PostGIS, asked for x, mean east.
"""

from functools import lru_cache
from typing import NamedTuple

from pyproj import Transformer

STORAGE_SRID = 6668  # JGD2011, longitude and latitude
PLANE_IX_SRID = 6677  # JGD2011 plane rectangular zone IX, which covers Kanagawa


class LonLat(NamedTuple):
    lon: float
    lat: float

    @property
    def ewkt(self) -> str:
        return f"SRID={STORAGE_SRID};POINT({self.lon} {self.lat})"


class PlanePoint(NamedTuple):
    """Metres of the survey: ``north`` is its X, ``east`` its Y."""

    north: float
    east: float


@lru_cache
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def from_plane(point: PlanePoint, srid: int = PLANE_IX_SRID) -> LonLat:
    lon, lat = _transformer(srid, STORAGE_SRID).transform(point.east, point.north)
    return LonLat(lon, lat)


def to_plane(point: LonLat, srid: int = PLANE_IX_SRID) -> PlanePoint:
    east, north = _transformer(STORAGE_SRID, srid).transform(point.lon, point.lat)
    return PlanePoint(north, east)
