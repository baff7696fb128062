from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session


class Absent(NamedTuple):
    """A place in use, with the device that stands in it today."""

    position_code: str
    name: str
    facility_code: str
    asset_code: str | None


_IN_USE = text(
    "select p.position_code, p.name, f.facility_code, d.asset_code"
    " from position p join facility f on f.id = p.facility_id"
    " left join installation i on i.position_id = p.id"
    " and i.period @> (now() at time zone 'Asia/Tokyo')::date"
    " left join device d on d.id = i.device_id"
    " where p.facility_id = any(:facilities) and p.status <> 'abolished'"
    " order by p.position_code"
)


def places_in_use(session: Session, facilities: Iterable[UUID]) -> list[Absent]:
    rows = session.execute(_IN_USE, {"facilities": list(facilities)})
    return [Absent(*row) for row in rows.all()]
