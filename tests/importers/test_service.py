from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from importers import queries, service
from importers.decisions import Decisions
from importers.errors import (
    ImportJobNotFound,
    JobNotPlanned,
    NoRows,
    PlanDiffers,
    PlanHasBadRows,
    PlanIsStale,
    PlanRefused,
    SourceUnknown,
)
from importers.models import ImportJob, JobState, Outcome
from importers.receipt import ApplyMode
from service.core.database import SYSTEM, identify
from service.core.identity import new_id
from service.registry.models import Device, DeviceModel, Facility, Installation, Location, Position
from tests.importers.ledgers import (
    CLASSES,
    EQUIPMENT_HEADER,
    FACILITIES,
    PUMP_1,
    PUMP_2,
    load,
    outcomes,
    plan,
    workbook,
)

LEDGER = EQUIPMENT_HEADER + PUMP_1 + PUMP_2


@pytest.fixture
def city(session, terminal):
    load(session, CLASSES, FACILITIES, by=terminal)
    return session


def _reasons(session, job, outcome) -> list[tuple[int, list[str]]]:
    rows = queries.rows(session, job.id, after=0, limit=100, outcome=outcome)
    return [
        (row["row_no"], [m["code"] for m in row["messages"] if m["level"] != "change"])
        for row in rows
    ]


def _counts(session) -> dict[str, int]:
    tables = ("facility", "location", "device_model", "position", "device", "installation")
    return {t: session.execute(text(f"select count(*) from {t}")).scalar_one() for t in tables}


def test_one_ledger_row_makes_place_position_model_device_and_installation(city, terminal):
    job = plan(city, LEDGER, by=terminal)
    assert (job.source, outcomes(job)) == ("equipment", {"create": 2})
    assert _counts(city)["position"] == 0

    receipt = service.apply_job(city, job.id, by=terminal)

    assert receipt.records == {
        "location": {"created": 3},
        "device_model": {"created": 1},
        "position": {"created": 2},
        "device": {"created": 2},
        "installation": {"created": 2},
    }
    position = city.exec(select(Position).where(Position.position_code == "TJ-P-001")).one()
    device = city.exec(select(Device).where(Device.asset_code == "K-0001")).one()
    stay = city.exec(select(Installation).where(Installation.device_id == device.id)).one()
    model = city.get(DeviceModel, device.model_id)
    place = city.get(Location, position.location_id)
    assert (position.name, position.unit_no, position.criticality) == ("No.1汚水ポンプ", "1", "A")
    assert (position.redundancy, position.health) == ("standby", 3)
    assert position.health_judged_on == date(2022, 10, 1)
    assert (place.path, place.kind) == ("沈砂池棟/B2F/ポンプ室", "room")
    assert (model.manufacturer, model.manufacturer_raw) == ("A社", "㈱A社")
    assert (device.installed_from, device.installed_to) == (date(1983, 3, 1), date(1983, 3, 31))
    assert (device.installed_precision, device.installed_raw) == ("month", "S58.3")
    assert (device.acquired_cost_yen, device.acquired_cost_raw) == (12_345_000, "12,345千円")
    assert device.spec == {
        "bore_mm": 500,
        "flow": {"value": 28, "unit": "m3/min"},
        "head_m": 12,
        "power_kw": 90,
        "flow_m3_min": 28,
    }
    assert device.spec_raw == "φ500×28m3/min×12m×90kW"
    assert (stay.position_id, stay.facility_id) == (position.id, position.facility_id)
    assert (stay.period.lower, stay.period.upper) == (date(1983, 3, 1), None)
    assert stay.starts_estimated
    assert {position.source_import_id, device.source_import_id} == {job.id}


def test_parents_may_stand_below_their_children_in_the_file(city, terminal):
    load(city, EQUIPMENT_HEADER + PUMP_2 + PUMP_1, by=terminal)
    child = city.exec(select(Position).where(Position.position_code == "TJ-P-002")).one()
    parent = city.exec(select(Position).where(Position.position_code == "TJ-P-001")).one()
    assert child.parent_id == parent.id


def test_the_same_file_again_changes_nothing_and_says_so(city, terminal):
    load(city, LEDGER, by=terminal)
    before = _counts(city)

    job = plan(city, LEDGER, by=terminal)

    assert outcomes(job) == {"unchanged": 2}
    assert job.notes["already_imported"]["job_id"]
    assert service.apply_job(city, job.id, by=terminal).changed_records == 0
    assert _counts(city) == before


