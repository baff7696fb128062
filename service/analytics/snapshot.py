"""What the reports compute on: the registry and the cases of one instant, read in one transaction.

The only SQL of this slice. Rows come through ADBC as Arrow; days are calendar days of Japan.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import polars as pl
from sqlalchemy import text
from sqlmodel import Session

from service.core.clock import now
from service.core.database import SYSTEM, application_url, libpq_conninfo
from service.core.settings import Settings

DEVICES = """
select d.id::text as device_id, d.asset_code, c.class_code, c.major, c.middle, c.minor,
       c.discipline, c.standard_life_years, c.target_life_years,
       coalesce(m.manufacturer, m.manufacturer_raw) as maker, m.model_no,
       d.installed_from, d.installed_to, d.installed_precision, d.retired_on, d.retired_reason,
       d.overhauled_on, d.acquired_cost_yen, d.life_override_years, d.subsidised,
       c.disposal_limit_years, c.verified as class_verified, m.discontinued_on
from device d
join equipment_class c on c.id = d.class_id
left join device_model m on m.id = d.model_id
where d.merged_into_id is null
order by d.id
"""
POSITIONS = """
select p.id::text as position_id, p.position_code, p.name as position_name, p.criticality,
       p.redundancy, p.impact_score, p.status as position_status, p.health, p.health_judged_on,
       f.facility_code, f.name as facility_name, f.facility_type, f.treatment_district
from position p join facility f on f.id = p.facility_id
order by p.id
"""
INSTALLATIONS = """
select device_id::text, position_id::text, lower(period) as from_day, upper(period) as to_day,
       starts_estimated
from installation
order by position_id, lower(period) nulls first
"""
CASES = """
select c.id::text as case_id, c.case_no, c.position_id::text, c.device_id::text, f.facility_code,
       f.facility_type, f.treatment_district,
       (c.occurred_at at time zone 'Asia/Tokyo')::date as occurred_on, c.occurred_precision,
       c.counts_as_failure, c.state, c.urgency, c.cause_group, c.stop_from, c.stop_to,
       c.symptoms[1] as symptom, paid.cost_yen, c.version
from fault_case c join facility f on f.id = c.facility_id
left join (
  select s.case_id, sum(s.cost_yen)::bigint as cost_yen
  from response_record s
  where s.cost_yen is not null
    and not exists (select 1 from response_record later where later.supersedes_id = s.id)
  group by s.case_id) paid on paid.case_id = c.id
where true
order by c.id
"""
SINCE = """
where c.id in (select id from fault_case where updated_at >= timestamptz ':since'
               union select case_id from response_record where created_at >= timestamptz ':since')
"""
# What the rows put together from an older snapshot must add up to; else all are read.
SUMS = """
select (select count(*) from fault_case) as cases,
       (select coalesce(sum(version), 0)::bigint from fault_case) as versions,
       (select coalesce(sum(s.cost_yen), 0)::bigint from response_record s
        where s.cost_yen is not null
          and not exists (select 1 from response_record later where later.supersedes_id = s.id))
       as cost_yen
"""
CONTRACTS = """
select k.contract_no, k.starts_on, k.ends_on, o.name as company_name
from contract k join company o on o.id = k.company_id
order by k.starts_on, k.contract_no
"""
# What meters of operation read at inspections; the check sheets of the importers use these names.
READINGS = """
select i.position_id::text, i.device_id::text, i.inspected_from as read_on,
       case when item->>'item' in ('始動回数', '起動回数', '累計始動回数') then 'starts'
            else 'run_hours' end as meter,
       max((item->>'value')::float8) as value
from inspection i cross join lateral jsonb_array_elements(i.items) as item
where i.inspected_precision = 'day' and jsonb_typeof(item->'value') = 'number'
  and item->>'item' in ('運転時間', '累計運転時間', '積算運転時間', 'アワーメータ',
                        '始動回数', '起動回数', '累計始動回数')
group by 1, 2, 3, 4
order by 1, 3, 4, 2
"""
# The wettest gauge speaks for the city: rain is local, and so are the pumps that it floods.
RAIN = """
select observed_on, max(rain_mm)::float8 as rain_mm, max(max_hour_mm)::float8 as max_hour_mm
from rainfall group by 1 order by 1
"""
# Since when and until when a place was suspended or abolished, as the register learned it; of a
# place that was so from its first record on the first day is unknown.
STOPS = """
with told as (
  select h.record_id as position_id, h.superseded_at as until, earlier.superseded_at as since
  from registry_history h left join lateral (
    select b.superseded_at from registry_history b
    where b.table_name = 'position' and b.record_id = h.record_id
      and (b.superseded_at, b.id) < (h.superseded_at, h.id)
    order by b.superseded_at desc, b.id desc limit 1) as earlier on true
  where h.table_name = 'position'
    and h.content->>'status' = any (array['suspended', 'abolished'])
    and h.record_id in (select id from position)
  union all
  select p.id, null, (select max(superseded_at) from registry_history h
                      where h.table_name = 'position' and h.record_id = p.id)
  from position p where p.status in ('suspended', 'abolished'))
select position_id::text, null::text as device_id,
       (since at time zone 'Asia/Tokyo')::date as from_day,
       (until at time zone 'Asia/Tokyo')::date as to_day
