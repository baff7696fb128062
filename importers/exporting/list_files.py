"""A list as a file, whatever it lists: Excel, CSV, JSON, GeoJSON or GeoPackage."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import IO, Any, NamedTuple
from urllib.parse import quote

from fastapi.responses import StreamingResponse

from importers.exporting.files import MEDIA_TYPES, LedgerFormat, written_csv, written_xlsx
from importers.exporting.geopackage import Feature, geopackage
from importers.exporting.parts import parts_of, spooled
from service.core.clock import now, today

Point = tuple[float, float]


class ListFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    GEOJSON = "geojson"
    GPKG = "gpkg"


MEDIA = {
    ListFormat.CSV: MEDIA_TYPES[LedgerFormat.CSV],
    ListFormat.XLSX: MEDIA_TYPES[LedgerFormat.XLSX],
    ListFormat.JSON: "application/json",
    ListFormat.GEOJSON: "application/geo+json",
    ListFormat.GPKG: "application/geopackage+sqlite3",
}


class Line(NamedTuple):
    """``point`` is (longitude, latitude) in JGD2011, or None where nobody knows."""

    id: str
    cells: Sequence[str]
    told: Mapping[str, Any]
    point: Point | None = None


class Listing(NamedTuple):
    """``lines`` come in the order of the page; ``told`` is what JSON says of each."""

    title: str
    header: Sequence[str]
    lines: Iterable[Line]


def list_answer(listing: Listing, form: ListFormat, *, on: date | None = None) -> StreamingResponse:
    """Written before it is sent: what fails while reading is an error, not half a file."""
    file = _WRITTEN[form](listing)
    name = f"{listing.title}_{on or today()}.{form.value}"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return StreamingResponse(parts_of(file), media_type=MEDIA[form], headers=headers)


def _lines(listing: Listing) -> Iterator[list[str]]:
    yield list(listing.header)
    yield from (list(line.cells) for line in listing.lines)


def _csv(listing: Listing) -> IO[bytes]:
    return spooled(written_csv(_lines(listing)))


def _xlsx(listing: Listing) -> IO[bytes]:
    return written_xlsx(_lines(listing), listing.title)


def _json(listing: Listing) -> IO[bytes]:
    records = (dict(line.told) for line in listing.lines)
    return spooled(_joined(b"[", records, b"\n]\n"))


def _geojson(listing: Listing) -> IO[bytes]:
    features = (
        {
            "type": "Feature",
            "id": line.id,
            "geometry": {"type": "Point", "coordinates": line.point} if line.point else None,
            "properties": dict(zip(listing.header, line.cells, strict=True)),
        }
        for line in listing.lines
    )
    return spooled(_joined(b'{"type":"FeatureCollection","features":[', features, b"\n]}\n"))


def _joined(start: bytes, records: Iterable[dict[str, Any]], end: bytes) -> Iterator[bytes]:
    yield start
    for number, record in enumerate(records):
        yield (",\n" if number else "\n").encode()
        yield json.dumps(record, ensure_ascii=False, default=str).encode()
    yield end


def _gpkg(listing: Listing) -> IO[bytes]:
    features = (Feature(line.point, line.cells) for line in listing.lines)
    return spooled([geopackage(listing.title, listing.header, features, changed_at=now())])


_WRITTEN: dict[ListFormat, Callable[[Listing], IO[bytes]]] = {
    ListFormat.CSV: _csv,
    ListFormat.XLSX: _xlsx,
    ListFormat.JSON: _json,
    ListFormat.GEOJSON: _geojson,
    ListFormat.GPKG: _gpkg,
}
