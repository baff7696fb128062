-- Two companies with a facility, equipment, a case, a report, a response and a photo each.
-- Every text of company B carries the mark ZZB, every text of company A the mark YYA.
select set_config('gesuibo.role', 'system', true);

create temporary table side (mark text, n text) on commit drop;
insert into side values ('YYA', 'a'), ('ZZB', 'b');

insert into company (id, company_code, name, roles)
select ('00000000-0000-7000-9001-00000000000' || n)::uuid, mark, mark || '社', '{maintenance}' from side;
insert into facility (id, facility_code, name, facility_type, address, hazard_note, geom)
select ('00000000-0000-7000-9002-00000000000' || n)::uuid, mark, mark || 'ポンプ場', 'pump_station',
       mark || '町', mark || 'に注意', st_setsrid(st_makepoint(139.45, 35.35), 6668) from side;
insert into contract (id, contract_no, company_id, starts_on, ends_on)
select ('00000000-0000-7000-9003-00000000000' || n)::uuid, mark || '-1',
       ('00000000-0000-7000-9001-00000000000' || n)::uuid, current_date - 400, current_date + 400 from side;
insert into contract_facility (contract_id, facility_id)
select ('00000000-0000-7000-9003-00000000000' || n)::uuid,
       ('00000000-0000-7000-9002-00000000000' || n)::uuid from side;
insert into user_account (id, username, display_name, role, company_id)
select ('00000000-0000-7000-9004-00000000000' || n)::uuid, 'worker-' || n, mark || 'の人', 'contractor',
       ('00000000-0000-7000-9001-00000000000' || n)::uuid from side;
insert into equipment_class (id, class_code, major, middle, minor, discipline, source_document)
values ('00000000-0000-7000-9005-000000000001', 'W-1', '機械', 'ポンプ', '汚水ポンプ', 'mechanical', '試験');
insert into location (id, facility_id, location_code, kind, name, path)
select ('00000000-0000-7000-9006-00000000000' || n)::uuid,
       ('00000000-0000-7000-9002-00000000000' || n)::uuid, 'L1', 'room', mark || '室', mark || '室' from side;
insert into position (id, position_code, facility_id, location_id, class_id, name, unit_no)
select ('00000000-0000-7000-9007-00000000000' || n)::uuid, mark || '-P-1',
       ('00000000-0000-7000-9002-00000000000' || n)::uuid,
       ('00000000-0000-7000-9006-00000000000' || n)::uuid,
       '00000000-0000-7000-9005-000000000001', 'No.1' || mark || 'ポンプ', '1' from side;
insert into device (id, asset_code, class_id, serial_no, spec_raw, note)
select ('00000000-0000-7000-9008-00000000000' || n)::uuid, mark || '-0001',
       '00000000-0000-7000-9005-000000000001', mark || '-SN', mark || '-spec', mark from side;
insert into installation (id, device_id, position_id, facility_id, period, work_ref)
select ('00000000-0000-7000-9009-00000000000' || n)::uuid,
       ('00000000-0000-7000-9008-00000000000' || n)::uuid,
       ('00000000-0000-7000-9007-00000000000' || n)::uuid,
       ('00000000-0000-7000-9002-00000000000' || n)::uuid, daterange(current_date - 3000, null),
       mark || '工事' from side;
insert into qr_tag (id, tag_code, position_id, facility_id, state)
select ('00000000-0000-7000-900a-00000000000' || n)::uuid,
       case n when 'a' then :tag_a else :tag_b end,
       ('00000000-0000-7000-9007-00000000000' || n)::uuid,
       ('00000000-0000-7000-9002-00000000000' || n)::uuid, 'in_use' from side;
insert into fault_case (id, case_no, facility_id, position_id, device_id, company_id, occurred_at,
    reported_at, symptoms, summary, state, occurred_precision, detection, operation_effect)
select ('00000000-0000-7000-900b-00000000000' || n)::uuid, 'R8-' || mark || '-0001',
       ('00000000-0000-7000-9002-00000000000' || n)::uuid,
       ('00000000-0000-7000-9007-00000000000' || n)::uuid,
       ('00000000-0000-7000-9008-00000000000' || n)::uuid,
       ('00000000-0000-7000-9001-00000000000' || n)::uuid, now() - interval '1 day',
       now() - interval '1 day', '{S01}', mark || 'が起動しない', 'accepted', 'exact', 'patrol', 'stopped'
from side;
insert into fault_report (id, report_no, kind, company_id, reporter_id, reporter_name, body, observed,
    captured_at, received_at, entry_mode)
select ('00000000-0000-7000-900c-00000000000' || n)::uuid, 'HR8-' || mark, 'first',
       ('00000000-0000-7000-9001-00000000000' || n)::uuid,
       ('00000000-0000-7000-9004-00000000000' || n)::uuid, mark || 'の人', mark || 'の報告',
       jsonb_build_object('symptoms', array['S01']), now(), now(),
       'tag' from side;
