"""One reading policy per table, cheapest question first.

Two permissive policies are joined in an order that PostgreSQL chooses, and a member of staff paid
for the contractor's question on every row. The previous release works on either form.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JOIN = """
do $$
declare p record;
begin
  for p in
    select c.tablename, r.qual
    from pg_policies c join pg_policies r using (schemaname, tablename)
    where c.schemaname = 'public' and c.policyname = 'city' and r.policyname = 'contractor_reads'
  loop
    execute format('drop policy city on %I', p.tablename);
    execute format('drop policy contractor_reads on %I', p.tablename);
    execute format('create policy reads on %I for select'
                   ' using ((select gesuibo.sees_all()) or (%s))', p.tablename, p.qual);
    execute format('create policy city_adds on %I for insert'
                   ' with check ((select gesuibo.sees_all()))', p.tablename);
    execute format('create policy city_changes on %I for update'
                   ' using ((select gesuibo.sees_all()))', p.tablename);
    execute format('create policy city_removes on %I for delete'
                   ' using ((select gesuibo.sees_all()))', p.tablename);
  end loop;
end $$
"""
PART = """
do $$
declare p record;
begin
  for p in
    select tablename, qual from pg_policies where schemaname = 'public' and policyname = 'reads'
  loop
    execute format('drop policy reads on %I', p.tablename);
    execute format('drop policy city_adds on %I', p.tablename);
    execute format('drop policy city_changes on %I', p.tablename);
    execute format('drop policy city_removes on %I', p.tablename);
    execute format('create policy city on %I using ((select gesuibo.sees_all()))', p.tablename);
    execute format('create policy contractor_reads on %I for select using (%s)',
                   p.tablename, p.qual);
  end loop;
end $$
"""
VISIBLE = """
create or replace function gesuibo.visible_facilities() returns uuid[]
  language sql stable
  as $$
    select case when gesuibo.role() = 'contractor'
      then gesuibo.contracted_facilities((now() at time zone 'Asia/Tokyo')::date)
      else '{}'::uuid[] end
  $$
"""
VISIBLE_BEFORE = """
create or replace function gesuibo.visible_facilities() returns uuid[]
  language sql stable
  as $$ select gesuibo.contracted_facilities((now() at time zone 'Asia/Tokyo')::date) $$
"""
# What a device's visibility asks of installations, without asking their own policy again.
DEVICE = """
create function gesuibo.has_stood_at(device uuid, facilities uuid[]) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select exists (select 1 from installation i
                   where i.device_id = device and i.facility_id = any (facilities))
  $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(VISIBLE)
    op.execute(DEVICE)
    op.execute("revoke execute on function gesuibo.has_stood_at(uuid, uuid[]) from public")
    op.execute("grant execute on function gesuibo.has_stood_at(uuid, uuid[]) to gesuibo_app")
    op.execute("drop policy contractor_reads on device")
    op.execute(
        "create policy contractor_reads on device for select using"
        " (gesuibo.has_stood_at(id, (select gesuibo.visible_facilities())::uuid[]))"
    )
    op.execute(JOIN)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(PART)
    op.execute("drop policy contractor_reads on device")
    op.execute(
        "create policy contractor_reads on device for select using"
        " (exists (select 1 from installation i where i.device_id = device.id"
        " and i.facility_id = any ((select gesuibo.visible_facilities())::uuid[])))"
    )
    op.execute("drop function gesuibo.has_stood_at(uuid, uuid[])")
    op.execute(VISIBLE_BEFORE)
