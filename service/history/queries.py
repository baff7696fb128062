"""What happened to the register in a year: stays that began or ended, values that changed."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from service.history.models import LedgerClosing

_AT_ONCE = 2_000
# The last decision on each approved case, under its number and the contracts that its responses
# name: a change that names one of these rests on that decision.
_DECIDED = """
  approved as materialized (
    select distinct on (q.case_id) q.case_id, c.case_no, a.role, u.display_name as name,
      a.decided_at
    from approval_request q
    join approval a on a.request_id = q.id and a.decision in ('approved', 'proxy')
    join fault_case c on c.id = q.case_id
    join user_account u on u.id = a.decided_by
    where q.state = 'approved' order by q.case_id, a.decided_at desc),
  decided as materialized (
    select case_no as word, approved.* from approved
    union
    select r.contract_ref, approved.* from approved
    join response_record r on r.case_id = approved.case_id where r.contract_ref is not null)"""
_BASIS = """ok.case_id as approved_case_id, ok.case_no as approved_case_no,
      ok.role as approved_role, ok.name as approved_by, ok.decided_at as approved_at,
      applied.actor_name as applied_by"""


def _basis(words: str, import_id: str) -> str:
    """Joins the decision that the words name, and who applied the import that wrote it."""
    return f"""
    left join lateral (
      select * from decided n
      where n.word = any (string_to_array(
        regexp_replace(concat_ws(' ', {words}), '[^0-9A-Za-z-]+', ' ', 'g'), ' ') || array[{words}])
      order by n.decided_at desc limit 1) ok on true
    left join lateral (
      select a.actor_name from audit_entry a
      where a.target_type = 'import_job' and a.target_id = ({import_id})::text
        and a.action = 'import.apply'
      order by a.id desc limit 1) applied on true"""  # noqa: S608  # constants only


_WORDS = (
    "case e.what when 'began' then i.work_ref else gone.work_ref end,"
    " case e.what when 'began' then i.reason else gone.reason end"
)
# A move is one stay that ends and another that begins on the same day elsewhere.
_STAYS = text(
    f"""
    with {_DECIDED}
    select e.what, e.day, f.facility_code, f.name as facility_name, p.id as position_id,
      p.position_code, p.name as position_name, d.id as device_id, d.asset_code,
      d.fixed_asset_no, d.acquired_cost_yen, i.kind, d.retired_reason,
      case e.what when 'began' then i.work_ref else gone.work_ref end as work_ref,
      case e.what when 'began' then i.reason else gone.reason end as reason,
      e.what = 'ended' and exists (select 1 from installation n where n.device_id = i.device_id
        and lower(n.period) = e.day and n.position_id <> i.position_id) as is_move,
      coalesce(h.superseded_at, i.created_at) as recorded_at, u.display_name as recorded_by,
      {_BASIS}
    from installation i
    join position p on p.id = i.position_id
    join facility f on f.id = i.facility_id
    join device d on d.id = i.device_id
    cross join lateral (
      select 'began' as what, lower(i.period) as day
      union all select 'ended', upper(i.period)) e
    left join lateral (
      select superseded_at, superseded_by from registry_history
      where table_name = 'installation' and record_id = i.id and e.what = 'ended'
      order by superseded_at desc limit 1) h on true
    left join lateral (
      select a.after ->> 'work_ref' as work_ref, a.reason from audit_entry a
      where e.what = 'ended' and a.target_type = 'device' and a.target_id = i.device_id::text
        and a.action = 'remove' and a.after ->> 'position_id' = i.position_id::text
        and a.after ->> 'removed_on' = e.day::text
      order by a.id desc limit 1) gone on true
    left join user_account u on u.id = coalesce(h.superseded_by, i.created_by)
    {_basis(_WORDS, "case e.what when 'began' then i.source_import_id end")}
    where e.day >= :first and e.day < :after
    order by e.day, p.position_code, e.what desc
    """  # noqa: S608  # constants only
)
_FIELDS = """
  array['name', 'status', 'criticality', 'redundancy', 'health', 'class_id', 'location_id',
    'serial_no', 'model_id', 'installed_from', 'installed_to', 'acquired_cost_yen',
    'fixed_asset_no', 'subsidised', 'life_override_years', 'overhauled_on', 'retired_on',
    'standard_life_years', 'target_life_years', 'disposal_limit_years', 'facility_type', 'custom']