insert into case_report (case_id, report_id, linked_at)
select ('00000000-0000-7000-900b-00000000000' || n)::uuid,
       ('00000000-0000-7000-900c-00000000000' || n)::uuid, now() from side;
insert into response_record (id, case_id, seq, kind, actor_type, actor_name, action_code, description)
select ('00000000-0000-7000-900d-00000000000' || n)::uuid,
       ('00000000-0000-7000-900b-00000000000' || n)::uuid, 1, 'instruction', 'staff', mark || '職員',
       'other', mark || 'への指示' from side;
insert into attachment (id, report_id, company_id, kind, file_name, mime, size_bytes, sha256, received_at)
select ('00000000-0000-7000-900e-00000000000' || n)::uuid,
       ('00000000-0000-7000-900c-00000000000' || n)::uuid,
       ('00000000-0000-7000-9001-00000000000' || n)::uuid, 'fault', mark || '.jpg', 'image/jpeg',
       length(mark), encode(sha256(mark::bytea), 'hex'), now() from side;
insert into outbox_event (topic, payload, facility_id, company_id)
select 'report.filed', jsonb_build_object('title', mark, 'case_id',
           '00000000-0000-7000-900b-00000000000' || n),
       ('00000000-0000-7000-9002-00000000000' || n)::uuid,
       ('00000000-0000-7000-9001-00000000000' || n)::uuid from side;

-- Of B also whatever tells who somebody is: a worker, a citizen, numbers and addresses, everywhere
-- that people write them. The name alone is ZZBの人.
create temporary table person (told text) on commit drop;
insert into person values ('ZZB の人が090-1111-2222とhito@example.jpに連絡、０４６６（２２）３３３３も');
update company set night_phone = '0466-22-3333' where company_code = 'ZZB';
update facility set note = told from person where facility_code = 'ZZB';
update position set note = told, custom = jsonb_build_object('連絡先', told) from person
where position_code = 'ZZB-P-1';
update device set note = told from person where asset_code = 'ZZB-0001';
update fault_case set summary = told, alarm_text = told from person where case_no = 'R8-ZZB-0001';
insert into fault_report (id, report_no, kind, company_id, reporter_id, reporter_name,
    reporter_contact, body, temporary_action, observed, captured_at, received_at, entry_mode)
select '00000000-0000-7000-900c-0000000000b2', 'HR8-ZZB2', 'follow_up',
       '00000000-0000-7000-9001-00000000000b', '00000000-0000-7000-9004-00000000000b', 'ZZBの人',
       '090-1111-2222', told, told, jsonb_build_object('symptoms', array['S01'], 'told', told), now(),
       now(), 'tag' from person;
insert into case_report (case_id, report_id, linked_at)
values ('00000000-0000-7000-900b-00000000000b', '00000000-0000-7000-900c-0000000000b2', now());
insert into response_record (id, case_id, seq, kind, actor_type, actor_name, action_code, description,
    prevention, rollout)
select '00000000-0000-7000-900d-0000000000b2', '00000000-0000-7000-900b-00000000000b', 2,
       'temporary_fix', 'contractor', 'ZZBの人', 'repair', told, told, told from person;
insert into citizen_request (id, receipt_no, topic, place, body, contact, case_id)
select gen_random_uuid(), 'ZZB-C-1', 'odour', told, told, '090-1111-2222',
       '00000000-0000-7000-900b-00000000000b' from person;
insert into work_request (id, company_id, case_id, facility_id, body, requested_by_name)
select '00000000-0000-7000-900f-00000000000b', '00000000-0000-7000-9001-00000000000b',
       '00000000-0000-7000-900b-00000000000b', '00000000-0000-7000-9002-00000000000b', told, '市の職員' from person;
insert into work_record (id, request_id, company_id, kind, body, author_name)
select gen_random_uuid(), '00000000-0000-7000-900f-00000000000b',
       '00000000-0000-7000-9001-00000000000b', 'acknowledged', told, 'ZZBの人' from person;
insert into tag_event (id, tag_id, kind, company_id, by_name, note)
select gen_random_uuid(), '00000000-0000-7000-900a-00000000000b', 'damaged',
       '00000000-0000-7000-9001-00000000000b', 'ZZBの人', told from person;
insert into inspection (id, facility_id, position_id, kind, inspected_from, inspected_to,
    inspected_precision, inspector, company_id, note, next_due_on)
select '00000000-0000-7000-9010-00000000000b', '00000000-0000-7000-9002-00000000000b',
       '00000000-0000-7000-9007-00000000000b', 'periodic', current_date - 40, current_date - 40, 'day',
       'ZZBの人', '00000000-0000-7000-9001-00000000000b', told, current_date - 10 from person;
