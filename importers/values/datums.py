"""From the datums of Japanese surveys to the one of the registry, JGD2011.

The datum of Tokyo goes through the grid of the survey authority (TKY2JGD), which knows the
distortion of each square kilometre: a formula for the whole country would be metres off.
"""

from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import tky2jgd
from jgdtrans import Parameter, Transformer
from jgdtrans.error import ParameterNotFoundError, PointOutOfBoundsError
from pyproj import Transformer as Projection

from importers.values.reading import Unreadable
from service.core.geometry import LonLat, PlanePoint

JGD2011, JGD2000, TOKYO = 6668, 4612, 4301
ZONES = range(1, 20)
_PLANES = {JGD2011: 6668, JGD2000: 2442, TOKYO: 30160}  # code of zone n: this plus n
_MESHES_OF_A_BLOCK = 10_000


class Crs(NamedTuple):
    """A datum, and the zone of the plane rectangular system for metres."""

    datum: int
    zone: int | None = None

    @property
    def code(self) -> int:
        return self.datum if self.zone is None else _PLANES[self.datum] + self.zone


def crs_of(code: int) -> Crs:
    """The datum and the zone behind an EPSG code.

    Raises:
        Unreadable: ``unknown-crs`` for a code that is no Japanese one.
    """
    if code in _PLANES:
        return Crs(code)
    for datum, base in _PLANES.items():
        if code - base in ZONES:
            return Crs(datum, code - base)
    raise Unreadable("unknown-crs", value=str(code))


_NAMES = {JGD2011: "世界測地系（JGD2011）", JGD2000: "世界測地系（JGD2000）", TOKYO: "日本測地系"}


def crs_label(code: int) -> str:
    """「日本測地系 平面直角座標9系」."""
    datum, zone = crs_of(code)
    return f"{_NAMES[datum]} 緯度経度" if zone is None else f"{_NAMES[datum]} 平面直角座標{zone}系"


def from_plane(point: PlanePoint, crs: Crs) -> LonLat:
    """Longitude and latitude on the datum of the zone itself."""
    lon, lat = _projection(crs.code, crs.datum).transform(point.east, point.north)
    return LonLat(lon, lat)


def to_jgd2011(point: LonLat, datum: int) -> LonLat:
    """JGD2000 is taken as it is: outside the north-east it differs by decimetres.

    Raises:
        Unreadable: ``outside-grid`` where nobody knows how far Tokyo's datum is off.
    """
    if datum != TOKYO:
        return point
    try:
        moved = _tokyo().forward(point.lat, point.lon)
    except (ParameterNotFoundError, PointOutOfBoundsError) as error:
        raise Unreadable("outside-grid", value=f"{point.lat:.6f} {point.lon:.6f}") from error
    return LonLat(moved.longitude, moved.latitude)


@cache
def _projection(source: int, target: int) -> Projection:
    return Projection.from_crs(source, target, always_xy=True)


class _Grid:
    """The parameters of TKY2JGD; the blocks of 80 km that a ledger needs, not the country."""

    def __init__(self) -> None:
        self._blocks: dict[int, dict[int, Parameter]] = {}

    def mesh_unit(self) -> Literal[1]:
        return 1

    def get(self, meshcode: int) -> Parameter | None:
        number = meshcode // _MESHES_OF_A_BLOCK
        if number not in self._blocks:
            self._blocks[number] = _block(number)
        return self._blocks[number].get(meshcode)


def _block(number: int) -> dict[int, Parameter]:
    prefix = str(number).encode()
    found = {}
    with (files(tky2jgd) / "data" / "TKY2JGD.par").open("rb") as lines:
        for line in lines:
            if line.startswith(prefix):
                mesh, latitude, longitude = line.split()
                found[int(mesh)] = Parameter(float(latitude), float(longitude), 0.0)
    return found


@cache
def _tokyo() -> Transformer:
    return Transformer(data=_Grid())
