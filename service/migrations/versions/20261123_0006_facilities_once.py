"""Ask a contractor's contracts once in a request, not once for every table that is read."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CONTRACTED = """
create or replace function gesuibo.contracted_facilities(on_day date) returns uuid[]
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select coalesce(array_agg(f.id), '{}')
    from facility f
    where exists (
        select 1 from contract c
        where c.company_id = gesuibo.company()
          and on_day between c.starts_on and c.ends_on and c.covers_all_facilities)
      or f.id in (
        select cf.facility_id from contract c join contract_facility cf on cf.contract_id = c.id
        where c.company_id = gesuibo.company() and on_day between c.starts_on and c.ends_on)
  $$
"""
CONTRACTED_BEFORE = """
create or replace function gesuibo.contracted_facilities(on_day date) returns uuid[]
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select coalesce(array_agg(f.id), '{}')
    from facility f
    where exists (
      select 1
      from contract c
      where c.company_id = gesuibo.company()
        and on_day between c.starts_on and c.ends_on
        and (c.covers_all_facilities
             or exists (select 1 from contract_facility cf
                        where cf.contract_id = c.id and cf.facility_id = f.id)))
  $$
"""
# What signing in has found out counts for that company and transaction only; an identity that
# was named in another way (jobs, tests) has no such note and asks the contracts.
VISIBLE = """
create or replace function gesuibo.visible_facilities() returns uuid[]
  language sql stable
  as $$
    select case
      when gesuibo.role() is distinct from 'contractor' then '{}'::uuid[]
      when current_setting('gesuibo.company', true)
           = current_setting('gesuibo.facilities_of', true)
        then current_setting('gesuibo.facilities', true)::uuid[]
      else gesuibo.contracted_facilities((now() at time zone 'Asia/Tokyo')::date) end
  $$
"""
VISIBLE_BEFORE = """
create or replace function gesuibo.visible_facilities() returns uuid[]
  language sql stable
  as $$
    select case when gesuibo.role() = 'contractor'
      then gesuibo.contracted_facilities((now() at time zone 'Asia/Tokyo')::date)
      else '{}'::uuid[] end
  $$
"""
TAKE_ON = """
create or replace function gesuibo.take_on(given bytea)
  returns table (user_id uuid, username text, display_name text, role text, company_id uuid,
                 language text, credential_id uuid, is_phone boolean)
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    select u.id, u.username, u.display_name, u.role, u.company_id, u.language, s.id, false
      into user_id, username, display_name, role, company_id, language, credential_id, is_phone
      from sign_in s join user_account u on u.id = s.user_id
      where s.token_hash = given and s.expires_at > now() and u.disabled_at is null;
    if not found then
      select u.id, u.username, u.display_name, u.role, u.company_id, u.language, p.id, true
        into user_id, username, display_name, role, company_id, language, credential_id, is_phone
        from phone p join user_account u on u.id = p.user_id
        where p.token_hash = given and p.expires_at > now() and p.revoked_at is null
          and u.disabled_at is null;
      if not found then
        return;
      end if;
    end if;
    perform set_config('gesuibo.role', role, true),
            set_config('gesuibo.company', coalesce(company_id::text, ''), true),
            set_config('gesuibo.user', user_id::text, true);
{note}    return next;
  end $$
"""
NOTE = """    if role = 'contractor' then
      perform set_config('gesuibo.facilities', gesuibo.contracted_facilities(
                (now() at time zone 'Asia/Tokyo')::date)::text, true),
              set_config('gesuibo.facilities_of', company_id::text, true);
    end if;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(CONTRACTED)
    op.execute(TAKE_ON.replace("{note}", NOTE))
    op.execute(VISIBLE)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(VISIBLE_BEFORE)
    op.execute(TAKE_ON.replace("{note}", ""))
    op.execute(CONTRACTED_BEFORE)
