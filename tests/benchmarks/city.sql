-- 77 facilities and :positions positions, each with a device, a tag and now and then a case.
select set_config('gesuibo.role', 'system', false);
insert into company (id, company_code, name, roles)
values ('00000000-0000-7000-8000-000000000001', 'B', '計測用の会社', '{maintenance}');
insert into contract (id, contract_no, company_id, starts_on, ends_on, covers_all_facilities)
values ('00000000-0000-7000-8000-000000000002', 'K1', '00000000-0000-7000-8000-000000000001',
        current_date - 900, current_date + 900, true);
insert into equipment_class (id, class_code, major, middle, minor, discipline, source_document)
select ('00000000-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid, 'C' || n, '機械設備',
       'ポンプ設備', (array['汚水ポンプ', '雨水ポンプ', '除塵機', '仕切弁', '水位計'])[1 + n % 5],
       'mechanical', '計測用'
from generate_series(0, 39) n;
insert into facility (id, facility_code, name, facility_type, geom)
select ('00000000-0000-7000-8002-' || lpad(to_hex(n), 12, '0'))::uuid, 'F' || lpad(n::text, 3, '0'),
       '計測第' || n || 'ポンプ場', 'pump_station',
       st_setsrid(st_makepoint(139.4 + n * 0.001, 35.3 + n * 0.001), 6668)
from generate_series(0, 76) n;
insert into position (id, position_code, facility_id, class_id, name, unit_no, health)
select ('00000000-0000-7000-8003-' || lpad(to_hex(n), 12, '0'))::uuid,
       'F' || lpad((n % 77)::text, 3, '0') || '-P-' || lpad(n::text, 7, '0'),
       ('00000000-0000-7000-8002-' || lpad(to_hex(n % 77), 12, '0'))::uuid,
       ('00000000-0000-7000-8001-' || lpad(to_hex(n % 40), 12, '0'))::uuid,
       'No.' || 1 + n % 4 || (array['汚水ポンプ', '雨水ポンプ', '除塵機', '仕切弁', '水位計'])[1 + n % 5],
       (1 + n % 4)::text, 1 + n % 5
from generate_series(0, :positions - 1) n;
insert into device_model (id, manufacturer, model_no)
select ('00000000-0000-7000-8005-' || lpad(to_hex(n), 12, '0'))::uuid, 'A社', 'M-' || n
from generate_series(0, 99) n;
insert into device (id, asset_code, class_id, model_id, serial_no, spec, spec_raw,
    installed_from, installed_to, installed_precision, installed_raw)
select ('00000000-0000-7000-8004-' || lpad(to_hex(n), 12, '0'))::uuid, lpad(n::text, 7, '0'),
       ('00000000-0000-7000-8001-' || lpad(to_hex(n % 40), 12, '0'))::uuid,
       ('00000000-0000-7000-8005-' || lpad(to_hex(n % 100), 12, '0'))::uuid,
       'L' || n, '{"power_kw": 90, "bore_mm": 500}', 'φ500×28m3/min×12m×90kW×400V×4P', day, day, 'day', day::text
from generate_series(0, :positions - 1) n
cross join lateral (select current_date - 2000 - n % 3000 as day) installed;
insert into installation (id, device_id, position_id, facility_id, period)
select ('00000000-0000-7000-8006-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('00000000-0000-7000-8004-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('00000000-0000-7000-8003-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('00000000-0000-7000-8002-' || lpad(to_hex(n % 77), 12, '0'))::uuid,
       daterange(current_date - 2000 - n % 3000, null)
from generate_series(0, :positions - 1) n;
insert into fault_case (id, case_no, facility_id, position_id, device_id, company_id, occurred_at,
    reported_at, symptoms, summary, operation_effect, occurred_precision, detection, state)
select gen_random_uuid(), 'H-' || n || '-' || k, p.facility_id, p.id,
       ('00000000-0000-7000-8004-' || lpad(to_hex(n), 12, '0'))::uuid,
       '00000000-0000-7000-8000-000000000001', now() - make_interval(days => 20 * k + 5),
       now() - make_interval(days => 20 * k + 5), '{S01}', '起動しない', 'stopped', 'exact', 'patrol',
       'accepted'
from generate_series(0, least(:positions, 8000) - 1) n
join position p on p.id = ('00000000-0000-7000-8003-' || lpad(to_hex(n), 12, '0'))::uuid
cross join generate_series(1, case when n % 10 = 0 then 10 else 0 end) k;
analyze;
