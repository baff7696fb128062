-- An auditor sees every row. Nothing can be written: its transactions are read only.
create or replace function gesuibo.sees_all() returns boolean
  language sql stable parallel safe
  as $$
    select coalesce(
      current_setting('gesuibo.role', true)
        in ('system', 'staff', 'engineer', 'administrator', 'auditor'),
      false)
  $$;

-- Names of companies' workers as one pattern; people write blanks within a name or leave them out.
create function gesuibo.worker_names() returns text
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select coalesce(string_agg(pattern, '|' order by length(pattern) desc), '')
    from user_account u
    cross join lateral (
      select string_agg(regexp_replace(letter, '([].*+?^${}()|\\[])', '\\\1'), '[[:space:]]*'
                        order by place) as pattern
      from regexp_split_to_table(regexp_replace(u.display_name, '[[:space:]]', '', 'g'), '')
        with ordinality as letters(letter, place)) name
    where u.role = 'contractor' and length(u.display_name) >= 2
  $$;

-- Free words without telephone numbers, mail addresses and names of companies' workers.
create function gesuibo.scrubbed(words text) returns text
  language sql stable parallel safe
  as $$
    select case coalesce(current_setting('gesuibo.workers', true), '')
      when '' then bare
      else regexp_replace(bare, current_setting('gesuibo.workers', true), '＊＊＊', 'g') end
    from (select regexp_replace(regexp_replace(words,
      '[A-Za-z0-9._%+-]+[@＠][A-Za-z0-9-]+([.][A-Za-z0-9-]+)+', '＊＊＊', 'g'),
      '(?<![0-9０-９A-Za-z.-])([+]81[- ]?[1-9][0-9]{0,3}|[0０][0-9０-９]{1,4})'
      || '([-－‐−ー–] ?|[(（]|[)）] ?)[0-9０-９]{1,4}([-－‐−ー–] ?|[)）] ?)[0-9０-９]{3,4}(?![0-9０-９])'
      || '|(?<![0-9０-９A-Za-z.-])[0０][0-9０-９]{9,10}(?![0-9０-９A-Za-z-])',
      '＊＊＊', 'g') as bare) once
  $$;

create function gesuibo.scrubbed_document(words jsonb) returns jsonb
  language sql stable parallel safe
  as $$
    select gesuibo.scrubbed(regexp_replace(words::text,
      '"(reporter_name|reporter_contact|actor_name|author_name|contact|inspector|done_by'
      || '|issued_to|night_phone|mail_address|報告者|連絡先|発見者|点検者|実施者|作業者|担当者|電話番号)"'
      || ': "([^"\\]|\\.)*"', '"\1": "＊＊＊"', 'g'))::jsonb
  $$;

create or replace function gesuibo.take_on(given bytea)
  returns table (user_id uuid, username text, display_name text, role text, company_id uuid,
                 language text, credential_id uuid, is_phone boolean)
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  declare
    today date := (now() at time zone 'Asia/Tokyo')::date;
  begin
    select u.id, u.username, u.display_name, u.role, u.company_id, u.language, s.id, false
      into user_id, username, display_name, role, company_id, language, credential_id, is_phone
      from sign_in s join user_account u on u.id = s.user_id
      where s.token_hash = given and s.expires_at > now() and u.disabled_at is null
        and (u.expires_on is null or u.expires_on >= today);
    if not found then
      select u.id, u.username, u.display_name, u.role, u.company_id, u.language, p.id, true
        into user_id, username, display_name, role, company_id, language, credential_id, is_phone
        from phone p join user_account u on u.id = p.user_id
        where p.token_hash = given and p.expires_at > now() and p.revoked_at is null
          and u.disabled_at is null and (u.expires_on is null or u.expires_on >= today);
      if not found then
        return;
      end if;
    end if;
    if role = 'auditor' then
      if to_regclass('audited.fault_report') is null
         or to_regclass('audited_as_of.facility') is null then
        return;  -- the schema is being changed: rather nothing than somebody's name
      end if;
      perform set_config('gesuibo.workers', gesuibo.worker_names(), true),
              set_config('transaction_read_only', 'on', true);
    end if;
    perform set_config('gesuibo.role', role, true),
            set_config('gesuibo.company', coalesce(company_id::text, ''), true),
            set_config('gesuibo.user', user_id::text, true);
    if role = 'contractor' then
      perform set_config('gesuibo.facilities', gesuibo.contracted_facilities(today)::text, true),
              set_config('gesuibo.facilities_of', company_id::text, true);
    end if;
    return next;
  end $$;

-- Which schema a role reads: what `take_on` cannot set itself, its own path being fixed.
create function gesuibo.reading_path(role text) returns text
  language sql immutable parallel safe
  as $$ select case role when 'auditor' then 'audited, public' else 'public' end $$;

create function gesuibo.past_path(role text) returns text
  language sql immutable parallel safe
  as $$
    select case role when 'auditor' then 'audited_as_of, as_of, audited, public'
                     else 'as_of, public' end
  $$;
