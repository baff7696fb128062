"""A case goes to the right position: the device of that day comes along, the trail tells both."""

from datetime import timedelta
from uuid import UUID

import pytest

from service.core.clock import now
from service.core.i18n.dates import tokyo_day
from service.faults import dossier, placing_queries, unregistered
from service.faults.service import file_report
from service.faults.wording import changes_of, named_ids
from service.registry import life_events
from service.registry.models import Position
from service.registry.schemas.life import Replacement
from tests.factories import make_device, make_installation, make_position
from tests.service.faults.conftest import AsActor, City, make_report


@pytest.fixture
def case_id(city: City, as_actor: AsActor) -> UUID:
    with as_actor(city.contractor) as session:
        new = make_report(city, occurred_at=now() - timedelta(days=10))
        return file_report(session, new, by=city.contractor).case_id


def test_device_and_facility_follow_and_the_trail_names_both(
    city: City, as_actor: AsActor, case_id: UUID
):
    with as_actor(city.staff) as session:
        pump = session.get_one(Position, city.pump_id)
        right = make_position(session, class_id=pump.class_id, name="正しいポンプ")
        old = make_device(session, class_id=pump.class_id)
        make_installation(session, right, old)
        case = unregistered.place(
            session, case_id, right.position_code, reason="隣のタグ", by=city.staff
        )
        day = tokyo_day(case.occurred_at)
        new = make_device(session, class_id=pump.class_id)
        later = Replacement(device_id=new.id, replaced_on=day + timedelta(1))
        life_events.replace_device(session, right.id, later, by=city.staff)
        assert (case.position_id, case.facility_id) == (right.id, right.facility_id)
        assert case.device_id == old.id
        told = placing_queries.device(session, case_id)
        assert told is not None
        assert (told.asset_code, told.successor_code) == (old.asset_code, new.asset_code)
        changes = dossier.dossier(session, case_id).changes
        names = placing_queries.names(session, named_ids(changes))
        (moved,) = (row for row in changes if row.reason == "隣のタグ")
        named = {one.label: (one.before.text, one.after.text) for one in changes_of(moved, names)}
    before, after = named["設置箇所"]
    assert pump.position_code in str(before)
    assert "正しいポンプ" in str(after)
    assert named["機器"][1] == old.asset_code
