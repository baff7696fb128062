drop function gesuibo.past_path(text);
drop function gesuibo.reading_path(text);

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
    if role = 'contractor' then
      perform set_config('gesuibo.facilities', gesuibo.contracted_facilities(
                (now() at time zone 'Asia/Tokyo')::date)::text, true),
              set_config('gesuibo.facilities_of', company_id::text, true);
    end if;
    return next;
  end $$;

drop function gesuibo.scrubbed_document(jsonb);
drop function gesuibo.scrubbed(text);
drop function gesuibo.worker_names();

create or replace function gesuibo.sees_all() returns boolean
  language sql stable parallel safe
  as $$
    select coalesce(
      current_setting('gesuibo.role', true) in ('system', 'staff', 'engineer', 'administrator'),
      false)
  $$;