@pytest.mark.parametrize(
    "encode",
    [
        lambda t: t.encode("utf-8-sig"),
        lambda t: t.encode("cp932"),
        lambda t: t.encode("utf-16"),
        workbook,
    ],
    ids=["utf-8-sig", "cp932", "utf-16", "xlsx"],
)
def test_every_file_form_gives_the_same_plan(city, terminal, encode):
    load(city, LEDGER, by=terminal)
    assert outcomes(plan(city, encode(LEDGER), by=terminal)) == {"unchanged": 2}


def test_an_update_shows_old_and_new_field_by_field(city, terminal):
    load(city, LEDGER, by=terminal)
    changed = LEDGER.replace("No.1汚水ポンプ", "１号汚水ポンプ").replace("S58.3,", "S58.4,")

    job = plan(city, changed, by=terminal)

    assert outcomes(job) == {"update": 1, "unchanged": 1}
    (row,) = queries.rows(city, job.id, after=0, limit=9, outcome=Outcome.UPDATE)
    assert row["changes"]["position"] == {"name": ["No.1汚水ポンプ", "1号汚水ポンプ"]}
    assert row["changes"]["device"]["installed_raw"] == ["S58.3", "S58.4"]
    assert row["changes"]["installation"] == {"starts_on": ["1983-03-01", "1983-04-01"]}
    service.apply_job(city, job.id, by=terminal)
    city.expire_all()
    position = city.exec(select(Position).where(Position.position_code == "TJ-P-001")).one()
    device = city.exec(select(Device).where(Device.asset_code == "K-0001")).one()
    stay = city.exec(select(Installation).where(Installation.device_id == device.id)).one()
    assert (position.name, position.version) == ("1号汚水ポンプ", 2)
    assert stay.period.lower == date(1983, 4, 1)
    priors = [operation["prior"] for operation in row["normalised"]["operations"]]
    assert priors[0] == {"name": "No.1汚水ポンプ"}


def test_another_writing_of_the_same_day_is_no_change(city, terminal):
    load(city, LEDGER, by=terminal)
    assert outcomes(plan(city, LEDGER.replace("S58.3,", "昭和58年3月,"), by=terminal)) == {
        "unchanged": 2
    }


def test_blank_means_leave_alone(city, terminal):
    load(city, LEDGER, by=terminal)
    blank = EQUIPMENT_HEADER + "TJ-P-001,TJ,,PU-OS-01,No.1汚水ポンプ,,,K-0001,,,,,,,,,,,,,\n"
    assert outcomes(plan(city, blank, by=terminal)) == {"unchanged": 1}


def test_every_normalisation_is_listed_with_its_rule(city, terminal):
    row = PUMP_2.replace("TJ-P-002", "ＴＪーＰー００２").replace("TJ-P-001", "")
    job = plan(city, EQUIPMENT_HEADER + row, by=terminal)
    (stored,) = queries.rows(city, job.id, after=0, limit=9)
    listed = {(m["column"], m["code"]): (m["old"], m["new"]) for m in stored["messages"]}
    assert listed["設備番号", "code-width"] == ("ＴＪーＰー００２", "TJーPー002")
    assert listed["設備番号", "code-dash"] == ("TJーPー002", "TJ-P-002")
    assert listed["設置年月", "date"] == ("S58.3.1", "1983-03-01")
    assert stored["raw"]["設備番号"] == "ＴＪーＰー００２"


@pytest.mark.parametrize(
    ("old", "new", "outcome", "code"),
    [
        ("S58.3,", "R6.2.30,", Outcome.REJECTED, "impossible-date"),
        ("S58.3,", "3/4,", Outcome.REJECTED, "year-lost"),
        ("S58.3,", "58.3,", Outcome.NEEDS_DECISION, "ambiguous-era"),
        ("TJ,沈砂池棟", "XX,沈砂池棟", Outcome.REJECTED, "unknown-reference"),
        ("PU-OS-01", "PU-OS-99", Outcome.REJECTED, "unknown-reference"),
        ("使用,", "稼動中？,", Outcome.NEEDS_DECISION, "unknown-word"),
        ("TJ-P-001,", ",", Outcome.REJECTED, "required-missing"),
        ("No.1汚水ポンプ", "", Outcome.REJECTED, "value-missing"),
        ('"12,345"', "一式", Outcome.NEEDS_DECISION, "price-elsewhere"),
        (",3,R4.10", ",7,R4.10", Outcome.REJECTED, "health-out-of-range"),
    ],
)
def test_a_bad_row_waits_with_its_reason(city, terminal, old, new, outcome, code):
    job = plan(city, EQUIPMENT_HEADER + PUMP_1.replace(old, new, 1), by=terminal)
    assert outcomes(job) == {outcome.value: 1}
    assert _reasons(city, job, outcome) == [(2, [code])]


