"""猶予日数: for so many days after its contract a company still sees and finishes its open cases."""

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0101"
branch_labels = None
depends_on = None

CONTRACTED = """
create or replace function gesuibo.contracted_facilities(on_day date) returns uuid[]
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select coalesce(array_agg(f.id), '{{}}')
    from facility f
    where exists (
        select 1 from contract c
        where c.company_id = gesuibo.company()
          and on_day between c.starts_on and c.ends_on{grace} and c.covers_all_facilities)
      or f.id in (
        select cf.facility_id from contract c join contract_facility cf on cf.contract_id = c.id
        where c.company_id = gesuibo.company()
          and on_day between c.starts_on and c.ends_on{grace})
  $$
"""
# Seen for the days of grace only: no contract of the company covers them on the day.
ENDED_ON = """
create function gesuibo.facilities_ended(on_day date) returns uuid[]
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select coalesce(array_agg(f.id), '{}')
    from facility f
    where exists (
        select 1 from contract c
        where c.company_id = gesuibo.company()
          and on_day > c.ends_on and on_day <= c.ends_on + c.grace_days)
      and f.id = any (gesuibo.contracted_facilities(on_day))
      and not exists (
        select 1 from contract c
        where c.company_id = gesuibo.company() and on_day between c.starts_on and c.ends_on
          and (c.covers_all_facilities
               or exists (select 1 from contract_facility cf
                          where cf.contract_id = c.id and cf.facility_id = f.id)))
  $$
"""
ENDED = """
create function gesuibo.ended_facilities() returns uuid[]
  language sql stable
  as $$
    select case
      when gesuibo.role() is distinct from 'contractor' then '{}'::uuid[]
      else gesuibo.facilities_ended((now() at time zone 'Asia/Tokyo')::date) end
  $$
"""
OPEN = "state not in ('closed', 'dismissed', 'merged')"
IN_FORCE = "facility_id <> all ((select gesuibo.ended_facilities())::uuid[])"
MINE = (
    "company_id = (select gesuibo.company())"
    " and facility_id = any ((select gesuibo.visible_facilities())::uuid[])"
)
FOUND = """
create or replace function gesuibo.cases_written(word text, pattern text) returns setof uuid
  language sql stable rows 100 security definer set search_path = public, pg_temp
  as $$
    with found as (
      select w.id from (
        select id from fault_case where length(word) >= 3 and search_text like pattern
        union all
        select id from fault_case
        where length(word) < 3 and gesuibo.pairs(search_text) @> array[word]) w
      union all
      select l.case_id from (
        select id, company_id from fault_report
        where length(word) >= 3 and search_text like pattern
        union all
        select id, company_id from fault_report
        where length(word) < 3 and gesuibo.pairs(search_text) @> array[word]) w
      join case_report l on l.report_id = w.id
      where (select gesuibo.sees_all()) or w.company_id = (select gesuibo.company())
      union all
      select w.case_id from (
        select case_id from response_record where length(word) >= 3 and search_text like pattern
        union all
        select case_id from response_record
        where length(word) < 3 and gesuibo.pairs(search_text) @> array[word]) w
    )
    select found.id from found
    where (select gesuibo.sees_all())
      or exists (
        select from fault_case c
        where c.id = found.id and c.company_id = (select gesuibo.company())
          and c.facility_id = any ((select gesuibo.visible_facilities())::uuid[]){only_open})
  $$
"""
ONLY_OPEN = f"""
          and (c.{OPEN}
               or c.{IN_FORCE})"""
REQUESTS = (
    "create policy contractor_reads on work_request for select"
    " using (company_id = (select gesuibo.company())"
    " and facility_id = any ((select gesuibo.visible_facilities())::uuid[]){rest})"
)


def _cases(rest: str) -> None:
    op.execute("drop policy reads on fault_case")
    op.execute(
        "create policy reads on fault_case for select"
        f" using ((select gesuibo.sees_all()) or ({MINE}{rest}))"
    )


def _requests(rest: str) -> None:
    op.execute("drop policy contractor_reads on work_request")
    op.execute(REQUESTS.format(rest=rest))


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column(
        "contract", sa.Column("grace_days", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_check_constraint("grace", "contract", "grace_days between 0 and 3660")
    op.execute(CONTRACTED.format(grace=" + c.grace_days"))
    op.execute(ENDED_ON)
    op.execute("revoke execute on function gesuibo.facilities_ended(date) from public")
    op.execute(ENDED)
    op.execute("grant execute on function gesuibo.facilities_ended(date) to gesuibo_app")
    op.execute("grant execute on function gesuibo.ended_facilities() to gesuibo_app")
    _cases(f" and ({OPEN} or {IN_FORCE})")
    _requests(f" and ({IN_FORCE} or exists (select 1 from fault_case c where c.id = case_id))")
    op.execute(FOUND.replace("{only_open}", ONLY_OPEN))


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(FOUND.replace("{only_open}", ""))
    _requests("")
    _cases("")
    op.execute("drop function gesuibo.ended_facilities()")
    op.execute("drop function gesuibo.facilities_ended(date)")
    op.execute(CONTRACTED.format(grace=""))
    op.drop_column("contract", "grace_days")
