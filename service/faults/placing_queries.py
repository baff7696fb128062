"""Where a case is: the device of its day, and the names of places for its trail."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session

_DEVICE = text("""
  select d.id, d.asset_code, m.manufacturer as maker, m.model_no,
         successor.asset_code as successor_code
  from fault_case c
  join device d on d.id = c.device_id
  left join device_model m on m.id = d.model_id
  left join installation now_there on now_there.position_id = c.position_id
    and now_there.period @> gesuibo.day() and now_there.device_id <> d.id
  left join device successor on successor.id = now_there.device_id
  where c.id = :case_id
""")
_NAMES = text("""
  select p.id::text as id, concat_ws(' ', f.name, p.name, '(' || p.position_code || ')') as name
  from position p join facility f on f.id = p.facility_id where p.id = any(cast(:ids as uuid[]))
  union all
  select id::text, asset_code from device where id = any(cast(:ids as uuid[]))
  union all
  select id::text, name from company where id = any(cast(:ids as uuid[]))
""")


def device(session: Session, case_id: UUID) -> Row[Any] | None:
    """The device in place when the fault occurred, and the other one that stands there now."""
    return session.execute(_DEVICE, {"case_id": case_id}).first()


def names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """What positions, devices and companies are called, as far as one may see them."""
    rows = session.execute(_NAMES, {"ids": list(ids)})
    return {row.id: row.name for row in rows}
