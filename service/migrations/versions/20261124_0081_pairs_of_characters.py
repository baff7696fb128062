"""Words of one or two characters by index too; names as they are written, for those typed wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0075"
branch_labels = None
depends_on = None

# A kanji or kana alone counts as well; a single letter or digit is everywhere.
PAIRS = """
create function gesuibo.pairs(given text) returns text[]
  language plpgsql immutable strict parallel safe
  as $$
    declare
      found text[] := '{}';
      sign text;
    begin
      for place in 1 .. length(given) loop
        sign := substr(given, place, 1);
        if sign > '~' then
          found := found || sign;
        end if;
        found := found || substr(given, place, 2);
      end loop;
      return found;
    end
  $$
"""
OWNED = "language sql stable rows 100 security definer set search_path = public, pg_temp"
WRITTEN = """
  select {columns} from {table} where length(word) >= 3 and search_text like pattern
  union all
  select {columns} from {table} where length(word) < 3 and gesuibo.pairs(search_text) @> array[word]
"""
MODEL = "gesuibo.fold(concat_ws(' ', m.manufacturer, m.model_no)) like pattern"
# A device that is found by its text and by its model comes twice; sorting them out would read all.
DEVICES = f"""
  {WRITTEN.format(columns="id", table="device")}
  union all
  select d.id from device d
  where d.model_id = any (array(select m.id from device_model m where {MODEL}))
"""
FOUND = f"""
create function gesuibo.positions_written(word text, pattern text) returns setof uuid
  {OWNED}
  as $$
    select p.id from ({WRITTEN.format(columns="id, facility_id", table="position")}) p
    where (select gesuibo.sees_all())
      or p.facility_id = any ((select gesuibo.visible_facilities())::uuid[])
  $$;
create function gesuibo.positions_equipped(word text, pattern text) returns setof uuid
  {OWNED}
  as $$
    select i.position_id from ({DEVICES}) found
    cross join lateral (
      select i.position_id, i.facility_id from installation i
      where i.device_id = found.id and i.period @> (now() at time zone 'Asia/Tokyo')::date
      limit 1) i
    where (select gesuibo.sees_all())
      or i.facility_id = any ((select gesuibo.visible_facilities())::uuid[])
  $$;
create function gesuibo.devices_written(word text, pattern text) returns setof uuid
  {OWNED}
  as $$
    select found.id from ({DEVICES}) found
    where (select gesuibo.sees_all())
      or gesuibo.has_stood_at(found.id, (select gesuibo.visible_facilities()))
  $$;
"""
# Nothing is ever taken away: a name that no place bears any more is not suggested.
KEEP_NAMES = """
create function gesuibo.keep_names() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
    begin
      insert into written_name (name, folded)
      select distinct n.name, gesuibo.fold(n.name) from fresh n
      where not exists (select 1 from written_name w where w.name = n.name);
      return null;
    end
  $$;
create trigger keep_new_names after insert on position
  referencing new table as fresh for each statement execute function gesuibo.keep_names();
create trigger keep_changed_names after update on position
  referencing new table as fresh for each statement execute function gesuibo.keep_names();
"""
ALIKE = f"""
create function gesuibo.names_alike(typed text, most integer) returns setof text
  {OWNED} set pg_trgm.word_similarity_threshold = 0.4
  as $$
    select near.name from (
      select w.name, max(word_similarity(typed, w.folded)) as likeness
      from written_name w where typed <% w.folded group by w.name) near
    where exists (
      select 1 from position p
      where p.name = near.name
        and ((select gesuibo.sees_all())
             or p.facility_id = any ((select gesuibo.visible_facilities())::uuid[])))
    order by near.likeness desc, near.name limit most
  $$;
"""
GRANTED = (
    "positions_written(text, text)",
    "positions_equipped(text, text)",
    "devices_written(text, text)",
    "names_alike(text, integer)",
)
EITHER = f"""
  select d.id from device d where length(pattern) >= 5 and d.search_text like pattern
  union
  select d.id from device d where length(pattern) < 5 and (d.search_text || '') like pattern
  union
  select d.id from device d
  where d.model_id = any (array(select m.id from device_model m where {MODEL}))
"""
BEFORE = f"""
create function gesuibo.devices_like(pattern text) returns setof uuid
  {OWNED}
  as $$
    select found.id from ({EITHER}) found
    where (select gesuibo.sees_all())
      or gesuibo.has_stood_at(found.id, (select gesuibo.visible_facilities()))
  $$;
create function gesuibo.positions_by_device(pattern text) returns setof uuid
  {OWNED}
  as $$
    select i.position_id from ({EITHER}) found
    cross join lateral (
      select i.position_id, i.facility_id from installation i
      where i.device_id = found.id and i.period @> (now() at time zone 'Asia/Tokyo')::date
      limit 1) i
    where (select gesuibo.sees_all())
      or i.facility_id = any ((select gesuibo.visible_facilities())::uuid[])
  $$;
create function gesuibo.positions_like(pattern text) returns setof uuid
  {OWNED}
  as $$
    select p.id from position p
    where p.search_text like pattern
      and ((select gesuibo.sees_all())
           or p.facility_id = any ((select gesuibo.visible_facilities())::uuid[]))
    union all
    select gesuibo.positions_by_device(pattern)
  $$;
"""
GRANTED_BEFORE = ("devices_like(text)", "positions_by_device(text)", "positions_like(text)")


def _grant(functions: tuple[str, ...]) -> None:
    for function in functions:
        op.execute(f"revoke execute on function gesuibo.{function} from public")
        op.execute(f"grant execute on function gesuibo.{function} to gesuibo_app")


def _drop(functions: tuple[str, ...]) -> None:
    for function in reversed(functions):
        op.execute(f"drop function gesuibo.{function}")


def _names() -> None:
    op.create_table(
        "written_name",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
    )
    op.create_index("ix_written_name_name", "written_name", ["name"])
    op.create_index(
        "ix_written_name_folded",
        "written_name",
        ["folded"],
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    )
    # Nobody reads or writes it but the functions below, which run as the owner of the tables.
    op.execute("alter table written_name enable row level security")
    op.execute(
        "insert into written_name (name, folded)"
        " select n.name, gesuibo.fold(n.name) from (select distinct name from position) n"
    )
    op.execute(KEEP_NAMES)
    op.execute(ALIKE)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(PAIRS)
    for table in ("position", "device"):
        op.create_index(
            f"ix_{table}_pairs",
            table,
            [sa.text("gesuibo.pairs(search_text)")],
            postgresql_using="gin",
        )
    _drop(GRANTED_BEFORE)
    op.execute(FOUND)
    _names()
    _grant(GRANTED)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _drop(GRANTED)
    for trigger in ("keep_new_names", "keep_changed_names"):
        op.execute(f"drop trigger {trigger} on position")
    op.execute("drop function gesuibo.keep_names()")
    op.drop_table("written_name")
    op.execute(BEFORE)
    _grant(GRANTED_BEFORE)
    for table in ("position", "device"):
        op.drop_index(f"ix_{table}_pairs", table)
    op.execute("drop function gesuibo.pairs(text)")
