"""Which file and row gave a record the values that it still has."""

import pytest
from sqlmodel import select

from importers import service
from importers.job_errors import RecordUnknown
from importers.provenance import provenance_of
from service.core.identity import new_id
from service.registry.models import Device, Position
from tests.importers.ledgers import CLASSES, EQUIPMENT_HEADER, FACILITIES, PUMP_1, load, plan

LEDGER = EQUIPMENT_HEADER + PUMP_1


@pytest.fixture
def city(session, terminal):
    load(session, CLASSES, FACILITIES, LEDGER, by=terminal)
    return session


def _position(session) -> Position:
    return session.exec(select(Position).where(Position.position_code == "TJ-P-001")).one()


def test_every_value_names_file_and_row(city):
    origins = {o.field: o for o in provenance_of(city, "position", _position(city).id)}
    assert (origins["name"].value, origins["name"].file_name) == ("No.1汚水ポンプ", "ledger.csv")
    assert origins["name"].row_no == 2
    device = city.exec(select(Device).where(Device.asset_code == "K-0001")).one()
    assert "serial_no" in {origin.field for origin in provenance_of(city, "device", device.id)}


def test_the_last_import_counts_field_by_field(city, terminal):
    later = plan(city, LEDGER.replace("No.1汚水ポンプ", "主ポンプ"), by=terminal)
    service.apply_job(city, later.id, by=terminal)
    origins = {o.field: o for o in provenance_of(city, "position", _position(city).id)}
    assert origins["name"].job_id == later.id
    assert origins["unit_no"].job_id != later.id
    service.undo_job(city, later.id, by=terminal)
    city.expire_all()
    origins = {o.field: o for o in provenance_of(city, "position", _position(city).id)}
    assert (origins["name"].value, origins["name"].job_id == later.id) == ("No.1汚水ポンプ", False)


def test_what_a_person_has_corrected_comes_from_no_file(city):
    position = _position(city)
    position.name = "銘板どおりの名称"
    city.flush()
    fields = {origin.field for origin in provenance_of(city, "position", position.id)}
    assert "name" not in fields
    assert "unit_no" in fields


@pytest.mark.parametrize("kind", ["position", "contract_facility", "user_account"])
def test_records_that_are_not_there(city, kind):
    with pytest.raises(RecordUnknown):
        provenance_of(city, kind, new_id())
