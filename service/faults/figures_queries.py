"""Counts of cases at one position or facility."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session

# A place without a known beginning is watched since its facility's first case was recorded.
_OF_POSITION = text(
    """
    with records as (
      select min(k.occurred_at at time zone 'Asia/Tokyo')::date as first
      from fault_case k where k.facility_id = (select facility_id from position where id = :id)),
    stay as (
      select case when bool_or(lower_inf(period)) then null else min(lower(period)) end as first
      from installation where position_id = :id)
    select
      count(*) filter (where k.counts_as_failure and k.state not in ('merged', 'dismissed')
        and (k.occurred_at at time zone 'Asia/Tokyo')::date >= :since) as failure_count,
      max((k.occurred_at at time zone 'Asia/Tokyo')::date) filter (
        where k.counts_as_failure and k.state not in ('merged', 'dismissed')) as last_failure_on,
      count(*) filter (where k.state not in ('closed', 'merged', 'dismissed')) as open_count,
      (select greatest(cast(:since as date), records.first, stay.first)
       from records, stay where records.first is not null) as since
    from fault_case k where k.position_id = :id
    """
)
_BY_STATE = text(
    "select state, count(*) as count from fault_case"
    " where facility_id = :id and state = any (:states) group by state"
)


def of_position(session: Session, position_id: UUID, *, since: date) -> RowMapping:
    return session.execute(_OF_POSITION, {"id": position_id, "since": since}).mappings().one()


def by_state(session: Session, facility_id: UUID, states: Sequence[str]) -> dict[str, int]:
    rows = session.execute(_BY_STATE, {"id": facility_id, "states": list(states)})
    return {row["state"]: row["count"] for row in rows.mappings()}
