"""The City of Bend's 162 lift-station pumps, from the file as it is published."""

import json
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import select

from importers import queries, service
from service.registry.models import Device, Facility, Installation, Position
from tests.importers.ledgers import SAMPLES, load, outcomes, plan

PUMPS = SAMPLES / "bend" / "lift_station_pumps.csv"


@pytest.fixture
def bend(session, terminal):
    load(session, PUMPS.read_bytes(), by=terminal)
    return session


def _device(session, code) -> Device:
    return session.exec(select(Device).where(Device.asset_code == code)).one()


def test_all_rows_are_imported(session, terminal):
    job = plan(session, PUMPS.read_bytes(), by=terminal)
    assert (job.source, outcomes(job)) == ("bend_pumps", {"create": 162})
    assert service.apply_job(session, job.id, by=terminal).records == {
        "equipment_class": {"created": 1},
        "facility": {"created": 76},
        "device_model": {"created": 68},
        "position": {"created": 162},
        "device": {"created": 157},
        "installation": {"created": 157},
    }


def test_again_nothing_changes(bend, terminal):
    job = plan(bend, PUMPS.read_bytes(), by=terminal)
    assert outcomes(job) == {"unchanged": 162}
    assert "already_imported" in job.notes


def test_figures_are_metric_and_the_original_stays(bend):
    device = _device(bend, "CPUMP069A")
    assert device.spec == {
        "bore_mm": 101.6,
        "power_kw": 7.46,
        "flow": {"value": 0.568, "unit": "m3/min"},
        "head_m": 26.21,
        "low_head_flow": {"value": 1.136, "unit": "m3/min"},
        "low_head_m": 23.47,
        "start_level_m": 1171.78,
        "stop_level_m": 1171.42,
    }
    assert json.loads(device.spec_raw)["DesignPointFlowGPM"] == "150"
    assert json.loads(device.spec_raw)["PumpModel"] == "3127.090-2569"
    assert (device.installed_from, device.installed_precision) == (date(2004, 2, 4), "day")


def test_a_station_is_found_by_the_pump_number_when_its_name_is_missing(bend):
    facilities = {f.facility_code: f for f in bend.exec(select(Facility))}
    assert facilities["LS069"].name == "Poplar Park"
    assert facilities["LS069"].address == "60841 Yellow Leaf St., 97702"
    pumps = bend.exec(select(Position).where(Position.facility_id == facilities["LS091"].id)).all()
    assert {pump.position_code for pump in pumps} == {"CPUMP091A", "CPUMP091B"}


def test_the_placeholder_day_is_unknown(bend):
    device = _device(bend, "CPUMP082A")
    assert (device.installed_from, device.installed_precision) == (None, "unknown")
    unknown = bend.execute(
        text("select count(*) from device where installed_precision = 'unknown'")
    ).scalar_one()
    assert unknown == 7


def test_zeros_and_blanks_are_no_figures(bend):
    device = _device(bend, "CPUMP090A")
    assert (device.spec, device.model_id) == ({"vfd": True}, None)


def test_what_is_retired_has_an_end(bend):
    device = _device(bend, "CPUMP021A")
    stay = bend.exec(select(Installation).where(Installation.device_id == device.id)).one()
    position = bend.get(Position, stay.position_id)
    assert stay.period.upper is not None
    assert (device.retired_reason, device.quality_flags) == (
        "abolished",
        ["unknown_retired_date"],
    )
    assert position.status == "abolished"


def test_what_is_proposed_or_unstated_has_no_device(bend):
    statuses = {
        p.position_code: p.status
        for p in bend.exec(select(Position).where(Position.status == "suspended"))
    }
    assert statuses.keys() == {"CPUMP072C", "CPUMP072D", "CPUMP075C", "CPUMP093A", "CPUMP093B"}
    codes = bend.exec(select(Device.asset_code)).all()
    assert statuses.keys().isdisjoint(codes)


def test_every_oddity_is_said(bend, terminal):
    job = plan(bend, PUMPS.read_bytes(), by=terminal)
    rows = queries.rows(bend, job.id, after=0, limit=200)
    said = {
        code: sum(any(m["code"] == code for m in row["messages"]) for row in rows)
        for code in ("placeholder-date", "station-from-pump-number", "status-blank", "no-device")
    }
    assert said == {
        "placeholder-date": 7,
        "station-from-pump-number": 14,
        "status-blank": 2,
        "no-device": 5,
    }
