-- What the register said before each change, so that any past day can be shown as it was.

create function gesuibo.keep_history() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  declare
    told jsonb := to_jsonb(old) - 'search_text';
  begin
    if tg_op = 'UPDATE' and told - '{version,updated_at,updated_by,source_import_id}'::text[]
       = to_jsonb(new) - '{search_text,version,updated_at,updated_by,source_import_id}'::text[] then
      return null;
    end if;
    if tg_table_name = 'facility' then  -- as JSON a point would lose digits
      told := told || jsonb_build_object('geom', old.geom::text);
    end if;
    insert into registry_history (table_name, record_id, content, superseded_at, superseded_by)
      values (tg_table_name, old.id, told, clock_timestamp(), gesuibo.user_id());
    return null;
  end $$;
revoke execute on function gesuibo.keep_history() from public;

create trigger keep_history after update or delete on facility
  for each row execute function gesuibo.keep_history();
create trigger keep_history after update or delete on location
  for each row execute function gesuibo.keep_history();
create trigger keep_history after update or delete on equipment_class
  for each row execute function gesuibo.keep_history();
create trigger keep_history after update or delete on device_model
  for each row execute function gesuibo.keep_history();
create trigger keep_history after update or delete on position
  for each row execute function gesuibo.keep_history();
create trigger keep_history after update or delete on device
  for each row execute function gesuibo.keep_history();
create trigger keep_history after update or delete on installation
  for each row execute function gesuibo.keep_history();

-- The day that a page or an export tells of: today in Japan unless somebody has asked for another.
create function gesuibo.day() returns date
  language sql stable parallel safe
  as $$
    select coalesce(nullif(current_setting('gesuibo.day', true), '')::date,
                    (now() at time zone 'Asia/Tokyo')::date)
  $$;

-- state_at: what records said then. known_at: what was known then of records and of stays.
create function gesuibo.state_at() returns timestamptz
  language sql stable parallel safe
  as $$ select nullif(current_setting('gesuibo.state_at', true), '')::timestamptz $$;

create function gesuibo.known_at() returns timestamptz
  language sql stable parallel safe
  as $$ select nullif(current_setting('gesuibo.known_at', true), '')::timestamptz $$;

-- Views of the same names: with this schema first in the search path, the same queries tell of the
-- past. They run under the rights of whoever asks.
create schema as_of;

create function as_of.contents(wanted text, at_moment timestamptz) returns setof jsonb
  language sql stable
  as $$
    select content from (
      select distinct on (record_id) content
      from public.registry_history
      where table_name = wanted and superseded_at > at_moment
      order by record_id, superseded_at, id) first_after
    where (content ->> 'created_at')::timestamptz <= gesuibo.known_at()
  $$;

-- A view keeps the columns that its table had when it was made: a migration that changes one of
-- these tables drops the views before and makes them again afterwards.
create function gesuibo.make_as_of_views() returns void
  language plpgsql
  as $$
  declare
    tab text;
    moment text;
  begin
    foreach tab in array array['facility', 'location', 'equipment_class', 'device_model', 'device',
                               'installation'] loop
      moment := case tab when 'installation' then 'gesuibo.known_at()'
                         else 'gesuibo.state_at()' end;
      execute format(
        'create view as_of.%1$I with (security_invoker = true) as'
        ' select t.* from public.%1$I t where t.created_at <= gesuibo.known_at()'
        ' and not exists (select 1 from public.registry_history h where h.table_name = %1$L'
        ' and h.record_id = t.id and h.superseded_at > %2$s)'
        ' union all select r.* from as_of.contents(%1$L, %2$s) content,'
        ' lateral jsonb_populate_record(null::public.%1$I, content) r', tab, moment);
    end loop;
    -- A place that was first equipped after the day asked for was not there yet.
    create view as_of.position with (security_invoker = true) as
      select t.* from (
        select p.* from public.position p
        where p.created_at <= gesuibo.known_at()
          and not exists (select 1 from public.registry_history h
                          where h.table_name = 'position' and h.record_id = p.id
                            and h.superseded_at > gesuibo.state_at())
        union all
        select r.* from as_of.contents('position', gesuibo.state_at()) content,
          lateral jsonb_populate_record(null::public.position, content) r) t
      where t.created_at <= gesuibo.state_at()
        or exists (select 1 from as_of.installation i where i.position_id = t.id
                   and (lower(i.period) is null or lower(i.period) <= gesuibo.day()));
    grant select on all tables in schema as_of to gesuibo_app;
  end $$;

create function gesuibo.drop_as_of_views() returns void
  language sql
  as $$
    drop view as_of.position, as_of.installation, as_of.device, as_of.device_model,
      as_of.equipment_class, as_of.location, as_of.facility
  $$;

revoke execute on function gesuibo.make_as_of_views(), gesuibo.drop_as_of_views() from public;
grant usage on schema as_of to gesuibo_app;
select gesuibo.make_as_of_views();
