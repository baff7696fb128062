"""The city's facilities as a drawing in metres, north up, that needs no map service."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any
from uuid import UUID

from service.core.geometry import LonLat, PlanePoint, to_plane

WIDTH, HEIGHT = 960, 640
_MARGIN = 36
_LEAST_SPAN_M = 1_000.0
_SMALLEST, _LARGEST = 9.0, 26.0
_STEPS = (1, 2, 5)
_SCALE_SHARE = 0.25


@dataclass(frozen=True)
class Mark:
    """What is to be told of one facility: ``count`` of things there, ``alarming`` of them."""

    facility_id: UUID
    name: str
    count: int
    alarming: int = 0


@dataclass(frozen=True)
class Spot:
    """``x``, ``y`` and ``radius`` are pixels of the drawing; its area grows with the count."""

    mark: Mark
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class CityMap:
    """``others``: pixels of facilities in sight without a mark; ``unplaced``: marks without any."""

    spots: Sequence[Spot]
    others: Sequence[tuple[float, float]]
    unplaced: Sequence[Mark]
    scale_m: int
    scale_px: float
    width: int = WIDTH
    height: int = HEIGHT


class _View:
    """From metres to pixels, so that all points fit with a margin."""

    def __init__(self, points: Sequence[PlanePoint]) -> None:
        norths = [point.north for point in points] or [0.0]
        easts = [point.east for point in points] or [0.0]
        span_north = max(max(norths) - min(norths), _LEAST_SPAN_M)
        span_east = max(max(easts) - min(easts), _LEAST_SPAN_M)
        self.scale = min((WIDTH - 2 * _MARGIN) / span_east, (HEIGHT - 2 * _MARGIN) / span_north)
        self.north = (max(norths) + min(norths)) / 2
        self.east = (max(easts) + min(easts)) / 2

    def pixel(self, point: PlanePoint) -> tuple[float, float]:
        x = WIDTH / 2 + (point.east - self.east) * self.scale
        y = HEIGHT / 2 - (point.north - self.north) * self.scale
        return round(x, 1), round(y, 1)


def city_map(facilities: Iterable[Mapping[Any, Any]], marks: Iterable[Mark]) -> CityMap:
    """Fits the facilities with marks; all of them where none has one.

    Args:
        facilities: ``id``, ``lon``, ``lat`` of every facility; None where its place is unknown.
        marks: At most one of each facility.
    """
    places = {
        row["id"]: to_plane(LonLat(row["lon"], row["lat"]))
        for row in facilities
        if row["lon"] is not None
    }
    by_count = sorted(marks, key=lambda mark: (-mark.count, mark.name))
    placed = [mark for mark in by_count if mark.facility_id in places]
    view = _View([places[mark.facility_id] for mark in placed] or list(places.values()))
    most = max((mark.count for mark in placed), default=1)
    marked = {mark.facility_id for mark in placed}
    pixels = (view.pixel(point) for key, point in places.items() if key not in marked)
    length = round_length(_SCALE_SHARE * WIDTH / view.scale)
    return CityMap(
        spots=[_spot(mark, view.pixel(places[mark.facility_id]), most) for mark in placed],
        others=[(x, y) for x, y in pixels if 0 <= x <= WIDTH and 0 <= y <= HEIGHT],
        unplaced=[mark for mark in by_count if mark.facility_id not in places],
        scale_m=length,
        scale_px=round(length * view.scale, 1),
    )


def _spot(mark: Mark, pixel: tuple[float, float], most: int) -> Spot:
    radius = _SMALLEST + (_LARGEST - _SMALLEST) * sqrt(mark.count / most)
    return Spot(mark, *pixel, round(radius, 1))


def round_length(most: float) -> int:
    """The longest of 1, 2, 5, 10, 20 … metres that is not longer."""
    power = 1
    while power * 10 <= most:
        power *= 10
    return max(step * power for step in _STEPS if step * power <= max(most, 1))
