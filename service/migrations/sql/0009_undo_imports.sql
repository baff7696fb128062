-- An import is taken back as if it had never been: versions and authors, too. Only these functions
-- do so, only for a job that is being undone, and only on records that this job wrote.

create or replace function gesuibo.is_undoing() returns boolean
  language sql stable
  as $$
    select coalesce(current_setting('gesuibo.undoing', true), '') <> ''
       and current_user <> 'gesuibo_app'
  $$;

create or replace function gesuibo.count_version() returns trigger
  language plpgsql
  as $$
  begin
    if gesuibo.is_undoing() then
      return new;
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
    return new;
  end $$;

create or replace function gesuibo.refuse_change() returns trigger
  language plpgsql
  as $$
  begin
    if tg_op = 'DELETE' and gesuibo.is_undoing()
       and to_jsonb(old) ->> 'source_import_id' = current_setting('gesuibo.undoing', true) then
      return old;
    end if;
    raise exception '% is append-only', tg_table_name
      using errcode = 'integrity_constraint_violation',
            hint = 'Add a new row that corrects the old one.';
  end $$;

create function gesuibo.begin_undoing(job uuid, kind text) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    if not gesuibo.sees_all() then
      raise exception 'only the city undoes imports' using errcode = 'insufficient_privilege';
    end if;
    if not exists (select 1 from import_job where id = job and state = 'undoing') then
      raise exception 'import % is not being undone', job using errcode = 'object_not_in_prerequisite_state';
    end if;
    if not exists (
      select 1 from information_schema.columns
      where table_schema = 'public' and table_name = kind and column_name = 'source_import_id'
    ) then
      raise exception '% is not imported', kind using errcode = 'undefined_table';
    end if;
    perform set_config('gesuibo.undoing', job::text, true);
  end $$;

-- Deletes what the job created and nothing refers to, leaves first; answers what is gone.
create function gesuibo.undo_created(job uuid, kind text, ids uuid[]) returns uuid[]
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  declare
    unused text;
    part uuid[];
    gone uuid[] := '{}';
  begin
    perform gesuibo.begin_undoing(job, kind);
    select coalesce(string_agg(
        format('and not exists (select 1 from %s c where c.%I = k.id)', f.conrelid::regclass, child.attname),
        ' '), '')
      into unused
      from pg_constraint f
      cross join lateral unnest(f.conkey, f.confkey) as pair(child_no, parent_no)
      join pg_attribute child on child.attrelid = f.conrelid and child.attnum = pair.child_no
      join pg_attribute parent on parent.attrelid = f.confrelid and parent.attnum = pair.parent_no
     where f.contype = 'f' and f.confrelid = format('public.%I', kind)::regclass
       and parent.attname = 'id';
    loop
      execute format(
        'with gone as (delete from public.%I k where k.id = any($1) and k.source_import_id = $2 %s'
        ' returning k.id) select array_agg(id) from gone', kind, unused)
        into part using ids, job;
      exit when part is null;
      gone := gone || part;
    end loop;
    perform set_config('gesuibo.undoing', '', true);
    return gone;
  end $$;

-- Sets records back to what import_row.prior says they were.
create function gesuibo.undo_updated(job uuid, kind text, ids uuid[]) returns integer
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  declare
    columns text;
    restored integer;
  begin
    perform gesuibo.begin_undoing(job, kind);
    select string_agg(quote_ident(attname), ', ') into columns
      from pg_attribute
     where attrelid = format('public.%I', kind)::regclass and attnum > 0
       and not attisdropped and attgenerated = '' and attname <> 'id';
    execute format(
      'update public.%I t set (%s) = (select %s from jsonb_populate_record(null::public.%I, p.was))'
      ' from (select r.prior -> $3 -> ''row'' as was, (r.prior -> $3 ->> ''id'')::uuid as id'
      ' from import_row r where r.job_id = $1 and r.prior ? $3) p'
      ' where t.id = p.id and t.id = any($2) and t.source_import_id = $1',
      kind, columns, columns, kind) using job, ids, kind;
    get diagnostics restored = row_count;
    perform set_config('gesuibo.undoing', '', true);
    return restored;
  end $$;

revoke execute on function gesuibo.begin_undoing(uuid, text),
  gesuibo.undo_created(uuid, text, uuid[]), gesuibo.undo_updated(uuid, text, uuid[]) from public;
grant execute on function gesuibo.is_undoing(), gesuibo.undo_created(uuid, text, uuid[]),
  gesuibo.undo_updated(uuid, text, uuid[]) to gesuibo_app;