def test_rows_that_contradict_each_other_are_a_conflict(city, terminal):
    twice = LEDGER + PUMP_1.replace("No.1", "No.9")
    job = plan(city, twice, by=terminal)
    # The child of the pump in question has nobody to lean on.
    assert _reasons(city, job, Outcome.CONFLICT) == [
        (2, ["duplicate-in-file"]),
        (4, ["duplicate-in-file"]),
    ]
    assert _reasons(city, job, Outcome.REJECTED) == [(3, ["unknown-reference"])]


def test_a_row_repeated_word_for_word_counts_once(city, terminal):
    job = plan(city, LEDGER + PUMP_2, by=terminal)
    assert outcomes(job) == {"create": 2, "unchanged": 1}


def test_a_place_that_holds_another_device_is_a_conflict(city, terminal):
    load(city, LEDGER, by=terminal)
    job = plan(city, LEDGER.replace("K-0001", "K-0009").replace("L02-4533", "X9"), by=terminal)
    assert outcomes(job) == {"conflict": 1, "unchanged": 1}
    assert _reasons(city, job, Outcome.CONFLICT) == [(2, ["installation-overlap"])]


def test_a_device_that_sits_elsewhere_is_a_conflict(city, terminal):
    load(city, LEDGER, by=terminal)
    job = plan(city, EQUIPMENT_HEADER + PUMP_2.replace("TJ-P-002", "TJ-P-003"), by=terminal)
    assert _reasons(city, job, Outcome.CONFLICT) == [(2, ["installation-overlap"])]


def test_former_devices_fill_the_time_before(city, terminal):
    load(city, LEDGER, by=terminal)
    header = "設備番号,機器番号,製造者,型式,製造番号,設置年月日,撤去年月日,撤去理由\n"
    former = header + "TJ-P-001,K-0000,A社,400DSC,L1,1965-04-01,1983-02-01,更新\n"
    load(city, former, by=terminal)
    device = city.exec(select(Device).where(Device.asset_code == "K-0000")).one()
    stay = city.exec(select(Installation).where(Installation.device_id == device.id)).one()
    assert (device.retired_on, device.retired_reason) == (date(1983, 2, 1), "renewed")
    assert (stay.period.lower, stay.period.upper) == (date(1965, 4, 1), date(1983, 2, 1))
    assert not stay.starts_estimated
    assert outcomes(plan(city, former, by=terminal)) == {"unchanged": 1}
    late = former.replace("1983-02-01", "1983-04-01").replace("K-0000", "K-0008")
    assert outcomes(plan(city, late, by=terminal)) == {"conflict": 1}


def test_all_or_nothing_writes_nothing_when_a_row_is_bad(city, terminal):
    job = plan(city, LEDGER.replace("S58.3.1", "R6.2.30"), by=terminal)
    with pytest.raises(PlanHasBadRows):
        service.apply_job(city, job.id, by=terminal)
    assert _counts(city)["position"] == 0
    assert job.state == JobState.PLANNED


def test_good_rows_only_leaves_the_bad_ones_out(city, terminal):
    job = plan(city, LEDGER.replace("S58.3.1", "R6.2.30"), by=terminal)
    receipt = service.apply_job(city, job.id, mode=ApplyMode.GOOD_ROWS_ONLY, by=terminal)
    assert receipt.rows | {"create": 1, "rejected": 1} == receipt.rows
    assert _counts(city)["position"] == 1


def test_a_plan_on_a_record_that_moved_is_refused(city, terminal):
    load(city, LEDGER, by=terminal)
    job = plan(city, LEDGER.replace("No.1汚水ポンプ", "１号汚水ポンプ"), by=terminal)
    position = city.exec(select(Position).where(Position.position_code == "TJ-P-001")).one()
    position.note = "銘板を確認した"
    city.flush()
    with pytest.raises(PlanIsStale) as caught:
        service.apply_job(city, job.id, by=terminal)
    assert caught.value.params == {"rows": "2"}
    city.refresh(position)
    assert position.name == "No.1汚水ポンプ"


