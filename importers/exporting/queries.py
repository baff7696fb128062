"""What each ledger holds today, under the rights of whoever asks."""

from collections.abc import Iterator

from sqlalchemy import RowMapping, TextClause, text
from sqlmodel import Session

_AT_ONCE = 2_000
STATEMENTS: dict[str, TextClause] = {
    "classes": text("select * from equipment_class order by class_code"),
    "companies": text("select * from company order by company_code"),
    "facilities": text(
        "select f.*, ST_Y(f.geom) as lat, ST_X(f.geom) as lon from facility f"
        " order by f.facility_code"
    ),
    "contracts": text(
        "select c.*, m.company_code, case when c.covers_all_facilities then '*' else"
        " (select string_agg(f.facility_code, ' ' order by f.facility_code)"
        " from contract_facility l join facility f on f.id = l.facility_id"
        " where l.contract_id = c.id) end as facilities"
        " from contract c join company m on m.id = c.company_id order by c.contract_no"
    ),
    "locations": text(
        "select f.facility_code, l.path, l.kind from location l"
        " join facility f on f.id = l.facility_id order by f.facility_code, l.path"
    ),
    "device_models": text(
        "select *, coalesce(manufacturer_raw, manufacturer) as maker, null as spec_raw"
        " from device_model order by manufacturer nulls first, model_no"
    ),
    "equipment": text(
        "select p.position_code, f.facility_code, l.path as place, c.class_code, p.name,"
        " p.unit_no, up.position_code as parent_code, d.asset_code, p.legacy_codes,"
        " coalesce(m.manufacturer_raw, m.manufacturer) as manufacturer, m.model_no, d.serial_no,"
        " d.manufactured_from, d.manufactured_to, d.manufactured_precision, d.spec, d.spec_raw,"
        " d.installed_from, d.installed_to, d.installed_precision, d.acquired_cost_yen,"
        " p.criticality, p.redundancy, p.health, p.health_judged_on, d.life_override_years,"
        " p.status, p.note, p.custom as position_custom, d.custom as device_custom"
        " from position p join facility f on f.id = p.facility_id"
        " join equipment_class c on c.id = p.class_id"
        " left join location l on l.id = p.location_id"
        " left join position up on up.id = p.parent_id"
        " left join lateral (select i.device_id from installation i where i.position_id = p.id"
        " and i.period @> gesuibo.day() limit 1) now on true"
        " left join device d on d.id = now.device_id"
        " left join device_model m on m.id = d.model_id"
        " order by p.position_code"
    ),
    "replaced_devices": text(
        "select p.position_code, d.asset_code,"
        " coalesce(m.manufacturer_raw, m.manufacturer) as manufacturer, m.model_no, d.serial_no,"
        " d.manufactured_from, d.manufactured_to, d.manufactured_precision,"
        " d.installed_from, d.installed_to, d.installed_precision,"
        " upper(i.period) as retired_on, d.retired_reason"
        " from installation i join device d on d.id = i.device_id"
        " join position p on p.id = i.position_id"
        " left join device_model m on m.id = d.model_id"
        " where upper(i.period) <= gesuibo.day() and d.retired_on is not null"
        " order by p.position_code, lower(i.period)"
    ),
    "faults": text(
        "select c.*, f.facility_code, p.position_code, m.company_code, t.case_no as merged_into,"
        " r.report_no, r.reporter_name, r.body, r.temporary_action, a.description, a.actor_name,"
        " a.action_code, a.started_at, a.ended_at, a.cost_yen, a.expenditure_class"
        " from fault_case c join facility f on f.id = c.facility_id"
        " left join position p on p.id = c.position_id"
        " left join company m on m.id = c.company_id"
        " left join fault_case t on t.id = c.merged_into_id"
        " left join lateral (select r.* from case_report l join fault_report r"
        " on r.id = l.report_id where l.case_id = c.id order by r.received_at, r.id limit 1) r"
        " on true"
        " left join response_record a on a.case_id = c.id and a.seq = 1"
        " order by c.occurred_at, c.id"
    ),
    "reports": text(
        "select r.*, m.company_code, (select array_agg(c.case_no order by c.case_no)"
        " from case_report l join fault_case c on c.id = l.case_id"
        " where l.report_id = r.id) as case_nos"
        " from fault_report r left join company m on m.id = r.company_id"
        " order by r.received_at, r.id"
    ),
    "responses": text(
        "select a.*, c.case_no, m.company_code, s.seq as supersedes"
        " from response_record a join fault_case c on c.id = a.case_id"
        " left join company m on m.id = a.company_id"
        " left join response_record s on s.id = a.supersedes_id"
        " order by c.case_no, a.seq"
    ),
    "inspections": text(
        "select i.*, p.position_code, m.company_code from inspection i"
        " join position p on p.id = i.position_id left join company m on m.id = i.company_id"
        " order by p.position_code, i.inspected_from, i.kind, i.seq"
    ),
    "part_replacements": text(
        "select r.*, p.position_code, m.company_code, c.case_no from part_replacement r"
        " join position p on p.id = r.position_id left join company m on m.id = r.company_id"
        " left join fault_case c on c.id = r.case_id"
        " order by p.position_code, r.replaced_from, r.part_name, r.seq"
    ),
    "rainfall": text("select * from rainfall order by gauge, observed_on"),
}


def rows(session: Session, ledger: str) -> Iterator[RowMapping]:
    """Row after row by a cursor of the database, so that any number of them fits."""
    found = session.connection().execute(
        STATEMENTS[ledger], execution_options={"yield_per": _AT_ONCE}
    )
    yield from found.mappings()
