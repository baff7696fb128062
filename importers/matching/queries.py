"""Records by other things than their codes."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import TextClause, text
from sqlmodel import Session


class KnownPlace(NamedTuple):
    """A position and the device that stands in it today."""

    position_code: str
    facility_code: str
    class_code: str
    name: str
    unit_no: str | None
    legacy_codes: list[str]
    asset_code: str | None
    serial_no: str | None
    manufacturer: str | None


class KnownDevice(NamedTuple):
    """A device with the place where it stands today."""

    asset_code: str
    serial_no: str
    manufacturer: str | None
    position_code: str | None


class KnownHealth(NamedTuple):
    """The 健全度 that a position shows, and since when."""

    health: int | None
    judged_on: date | None


class KnownClass(NamedTuple):
    class_code: str
    minor: str
    middle: str
    major: str


_CLASSES = text("select class_code, minor, middle, major from equipment_class order by 1")
_PLACE = (
    "select p.position_code, f.facility_code, c.class_code, p.name, p.unit_no, p.legacy_codes,"
    " d.asset_code, d.serial_no, m.manufacturer"
    " from position p join facility f on f.id = p.facility_id"
    " join equipment_class c on c.id = p.class_id"
    " left join installation i on i.position_id = p.id"
    " and i.period @> (now() at time zone 'Asia/Tokyo')::date"
    " left join device d on d.id = i.device_id"
    " left join device_model m on m.id = d.model_id where "
)
_BY_CODE = text(_PLACE + "p.position_code = any(:codes)")
_BY_LEGACY = text(_PLACE + "p.legacy_codes && cast(:codes as text[])")
_BY_FACILITY = text(_PLACE + "f.facility_code = any(:codes) order by p.position_code")
_BY_DEVICE = text(_PLACE + "d.asset_code = any(:codes)")
_BY_PLACED_SERIAL = text(_PLACE + "d.serial_no = any(:codes)")
_FACILITIES_OF_PLACES = text(
    "select p.position_code, f.facility_code from position p"
    " join facility f on f.id = p.facility_id"
    " where p.position_code = any(:codes)"
)
_HEALTH = text(
    "select position_code, health, health_judged_on from position where position_code = any(:codes)"
)
_ASSET_CODES = text("select asset_code from device where asset_code = any(:codes)")
_BY_SERIAL = text(
    "select d.asset_code, d.serial_no, m.manufacturer, p.position_code"
    " from device d left join device_model m on m.id = d.model_id"
    " left join installation i on i.device_id = d.id"
    " and i.period @> (now() at time zone 'Asia/Tokyo')::date"
    " left join position p on p.id = i.position_id"
    " where d.serial_no = any(:serials) and d.merged_into_id is null order by d.asset_code"
)
_MERGED = text(
    "with recursive way as ("
    " select asset_code, merged_into_id as into_id from device"
    " where asset_code = any(:codes) and merged_into_id is not null"
    " union all select w.asset_code, d.merged_into_id from way w join device d on d.id = w.into_id"
    " where d.merged_into_id is not null)"
    " select w.asset_code, d.asset_code from way w join device d on d.id = w.into_id"
    " where d.merged_into_id is null"
)
_ENOUGH_POINTS = 3
_EXTENT = text(
    "select count(geom), min(ST_X(geom)), min(ST_Y(geom)), max(ST_X(geom)), max(ST_Y(geom))"
    " from facility"
)
_LAST_FACILITY = text(
    "select coalesce(max(substring(facility_code from 2)::integer), 0) from facility"
    " where facility_code ~ '^F[0-9]{3,6}$'"
)
_LAST_NUMBERS = text(
    "select f.facility_code,"
    " coalesce(max(substring(p.position_code from length(f.facility_code) + 2)::integer), 0)"
    " from facility f left join position p on p.facility_id = f.id"
    " and p.position_code ~ ('^' || regexp_replace(f.facility_code, '\\W', '\\\\\\&', 'g')"
    " || '-[0-9]{4,6}$')"
    " where f.facility_code = any(:codes) group by 1"
)


def facilities_of_places(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """The facility's code by that of the place, for the codes that the registry has."""
    rows = session.execute(_FACILITIES_OF_PLACES, {"codes": list(codes)})
    return {row[0]: row[1] for row in rows.all()}


def health_of_places(session: Session, codes: Iterable[str]) -> dict[str, KnownHealth]:
    rows = session.execute(_HEALTH, {"codes": list(codes)})
    return {row[0]: KnownHealth(row[1], row[2]) for row in rows.all()}


def present_devices(session: Session, codes: Iterable[str]) -> set[str]:
    return set(session.execute(_ASSET_CODES, {"codes": list(codes)}).scalars())


def classes(session: Session) -> list[KnownClass]:
    return [KnownClass(*row) for row in session.execute(_CLASSES).all()]


def places_by_code(session: Session, codes: Iterable[str]) -> list[KnownPlace]:
    return _places(session, _BY_CODE, codes)


def places_by_legacy_code(session: Session, codes: Iterable[str]) -> list[KnownPlace]:
    return _places(session, _BY_LEGACY, codes)


def places_of_facilities(session: Session, codes: Iterable[str]) -> list[KnownPlace]:
    return _places(session, _BY_FACILITY, codes)


def places_of_devices(session: Session, codes: Iterable[str]) -> list[KnownPlace]:
    return _places(session, _BY_DEVICE, codes)


def places_of_serials(session: Session, serials: Iterable[str]) -> list[KnownPlace]:
    return _places(session, _BY_PLACED_SERIAL, serials)


def devices_by_serial(session: Session, serials: Iterable[str]) -> list[KnownDevice]:
    rows = session.execute(_BY_SERIAL, {"serials": sorted(serials)})
    return [KnownDevice(*row) for row in rows.all()]


def merged_devices(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """The number of the device that has the history now, by a number that was merged into it."""
    rows = session.execute(_MERGED, {"codes": sorted(codes)})
    return {row[0]: row[1] for row in rows.all()}


def extent_of_facilities(session: Session) -> tuple[float, float, float, float] | None:
    """West, south, east, north in degrees; None with fewer than three points."""
    row = session.execute(_EXTENT).one()
    return (row[1], row[2], row[3], row[4]) if row[0] >= _ENOUGH_POINTS else None


def last_facility_number(session: Session) -> int:
    return int(session.execute(_LAST_FACILITY).scalar_one())


def last_numbers(session: Session, facilities: Iterable[str]) -> dict[str, int]:
    """The highest running number of 「施設コード-0001」 by facility."""
    rows = session.execute(_LAST_NUMBERS, {"codes": sorted(facilities)})
    return {row[0]: row[1] for row in rows.all()}


def _places(session: Session, statement: TextClause, codes: Iterable[str]) -> list[KnownPlace]:
    rows = session.execute(statement, {"codes": sorted(codes)})
    return [KnownPlace(*row) for row in rows.all()]