def test_a_plan_to_create_what_has_appeared_meanwhile_is_refused(city, terminal):
    job = plan(city, LEDGER, by=terminal)
    load(city, LEDGER, by=terminal)
    with pytest.raises(PlanIsStale):
        service.apply_job(city, job.id, by=terminal)


def test_a_plan_is_applied_once(city, terminal):
    job = plan(city, LEDGER, by=terminal)
    service.apply_job(city, job.id, by=terminal)
    with pytest.raises(JobNotPlanned):
        service.apply_job(city, job.id, by=terminal)


def test_the_plan_that_was_looked_at_is_the_one_applied(city, terminal):
    job = plan(city, LEDGER, by=terminal)
    with pytest.raises(PlanDiffers):
        service.apply_job(city, job.id, plan_hash="0" * 64, by=terminal)
    service.apply_job(city, job.id, plan_hash=job.plan_hash, by=terminal)
    assert job.state == JobState.APPLIED


def test_a_plan_given_up_cannot_be_applied(city, terminal):
    job = plan(city, LEDGER, by=terminal)
    service.abandon_job(city, job.id, by=terminal)
    with pytest.raises(JobNotPlanned):
        service.apply_job(city, job.id, by=terminal)
    with pytest.raises(JobNotPlanned):
        service.abandon_job(city, job.id, by=terminal)


def test_nothing_is_half_written_when_the_database_refuses(engine, terminal):
    """A record that only PostgreSQL objects to takes everything before it along."""
    with Session(engine, expire_on_commit=False) as session, session.begin() as outer:
        identify(session, SYSTEM)
        load(session, CLASSES, FACILITIES, by=terminal)
        job = plan(session, LEDGER, by=terminal)
        session.execute(
            text(
                "update import_row set normalised = jsonb_set(normalised,"
                " '{operations,-1,values,period}', '\"[2020-01-01,2020-01-01)\"')"
                " where job_id = :id and row_no = 3"
            ),
            {"id": job.id},
        )
        with pytest.raises(PlanRefused, match="period"), session.begin_nested():
            service.apply_job(session, job.id, by=terminal)
        identify(session, SYSTEM)
        assert _counts(session) | {"position": 0, "device": 0, "location": 0} == _counts(session)
        outer.rollback()


def test_the_trail_and_the_outbox_tell_of_the_batch(city, terminal):
    job = plan(city, LEDGER, by=terminal)
    service.apply_job(city, job.id, by=terminal)
    actions = city.execute(
        text("select action from audit_entry where target_id = :id order by id"),
        {"id": str(job.id)},
    ).scalars()
    assert list(actions) == ["import.plan", "import.apply"]
    topics = city.execute(
        text("select topic from outbox_event where payload ->> 'job_id' = :id"),
        {"id": str(job.id)},
    ).scalars()
    assert list(topics) == ["import.applied"]


def test_facilities_get_their_point_and_dates(city, terminal):
    facility = city.exec(select(Facility).where(Facility.facility_code == "TJ")).one()
    lon, lat = city.execute(
        text("select ST_X(geom), ST_Y(geom) from facility where facility_code = 'TJ'")
    ).one()
    assert (lon, lat) == (139.4902, 35.3389)
    assert (facility.opened_from, facility.opened_precision) == (date(1983, 4, 1), "day")
    other = city.exec(select(Facility).where(Facility.facility_code == "P01")).one()
    assert (other.opened_from, other.opened_precision) == (None, "unknown")
    assert outcomes(plan(city, FACILITIES, by=terminal)) == {"unchanged": 2}


@pytest.mark.parametrize(
    ("content", "source", "error"),
    [
        ("a,b\n1,2\n", "unheard-of", SourceUnknown),
        ("施設コード,施設名,施設種別\n", None, NoRows),
    ],
)
def test_files_that_are_no_ledger(session, terminal, content, source, error):
    with pytest.raises(error):
        service.plan_file(
            session, content.encode(), "x.csv", decisions=Decisions(source=source), by=terminal
        )
    assert session.exec(select(ImportJob)).all() == []


def test_an_unknown_job(session, terminal):
    with pytest.raises(ImportJobNotFound):
        service.apply_job(session, new_id(), by=terminal)
