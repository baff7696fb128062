"""Lists of the register as files: exactly what the page shows, in its order."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import IO, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from importers.exporting.files import MEDIA_TYPES, LedgerFormat, written_csv, written_xlsx
from importers.exporting.geopackage import Feature, geopackage
from importers.exporting.parts import parts_of, spooled
from importers.exporting.writing import partial, plain, words
from service.accounts.access import requires
from service.accounts.actor import Actor
from service.accounts.permissions import Permission
from service.core.clock import now, today
from service.core.http.session import SessionDep
from service.core.i18n.marker import N_
from service.registry.custom_conditions import own_fields
from service.registry.custom_values import write_value
from service.registry.domain import LIFECYCLE_LABELS
from service.registry.pages import PastDay, filled_in
from service.registry.past import on_day
from service.registry.queries import facilities, positions
from service.registry.schemas.reads import PartialDateRead, PositionFilter

router = APIRouter(include_in_schema=False)
Reader = Annotated[Actor, Depends(requires(Permission.EXPORTS_READ))]
TITLE = N_("設置箇所一覧")
_AT_ONCE = 2_000
HEADER = [
    "設備番号",
    "機器名称",
    "号機",
    "施設コード",
    "施設名",
    "場所",
    "分類コード",
    "小分類",
    "重要度",
    "状態",
    "健全度",
    "機器番号",
    "製造者",
    "型式",
    "設置年月",
    "旧番号・別名",
]


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


@router.get("/lists/positions.{form}")
def positions_file(
    session: SessionDep,
    by: Reader,
    form: ListFormat,
    conditions: Annotated[PositionFilter, Depends(filled_in)],
    on: PastDay = None,
) -> StreamingResponse:
    with on_day(session, on, by=by):
        file = _WRITTEN[form](session, conditions)
    name = f"{TITLE}_{on or today()}.{form.value}"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return StreamingResponse(parts_of(file), media_type=MEDIA[form], headers=headers)


def _rows(session: Session, conditions: PositionFilter) -> Iterator[Mapping[str, Any]]:
    after = ""
    while rows := positions.page(session, conditions.chosen(), after=after, limit=_AT_ONCE):
        yield from map(dict, rows)
        after = rows[-1]["position_code"]


def _cells(row: Mapping[str, Any]) -> list[str]:
    installed = row["installed"] and PartialDateRead.model_validate(row["installed"])
    return [
        *(plain(row[name]) for name in ("position_code", "name", "unit_no", "facility_code")),
        *(plain(row[name]) for name in ("facility_name", "location", "class_code")),
        *(plain(row[name]) for name in ("class_minor", "criticality")),
        LIFECYCLE_LABELS[row["status"]],
        *(plain(row[name]) for name in ("health", "asset_code", "maker", "model_no")),
        partial(installed.start, installed.end, installed.precision) if installed else "",
        words(row["other_names"]),
    ]


def _lines(session: Session, conditions: PositionFilter) -> Iterator[list[str]]:
    """With one class chosen, its own fields stand at the end."""
    own = [field.label for field in own_fields(session, conditions.class_code)]
    yield [*HEADER, *own]
    for row in _rows(session, conditions):
        values = {**row["device_custom"], **row["custom"]}
        yield [*_cells(row), *(write_value(values.get(label)) for label in own)]


def _points(session: Session) -> dict[str, tuple[float, float] | None]:
    """Where facilities are: positions stand where their facility does."""
    return {
        row["facility_code"]: (row["lon"], row["lat"]) if row["lon"] is not None else None
        for row in facilities.page(session, after="", limit=100_000)
    }


def _csv(session: Session, conditions: PositionFilter) -> IO[bytes]:
    return spooled(written_csv(_lines(session, conditions)))


def _xlsx(session: Session, conditions: PositionFilter) -> IO[bytes]:
    return written_xlsx(_lines(session, conditions), TITLE)


def _json(session: Session, conditions: PositionFilter) -> IO[bytes]:
    def parts() -> Iterator[bytes]:
        yield b"["
        for number, row in enumerate(_rows(session, conditions)):
            record = json.dumps(dict(row), ensure_ascii=False, default=str)
            yield (",\n" if number else "\n").encode() + record.encode()
        yield b"\n]\n"

    return spooled(parts())


def _geojson(session: Session, conditions: PositionFilter) -> IO[bytes]:
    points = _points(session)

    def parts() -> Iterator[bytes]:
        yield b'{"type":"FeatureCollection","features":['
        for number, row in enumerate(_rows(session, conditions)):
            point = points.get(row["facility_code"])
            feature = {
                "type": "Feature",
                "id": str(row["id"]),
                "geometry": {"type": "Point", "coordinates": point} if point else None,
                "properties": dict(zip(HEADER, _cells(row), strict=True)),
            }
            yield (",\n" if number else "\n").encode()
            yield json.dumps(feature, ensure_ascii=False).encode()
        yield b"\n]}\n"

    return spooled(parts())


def _gpkg(session: Session, conditions: PositionFilter) -> IO[bytes]:
    points = _points(session)
    features = (
        Feature(points.get(row["facility_code"]), _cells(row)) for row in _rows(session, conditions)
    )
    return spooled([geopackage(TITLE, HEADER, features, changed_at=now())])


_WRITTEN = {
    ListFormat.CSV: _csv,
    ListFormat.XLSX: _xlsx,
    ListFormat.JSON: _json,
    ListFormat.GEOJSON: _geojson,
    ListFormat.GPKG: _gpkg,
}
