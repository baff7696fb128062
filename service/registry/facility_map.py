"""Where a facility is among the city's others: a drawing in metres that needs no map service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import hypot
from typing import Any
from uuid import UUID

from service.core.geometry import LonLat, PlanePoint, to_plane
from service.registry.city_map import round_length

SIZE = 320
_MARGIN = 28
_NEAREST = 5
_LEAST_RADIUS_M = 500.0


@dataclass(frozen=True)
class Spot:
    """``x`` and ``y`` are pixels of the drawing, north up; ``number`` names the nearest."""

    id: UUID
    name: str
    x: float
    y: float
    distance_m: float
    number: int | None


@dataclass(frozen=True)
class FacilityMap:
    spots: list[Spot]
    scale_m: int
    scale_px: float
    plane: PlanePoint
    size: int = SIZE

    @property
    def nearest(self) -> list[Spot]:
        return [spot for spot in self.spots if spot.number is not None]


def facility_map(facility: Mapping[Any, Any], others: Iterable[Mapping[Any, Any]]) -> FacilityMap:
    """The drawing reaches to the fifth nearest facility; farther ones are left out."""
    here = to_plane(LonLat(facility["lon"], facility["lat"]))
    away = sorted(
        ((_distance(here, point), row, point) for row, point in _points(facility, others)),
        key=lambda each: each[0],
    )
    reach = away[:_NEAREST][-1][0] if away else 0.0
    radius = max(reach, _LEAST_RADIUS_M)
    scale = (SIZE / 2 - _MARGIN) / radius
    spots = [
        Spot(
            id=row["id"],
            name=row["name"],
            x=round(SIZE / 2 + (point.east - here.east) * scale, 1),
            y=round(SIZE / 2 - (point.north - here.north) * scale, 1),
            distance_m=distance,
            number=number if number <= _NEAREST else None,
        )
        for number, (distance, row, point) in enumerate(away, start=1)
        if distance <= radius
    ]
    length = round_length(radius / 2)
    return FacilityMap(spots, length, round(length * scale, 1), here)


def _points(
    facility: Mapping[Any, Any], others: Iterable[Mapping[Any, Any]]
) -> Iterable[tuple[Mapping[Any, Any], PlanePoint]]:
    for row in others:
        if row["id"] != facility["id"]:
            yield row, to_plane(LonLat(row["lon"], row["lat"]))


def _distance(one: PlanePoint, other: PlanePoint) -> float:
    return hypot(one.north - other.north, one.east - other.east)