from told order by 1, 2, 3 nulls first
"""
# Versions only grow and rows are only added, so no change leaves all of this as it was. The number
# of the columns is raised when the queries above read more.
MARK = """
select concat_ws(' ', 'columns 9',
  (select concat(count(*), ':', sum(version)) from facility),
  (select concat(count(*), ':', sum(version)) from equipment_class),
  (select concat(count(*), ':', sum(version)) from device_model),
  (select concat(count(*), ':', sum(version)) from position),
  (select concat(count(*), ':', sum(version), ':', max(updated_at)) from device),
  (select concat(count(*), ':', sum(hashtext(concat(id, device_id, position_id, period,
                                                    starts_estimated)))) from installation),
  (select concat(count(*), ':', max(created_at)) from response_record),
  (select concat(count(*), ':', sum(version), ':', max(updated_at)) from inspection),
  (select concat(count(*), ':', sum(version)) from contract),
  (select concat(count(*), ':', sum(version), ':', max(updated_at)) from rainfall),
  (select concat(count(*), ':', sum(version)) from company),
  (select concat(count(*), ':', sum(version), ':', max(updated_at)) from fault_case)) as mark
"""


# Changes of transactions that were under way when the older snapshot was taken are read again.
OVERLAP = timedelta(hours=1)
Reader = Callable[[str], pl.DataFrame]


@dataclass(frozen=True)
class Extract:
    """Everything as of one instant; ``mark`` changes whenever any of it does.

    ``cases_read`` are those that had to be read: the others stood in the older snapshot.
    """

    taken_at: datetime
    mark: str
    took_s: float
    tables: dict[str, pl.DataFrame]
    cases_read: int


class Older(Protocol):
    """A snapshot that is kept."""

    @property
    def taken_at(self) -> datetime: ...
    @property
    def mark(self) -> str: ...
    def table(self, name: str) -> pl.LazyFrame: ...


def extract(settings: Settings, older: Older | None = None) -> Extract:
    """Reads all tables as of one instant, with the full sight of a job and no right to change.

    Of the cases, by far the most rows, only those that changed since the ``older`` snapshot.
    """
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415  # 0.2 s that only a refresh needs

    began = now()
    conninfo = libpq_conninfo(application_url(settings))
    with dbapi.connect(conninfo) as connection, connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute(f"select set_config('gesuibo.role', '{SYSTEM.role}', true)")
        cursor.fetchall()
        read = _reader(cursor)
        mark = read(MARK).item()
        cases, cases_read = _cases(read, str(mark), older)
        others = {
            "installations": read(INSTALLATIONS),
            "cases": cases,
            "readings": read(READINGS),
            "stops": read(STOPS),
        }
        tables = _numbered(read(DEVICES), read(POSITIONS), others)
        tables["contracts"] = read(CONTRACTS)
        tables["rain"] = read(RAIN)
    tables = {name: table.rechunk() for name, table in tables.items()}
    return Extract(began, str(mark), (now() - began).total_seconds(), tables, cases_read)


def _cases(read: Reader, mark: str, older: Older | None) -> tuple[pl.DataFrame, int]:
    """All cases, and how many of them were read.

    A case that neither was there before nor has changed since shows in the sums of the database,
    as one that was taken away does.
    """
    if older is not None and older.mark.split()[:3] == mark.split()[:3]:  # columns, facilities
        since = (older.taken_at - OVERLAP).astimezone(UTC)
        fresh = read(CASES.replace("where true", SINCE.replace(":since", since.isoformat())))
        cases = _with_names(older)
        cases = cases.filter(~pl.col("case_id").is_in(fresh["case_id"].implode()))
        cases = cases.select(fresh.columns).merge_sorted(fresh, key="case_id")
        sums = cases.select(
            cases=pl.len(), versions=pl.col("version").sum(), cost_yen=pl.col("cost_yen").sum()
        )
        if sums.row(0) == read(SUMS).row(0):
            return cases, fresh.height
    cases = read(CASES)
    return cases, cases.height


def _with_names(older: Older) -> pl.DataFrame:
    """Cases of a snapshot with the ids of devices and positions in place of their numbers."""
    cases = older.table("cases")
    for name in ("device", "position"):
        ids = older.table(f"{name}s").select(name, f"{name}_id")
        cases = cases.join(ids, on=name, how="left", maintain_order="left")
    return cases.collect()


def _reader(cursor: Any) -> Reader:
    def read(query: str) -> pl.DataFrame:
        cursor.execute(query)
        frame = pl.from_arrow(cursor.fetch_arrow_table())
        assert isinstance(frame, pl.DataFrame)  # noqa: S101  # a table, never one column
        return frame

    return read


def _numbered(
    devices: pl.DataFrame, positions: pl.DataFrame, others: dict[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Replaces UUIDs by row numbers where tables refer to each other: 4 bytes instead of 36."""
    devices = devices.with_row_index("device")
    positions = positions.with_row_index("position")
    device_no = devices.select("device", "device_id")
    position_no = positions.select("position", "position_id")

    def numbered(frame: pl.DataFrame) -> pl.DataFrame:
        return (
            frame.join(device_no, on="device_id", how="left", maintain_order="left")
            .join(position_no, on="position_id", how="left", maintain_order="left")
            .drop("device_id", "position_id")
        )

    tables = {name: numbered(frame) for name, frame in others.items()}
    tables["installations"] = tables["installations"].with_row_index("spell")
    return {"devices": devices, "positions": positions, **tables}


def current_mark(session: Session) -> str:
    """The mark as it is now; an actor with full sight gets the one that `extract` stores."""
    return str(session.execute(text(MARK)).scalar_one())


def sees_everything(session: Session) -> bool:
    """PostgreSQL's own answer: a snapshot holds all rows, so only full sight may read it."""
    return bool(session.execute(text("select gesuibo.sees_all()")).scalar_one())
