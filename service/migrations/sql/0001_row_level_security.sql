-- Who sees which rows. The application's connections run as gesuibo_app, which owns nothing;
-- every transaction names its actor in gesuibo.role, gesuibo.company and gesuibo.user.
-- No name, no rows.

create schema gesuibo;

create function gesuibo.role() returns text
  language sql stable parallel safe
  as $$ select current_setting('gesuibo.role', true) $$;

create function gesuibo.company() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('gesuibo.company', true), '')::uuid $$;

create function gesuibo.user_id() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('gesuibo.user', true), '')::uuid $$;

create function gesuibo.sees_all() returns boolean
  language sql stable parallel safe
  as $$
    select coalesce(
      current_setting('gesuibo.role', true) in ('system', 'staff', 'engineer', 'administrator'),
      false)
  $$;

-- Facilities of the actor's company by a contract in force on the day (in Japan).
create function gesuibo.contracted_facilities(on_day date) returns uuid[]
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
  $$;

create function gesuibo.visible_facilities() returns uuid[]
  language sql stable
  as $$ select gesuibo.contracted_facilities((now() at time zone 'Asia/Tokyo')::date) $$;

-- A phone that was offline may hand in a report after its company's contract has ended.
create function gesuibo.ever_contracted(facility uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp
  as $$
    select exists (
      select 1
      from contract c
      where c.company_id = gesuibo.company()
        and c.starts_on <= (now() at time zone 'Asia/Tokyo')::date
        and (c.covers_all_facilities
             or exists (select 1 from contract_facility cf
                        where cf.contract_id = c.id and cf.facility_id = facility)))
  $$;

revoke execute on function gesuibo.contracted_facilities(date), gesuibo.ever_contracted(uuid)
  from public;

-- Turns the hash of a cookie or of a phone's token into an identity for this transaction. The
-- database itself finds out who it is, so that no other path leads to a contractor's or a
-- member of staff's rows.
create function gesuibo.take_on(given bytea)
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
    return next;
  end $$;

revoke execute on function gesuibo.take_on(bytea) from public;

-- Records that nobody may change, not even the owner by accident.
create function gesuibo.refuse_change() returns trigger
  language plpgsql
  as $$
  begin
    raise exception '% is append-only', tg_table_name
      using errcode = 'integrity_constraint_violation',
            hint = 'Add a new row that corrects the old one.';
  end $$;

create trigger audit_entry_append_only before update or delete on audit_entry
  for each row execute function gesuibo.refuse_change();
create trigger audit_entry_no_truncate before truncate on audit_entry
  for each statement execute function gesuibo.refuse_change();
create trigger audit_seal_append_only before update or delete on audit_seal
  for each row execute function gesuibo.refuse_change();
create trigger audit_seal_no_truncate before truncate on audit_seal
  for each statement execute function gesuibo.refuse_change();
create trigger response_record_append_only before update or delete on response_record
  for each row execute function gesuibo.refuse_change();
create trigger response_record_no_truncate before truncate on response_record
  for each statement execute function gesuibo.refuse_change();
create trigger fault_report_append_only before update or delete on fault_report
  for each row execute function gesuibo.refuse_change();
create trigger approval_append_only before update or delete on approval
  for each row execute function gesuibo.refuse_change();

-- Every change of a versioned row counts its version up, whoever made it and however.
create function gesuibo.count_version() returns trigger
  language plpgsql
  as $$
  begin
    new.version := old.version + 1;
    new.updated_at := now();
    return new;
  end $$;

create trigger count_version before update on facility
  for each row execute function gesuibo.count_version();
create trigger count_version before update on location
  for each row execute function gesuibo.count_version();
create trigger count_version before update on equipment_class
  for each row execute function gesuibo.count_version();
create trigger count_version before update on device_model
  for each row execute function gesuibo.count_version();
create trigger count_version before update on position
  for each row execute function gesuibo.count_version();
create trigger count_version before update on device
  for each row execute function gesuibo.count_version();
create trigger count_version before update on company
  for each row execute function gesuibo.count_version();
create trigger count_version before update on contract
  for each row execute function gesuibo.count_version();
create trigger count_version before update on user_account
  for each row execute function gesuibo.count_version();
create trigger count_version before update on fault_case
  for each row execute function gesuibo.count_version();
create trigger count_version before update on qr_tag
  for each row execute function gesuibo.count_version();
create trigger count_version before update on import_job
  for each row execute function gesuibo.count_version();

-- Listeners wake at commit and read the rows themselves, under their own rights.
create function gesuibo.wake() returns trigger
  language plpgsql
  as $$
  begin
    perform pg_notify('gesuibo_outbox', '');
    return null;
  end $$;

create trigger outbox_event_wake after insert on outbox_event
  for each statement execute function gesuibo.wake();

create sequence fault_report_number;

-- Rights -------------------------------------------------------------------------------------

grant usage on schema gesuibo to gesuibo_app;
grant execute on all functions in schema gesuibo to gesuibo_app;
grant select, insert, update, delete on all tables in schema public to gesuibo_app;
grant usage on all sequences in schema public to gesuibo_app;
revoke insert, update, delete on spatial_ref_sys from gesuibo_app;
revoke insert, update, delete on alembic_version from gesuibo_app;
revoke update, delete on audit_entry, audit_seal, response_record, fault_report, approval
  from gesuibo_app;
revoke delete on fault_case, facility, user_account, company from gesuibo_app;

-- Row-level security -------------------------------------------------------------------------

alter table facility enable row level security;
create policy city on facility using ((select gesuibo.sees_all()));
create policy contractor_reads on facility for select
  using (id = any ((select gesuibo.visible_facilities())::uuid[]));

alter table location enable row level security;
create policy city on location using ((select gesuibo.sees_all()));
create policy contractor_reads on location for select
  using (facility_id = any ((select gesuibo.visible_facilities())::uuid[]));

alter table position enable row level security;
create policy city on position using ((select gesuibo.sees_all()));
create policy contractor_reads on position for select
  using (facility_id = any ((select gesuibo.visible_facilities())::uuid[]));

alter table installation enable row level security;
create policy city on installation using ((select gesuibo.sees_all()));
create policy contractor_reads on installation for select
  using (facility_id = any ((select gesuibo.visible_facilities())::uuid[]));

alter table device enable row level security;
create policy city on device using ((select gesuibo.sees_all()));
create policy contractor_reads on device for select
  using (exists (select 1 from installation i
                 where i.device_id = device.id
                   and i.facility_id = any ((select gesuibo.visible_facilities())::uuid[])));

alter table qr_tag enable row level security;
create policy city on qr_tag using ((select gesuibo.sees_all()));
create policy contractor_reads on qr_tag for select
  using (facility_id = any ((select gesuibo.visible_facilities())::uuid[]));

alter table tag_assignment enable row level security;
create policy city on tag_assignment using ((select gesuibo.sees_all()));

alter table fault_case enable row level security;
create policy city on fault_case using ((select gesuibo.sees_all()));
create policy contractor_reads on fault_case for select
  using (company_id = (select gesuibo.company())
         and facility_id = any ((select gesuibo.visible_facilities())::uuid[]));
create policy contractor_reports on fault_case for insert
  with check (gesuibo.role() = 'contractor'
              and company_id = (select gesuibo.company())
              and state = 'reported'
              and gesuibo.ever_contracted(facility_id));

alter table fault_report enable row level security;
create policy city on fault_report using ((select gesuibo.sees_all()));
create policy contractor_reads on fault_report for select
  using (company_id = (select gesuibo.company()));
create policy contractor_reports on fault_report for insert
  with check (gesuibo.role() = 'contractor' and company_id = (select gesuibo.company()));

-- The link of a report is written with the report, before its case can be read again.
alter table case_report enable row level security;
create policy city on case_report using ((select gesuibo.sees_all()));
create policy contractor_reads on case_report for select
  using (exists (select 1 from fault_report r where r.id = report_id)
         and exists (select 1 from fault_case c where c.id = case_id));
create policy contractor_reports on case_report for insert
  with check (gesuibo.role() = 'contractor'
              and exists (select 1 from fault_report r where r.id = report_id));

alter table response_record enable row level security;
create policy city on response_record using ((select gesuibo.sees_all()));
create policy contractor_reads on response_record for select
  using (exists (select 1 from fault_case c where c.id = case_id));

alter table attachment enable row level security;
create policy city on attachment using ((select gesuibo.sees_all()));
create policy contractor_reads on attachment for select
  using (exists (select 1 from fault_report r where r.id = report_id)
         or exists (select 1 from response_record s where s.id = response_id)
         or exists (select 1 from position p where p.id = position_id)
         or exists (select 1 from device d where d.id = device_id)
         or exists (select 1 from facility f where f.id = facility_id));
create policy contractor_reports on attachment for insert
  with check (gesuibo.role() = 'contractor'
              and company_id = (select gesuibo.company())
              and exists (select 1 from fault_report r where r.id = report_id));

alter table approval enable row level security;
create policy city on approval using ((select gesuibo.sees_all()));

alter table case_number enable row level security;
create policy city on case_number using ((select gesuibo.sees_all()));
create policy contractor_counts on case_number using (gesuibo.ever_contracted(facility_id));

alter table company enable row level security;
create policy city on company using ((select gesuibo.sees_all()));
create policy contractor_reads on company for select
  using (id = (select gesuibo.company()));

alter table contract enable row level security;
create policy city on contract using ((select gesuibo.sees_all()));
create policy contractor_reads on contract for select
  using (company_id = (select gesuibo.company()));

alter table contract_facility enable row level security;
create policy city on contract_facility using ((select gesuibo.sees_all()));
create policy contractor_reads on contract_facility for select
  using (exists (select 1 from contract c where c.id = contract_id));

alter table user_account enable row level security;
create policy city on user_account using ((select gesuibo.sees_all()));
create policy self_reads on user_account for select using (id = (select gesuibo.user_id()));

alter table sign_in enable row level security;
create policy city on sign_in using ((select gesuibo.sees_all()));
create policy self on sign_in using (user_id = (select gesuibo.user_id()));

alter table phone enable row level security;
create policy city on phone using ((select gesuibo.sees_all()));
create policy self_reads on phone for select using (user_id = (select gesuibo.user_id()));

alter table audit_entry enable row level security;
create policy city on audit_entry for select using ((select gesuibo.sees_all()));
create policy anyone_adds on audit_entry for insert with check (gesuibo.role() <> '');

alter table audit_seal enable row level security;
create policy city on audit_seal for select using ((select gesuibo.sees_all()));
create policy job_seals on audit_seal for insert with check (gesuibo.role() = 'system');

alter table outbox_event enable row level security;
create policy city on outbox_event using ((select gesuibo.sees_all()));
create policy contractor_reads on outbox_event for select
  using (company_id = (select gesuibo.company()));
create policy contractor_adds on outbox_event for insert
  with check (gesuibo.role() = 'contractor' and company_id = (select gesuibo.company()));

alter table import_job enable row level security;
create policy city on import_job using ((select gesuibo.sees_all()));
alter table import_row enable row level security;
create policy city on import_row using ((select gesuibo.sees_all()));
