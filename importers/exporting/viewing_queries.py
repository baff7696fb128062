"""What auditors looked at, with the names of the records whose numbers stand in the address."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, text
from sqlmodel import Session

_VIEWINGS = text(
    """
    select v.id, v.at, v.actor_name, v.username, v.path, v.method, v.query, v.status,
      coalesce(
        (select p.position_code || ' ' || p.name from position p where p.id = v.record),
        (select d.asset_code from device d where d.id = v.record),
        (select f.facility_code || ' ' || f.name from facility f where f.id = v.record),
        (select c.case_no from fault_case c where c.id = v.record),
        (select r.report_no from fault_report r where r.id = v.record),
        (select a.file_name from attachment a where a.id = v.record)) as record
    from (
      select e.id, e.at, e.actor_name, u.username, e.target_id as path,
        e.after ->> 'method' as method, e.after ->> 'query' as query,
        cast(e.after ->> 'status' as integer) as status,
        cast(substring(e.target_id from
          '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}') as uuid) as record
      from audit_entry e
      left join user_account u on u.id = e.actor_id
      where e.action = 'view'
        and (cast(:username as text) is null or u.username = :username)
        and (cast(:since as timestamptz) is null or e.at >= :since)
        and (cast(:until as timestamptz) is null or e.at < :until)
        and (cast(:before as bigint) is null or e.id < :before)
      order by e.id desc
      limit :limit) v
    order by v.id desc
    """
)


class Wanted(NamedTuple):
    """The half-open period from ``since`` to ``until``; None for no limit."""

    username: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def viewings(
    session: Session, wanted: Wanted, *, before: int | None = None, limit: int
) -> list[RowMapping]:
    """Newest first; ``before`` is the number of the last one already shown."""
    values: dict[str, Any] = wanted._asdict() | {"before": before, "limit": limit}
    return list(session.execute(_VIEWINGS, values).mappings())