"""


def _named(side: str) -> str:
    """The value as text; what another record is called instead of its id."""
    return f"""case field
        when 'class_id' then (select minor from equipment_class
                              where id = ({side} ->> field)::uuid)
        when 'location_id' then (select path from location where id = ({side} ->> field)::uuid)
        when 'model_id' then (select concat_ws(' ', manufacturer, model_no) from device_model
                              where id = ({side} ->> field)::uuid)
        else {side} ->> field end"""  # noqa: S608  # constants only


_VALUES = text(
    f"""
    with {_DECIDED},
    told as (
      select h.table_name, h.record_id, h.content as old, h.superseded_at, h.superseded_by,
        coalesce(
          lead(h.content) over (partition by h.table_name, h.record_id order by h.id),
          (select to_jsonb(p) from position p
           where h.table_name = 'position' and p.id = h.record_id),
          (select to_jsonb(d) from device d where h.table_name = 'device' and d.id = h.record_id),
          (select to_jsonb(f) from facility f
           where h.table_name = 'facility' and f.id = h.record_id),
          (select to_jsonb(c) from equipment_class c
           where h.table_name = 'equipment_class' and c.id = h.record_id)) as new
      from registry_history h
      where h.table_name in ('position', 'device', 'facility', 'equipment_class')
        and h.superseded_at >= :first)
    select t.table_name, t.record_id,
      coalesce(t.old ->> 'position_code', t.old ->> 'asset_code', t.old ->> 'facility_code',
               t.old ->> 'class_code') as code,
      field, {_named("t.old")} as old, {_named("t.new")} as new,
      t.superseded_at as recorded_at, u.display_name as recorded_by,
      coalesce(why.reason, job.file_name) as reason, {_BASIS}
    from told t
    cross join unnest({_FIELDS}) as field
    left join user_account u on u.id = t.superseded_by
    -- The trail tells it in the same transaction, a moment later by its own clock.
    left join lateral (
      select a.reason from audit_entry a
      where a.target_type = t.table_name and a.target_id = t.record_id::text
        and a.reason is not null and a.actor_id is not distinct from t.superseded_by
        and a.at between t.superseded_at - interval '5 s' and t.superseded_at + interval '30 s'
      order by abs(extract(epoch from a.at - t.superseded_at)) limit 1) why on true
    left join import_job job on job.id = (t.new ->> 'source_import_id')::uuid
      and t.new -> 'source_import_id' is distinct from t.old -> 'source_import_id'
    {_basis("why.reason", "job.id")}
    where t.superseded_at < :after and t.new is not null
      and t.old ? field and t.old -> field is distinct from t.new -> field
    order by t.superseded_at, code, field
    """  # noqa: S608  # constants only
)
_UNTIED = text(
    """
    select count(*) filter (where d.fixed_asset_no is null) as without_asset_no,
      count(*) filter (where d.installed_precision is null or d.installed_from is null)
        as without_date,
      count(*) filter (where d.acquired_cost_yen is null) as without_price,
      count(*) as total
    from device d
    where d.merged_into_id is null and (d.retired_on is null or d.retired_on > gesuibo.day())
    """
)


_STILL = text(
    "lock table facility, location, equipment_class, device_model, position, device, installation"
    " in share mode"
)


def stand_still(session: Session) -> None:
    """Waits for whoever is writing, and lets nobody write until the transaction ends."""
    session.execute(_STILL)


def stays_of(session: Session, first: date, after: date) -> Iterator[dict[str, Any]]:
    """Stays that began or ended in the half-open period, in the order of their days."""
    found = session.connection().execute(
        _STAYS, {"first": first, "after": after}, execution_options={"yield_per": _AT_ONCE}
    )
    yield from map(dict, found.mappings())


def values_of(session: Session, first: datetime, after: datetime) -> Iterator[dict[str, Any]]:
    """Values of records that were changed in the half-open period, one row a field."""
    found = session.connection().execute(
        _VALUES, {"first": first, "after": after}, execution_options={"yield_per": _AT_ONCE}
    )
    yield from map(dict, found.mappings())


def unknown_counts(session: Session) -> dict[str, Any]:
    """How many devices of the day asked for lack what an auditor asks after."""
    return dict(session.execute(_UNTIED).mappings().one())


def closings(session: Session) -> list[LedgerClosing]:
    newest = col(LedgerClosing.known_at).desc()
    return list(session.exec(select(LedgerClosing).order_by(newest)))


def closing(session: Session, closing_id: UUID) -> LedgerClosing | None:
    return session.get(LedgerClosing, closing_id)
