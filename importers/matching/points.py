"""The points of facilities: one coordinate system to a file, asked when figures cannot tell."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from importers.decisions import Decisions
from importers.interpretation import InterpretedRow
from importers.matching import queries
from importers.records import change_message, problem
from importers.values.coordinates import Box, PointReader, point_reader
from importers.values.datums import JGD2011, crs_of
from importers.values.guessing import Guess, Pair, SamplePoint, guess_crs, sample_points
from importers.values.reading import Unreadable
from service.core.geometry import PLANE_IX_SRID

MARGIN_DEGREES = 0.5  # how far from the known facilities a new one may lie


class PointMatch:
    def __init__(self, session: Session, decisions: Decisions) -> None:
        self._session = session
        self._decided = decisions.crs
        self._samples: list[SamplePoint] = []
        self._crs: int | None = None

    def match(self, rows: Sequence[InterpretedRow]) -> None:
        """Leaves ``point`` and ``coord_crs`` in the cells of rows with coordinates."""
        placed = [row for row in rows if {"latitude", "longitude"} & row.cells.keys()]
        if not placed:
            return
        pairs = [_pair(row) for row in placed]
        city = self._city()
        guess = guess_crs(pairs, city, decided=self._decided)
        for row in placed:
            crs = _in_datum(guess, row.cells["datum"]) if "datum" in row.cells else self._decided
            if crs is None and guess.asks and guess.crs:
                self._ask(row, guess)
            else:
                self._read(row, crs or _likeliest(guess), guess, city)
        self._crs = self._decided or _likeliest(guess)
        self._samples = sample_points(pairs, self._crs, swapped=guess.swapped)

    def told(self) -> dict[str, Any]:
        """Five points for the map, in the system that was decided or is the likeliest."""
        if not self._samples:
            return {}
        points = [
            {"first": s.first, "second": s.second, "lon": s.point.lon, "lat": s.point.lat}
            for s in self._samples
        ]
        city = self._city()
        return {"points": points, "crs": self._crs, "city": city._asdict() if city else None}

    def _ask(self, row: InterpretedRow, guess: Guess) -> None:
        told = {"value": " ".join(_pair(row)), "words": list(guess.crs), "note": guess.note}
        row.block(problem("question", "which-crs", "緯度・経度", **told))

    def _read(self, row: InterpretedRow, crs: int, guess: Guess, city: Box | None) -> None:
        read: PointReader = point_reader(crs, swapped=guess.swapped, box=_around(city))
        try:
            reading = read(*_pair(row))
        except Unreadable as reason:
            row.block(problem("error", reason.code, "緯度・経度", **reason.params))
            return
        row.messages.extend(change_message("緯度・経度", change) for change in reading.changes)
        if reading.value is not None:
            row.cells |= {
                "point": reading.value,
                "coord_crs": crs,
                "coord_raw": " ".join(_pair(row)),
            }

    def _city(self) -> Box | None:
        """Around the facilities that the registry knows; None while there are too few."""
        extent = queries.extent_of_facilities(self._session)
        return Box(*extent) if extent else None


def _in_datum(guess: Guess, datum: int) -> int:
    """The guessed system on a datum that the ledger names."""
    return next((crs for crs in guess.crs if crs_of(crs).datum == datum), datum)


def _pair(row: InterpretedRow) -> Pair:
    return row.cells.get("latitude", ""), row.cells.get("longitude", "")


def _likeliest(guess: Guess) -> int:
    if PLANE_IX_SRID in guess.crs:
        return PLANE_IX_SRID
    return guess.crs[0] if guess.crs else JGD2011


def _around(city: Box | None) -> Box | None:
    if city is None:
        return None
    return Box(
        city.west - MARGIN_DEGREES,
        city.south - MARGIN_DEGREES,
        city.east + MARGIN_DEGREES,
        city.north + MARGIN_DEGREES,
    )
