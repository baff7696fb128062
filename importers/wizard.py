"""What the page of an import shows: the steps, the questions, the points on a map."""

from dataclasses import dataclass
from typing import Any

from importers.models import ImportJob, JobState
from importers.sources.catalogue import SOURCES
from importers.sources.source import Column
from service.core.i18n.marker import N_

STEPS = (N_("ファイル"), N_("確認"), N_("計画"), N_("確定"))
WORKING = frozenset({JobState.ARRIVED, JobState.APPLYING, JobState.UNDOING})
PHASES = {
    "reading": N_("ファイルを読んでいます"),
    "interpreting": N_("行を調べています"),
    "planning": N_("計画を作っています"),
    "checking": N_("計画のあとの変更を調べています"),
    "writing": N_("台帳に書き込んでいます"),
    "undoing": N_("台帳をもとに戻しています"),
}
_SIZE = 320
_MARGIN = 30


@dataclass(frozen=True)
class MapPoint:
    """``x`` and ``y`` are pixels of the drawing, north up."""

    number: int
    x: float
    y: float
    first: str
    second: str
    lat: float
    lon: float


@dataclass(frozen=True)
class PointMap:
    size: int
    points: list[MapPoint]
    box: tuple[float, float, float, float] | None


def step_of(job: ImportJob) -> int:
    """The place in `STEPS` at which the job is."""
    if job.state in {JobState.APPLIED, JobState.UNDOING, JobState.UNDONE, JobState.APPLYING}:
        return 3
    if job.state in {JobState.ARRIVED, JobState.FAILED}:
        return 0
    return 1 if job.questions else 2


def fields_of(source: str) -> list[Column]:
    """The columns that a table of this sort may have, in the order of the ledger."""
    return sorted(SOURCES[source].columns, key=lambda column: column.title)


def field_title(source: str, field: str) -> str:
    known = (column.title for column in SOURCES[source].columns if column.field == field)
    return next(known, field.rpartition(":")[2])


def point_map(notes: dict[str, Any]) -> PointMap | None:
    """Five points of the file within (or outside of) the city that the registry knows."""
    points = notes.get("points")
    if not points:
        return None
    city = notes.get("city")
    lons = [p["lon"] for p in points] + ([city["west"], city["east"]] if city else [])
    lats = [p["lat"] for p in points] + ([city["south"], city["north"]] if city else [])
    west, north = min(lons), max(lats)
    # A degree of longitude is shorter than one of latitude: about 0.81 of it at 36 degrees.
    span = max((max(lons) - west) * 0.81, north - min(lats), 0.001)
    scale = (_SIZE - 2 * _MARGIN) / span

    def place(lon: float, lat: float) -> tuple[float, float]:
        return (
            round(_MARGIN + (lon - west) * 0.81 * scale, 1),
            round(_MARGIN + (north - lat) * scale, 1),
        )

    shown = [
        MapPoint(n, *place(p["lon"], p["lat"]), p["first"], p["second"], p["lat"], p["lon"])
        for n, p in enumerate(points, start=1)
    ]
    box = None
    if city:
        left, top = place(city["west"], city["north"])
        right, bottom = place(city["east"], city["south"])
        box = (left, top, round(right - left, 1), round(bottom - top, 1))
    return PointMap(_SIZE, shown, box)
