"""How long a case may wait and has waited: the contract's time, and since when it waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

# The shortest time of the contracts that the case's company had for its facility on that day.
TARGET_MIN = """
  (select min(k.response_target_min) from contract k
   left join contract_facility kf on kf.contract_id = k.id and kf.facility_id = c.facility_id
   where k.company_id = c.company_id
     and (c.reported_at at time zone 'Asia/Tokyo')::date between k.starts_on and k.ends_on
     and (k.covers_all_facilities or kf.facility_id is not null))
"""
# As the alarm that is rung to the duty: not accepted within the contract's time.
IS_LATE = (
    f"c.state = 'reported' and c.reported_at + make_interval(mins => {TARGET_MIN}) < :overdue_at"
)
_PACES = text(f"""
  select c.id, c.state, c.reported_at,
    case when c.state = 'reported' then {TARGET_MIN} end as target_min,
    case when c.state = 'waiting' then
      (select max(a.at) from audit_entry a where a.target_type = 'fault_case'
       and a.target_id = c.id::text and a.action = 'case.wait') end as waiting_since
  from fault_case c where c.id = any(:ids)
""")  # noqa: S608  # own fragments


@dataclass(frozen=True)
class Pace:
    """``due_at``: when an unaccepted case is late by contract."""

    due_at: datetime | None
    waiting_since: datetime | None


def paces(session: Session, ids: Sequence[UUID]) -> dict[UUID, Pace]:
    return {row.id: _pace(row) for row in session.execute(_PACES, {"ids": list(ids)})}


def _pace(row: Any) -> Pace:
    due_at = None if row.target_min is None else row.reported_at + timedelta(minutes=row.target_min)
    return Pace(due_at, row.waiting_since)
