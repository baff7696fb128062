"""A layer of points as a GeoPackage (OGC 12-128r18, version 1.3), for QGIS and its like."""

import sqlite3
import struct
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

_APPLICATION_ID = 0x47504B47  # "GPKG", table 1 of the standard
_VERSION = 10300
JGD2011 = 6668
_WKT = (
    'GEOGCS["JGD2011",DATUM["Japanese_Geodetic_Datum_2011",SPHEROID["GRS 1980",6378137,'
    '298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],'
    'AUTHORITY["EPSG","6668"]]'
)
_TABLES = """
create table gpkg_spatial_ref_sys (
  srs_name text not null, srs_id integer not null primary key, organization text not null,
  organization_coordsys_id integer not null, definition text not null, description text);
create table gpkg_contents (
  table_name text not null primary key, data_type text not null, identifier text unique,
  description text default '', last_change datetime not null, min_x double, min_y double,
  max_x double, max_y double, srs_id integer references gpkg_spatial_ref_sys (srs_id));
create table gpkg_geometry_columns (
  table_name text not null primary key references gpkg_contents (table_name),
  column_name text not null, geometry_type_name text not null, srs_id integer not null,
  z tinyint not null, m tinyint not null);
insert into gpkg_spatial_ref_sys values
  ('Undefined cartesian', -1, 'NONE', -1, 'undefined', null),
  ('Undefined geographic', 0, 'NONE', 0, 'undefined', null),
  ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]', null);
"""  # noqa: E501


class Feature(NamedTuple):
    """``point`` is (longitude, latitude) in JGD2011, or None where nobody knows."""

    point: tuple[float, float] | None
    values: Sequence[str]


def geopackage(
    layer: str, columns: Sequence[str], features: Iterable[Feature], *, changed_at: datetime
) -> bytes:
    """All columns are text; the features keep their order."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.gpkg"
        with sqlite3.connect(path) as book:
            book.executescript(_TABLES)
            book.execute(f"pragma application_id = {_APPLICATION_ID}")
            book.execute(f"pragma user_version = {_VERSION}")
            book.execute(
                "insert into gpkg_spatial_ref_sys values ('JGD2011', ?, 'EPSG', ?, ?, null)",
                (JGD2011, JGD2011, _WKT),
            )
            _fill(book, layer, columns, features, changed_at)
        book.close()
        return path.read_bytes()


def _fill(
    book: sqlite3.Connection,
    layer: str,
    columns: Sequence[str],
    features: Iterable[Feature],
    changed_at: datetime,
) -> None:
    names = ", ".join(f"{_quoted(column)} text" for column in columns)
    book.execute(
        f"create table {_quoted(layer)}"
        f" (fid integer primary key autoincrement, geom point, {names})"
    )
    moment = f"{changed_at:%Y-%m-%dT%H:%M:%S.000Z}"
    book.execute(
        "insert into gpkg_contents (table_name, data_type, identifier, last_change, srs_id)"
        " values (?, 'features', ?, ?, ?)",
        (layer, layer, moment, JGD2011),
    )
    book.execute(
        "insert into gpkg_geometry_columns values (?, 'geom', 'POINT', ?, 0, 0)", (layer, JGD2011)
    )
    gaps = ", ".join("?" * (len(columns) + 1))
    book.executemany(
        f"insert into {_quoted(layer)} (geom, {', '.join(map(_quoted, columns))}) values ({gaps})",  # noqa: S608  # quoted
        ((_blob(feature.point), *feature.values) for feature in features),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _blob(point: tuple[float, float] | None) -> bytes | None:
    """Header (magic, version, little-endian flag, SRS) and WKB, as in clause 2.1.3."""
    if point is None:
        return None
    return struct.pack("<2sBBi", b"GP", 0, 1, JGD2011) + struct.pack("<BIdd", 1, 1, *point)
