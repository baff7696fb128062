"""U4: history follows the device; who looked after the old place keeps the past and no more."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session

from service.accounts.actor import Actor
from service.core.clock import now, today
from service.faults.service import file_report
from service.registry import life_events
from service.registry.domain import InstallationOverlap
from service.registry.past import on_day
from service.registry.queries import facilities, installations, positions
from service.registry.schemas.life import InstallationCreate, Relocation
from tests.factories import make_position
from tests.service.faults.conftest import AsActor, City, make_report, rows

MOVED_ON = today() - timedelta(days=5)


def _reported(
    session: Session, city: City, by: Actor, position_id: UUID, days_ago: int, **more: object
) -> UUID:
    new = make_report(
        city,
        position_id=position_id,
        occurred_at=now() - timedelta(days=days_ago),
        captured_at=now(),
        **more,
    )
    return file_report(session, new, by=by).case_id


@pytest.fixture
def target(city: City, as_actor: AsActor) -> UUID:
    """The pump goes to a free place in the other facility."""
    with as_actor(city.staff) as session:
        here = positions.get(session, city.pump_id)
        assert here is not None
        there = make_position(
            session, facility_id=city.other_facility_id, class_id=here.class_id, name="移設先"
        )
        before = facilities.condition(session, city.facility_id)
        move = Relocation(to_position_id=there.id, moved_on=MOVED_ON)
        life_events.move_device(session, city.new_device_id, move, by=city.staff)
        with on_day(session, MOVED_ON - timedelta(1), by=city.staff):
            then = facilities.condition(session, city.facility_id)
        assert dict(then) == dict(before), "the day before counts as it did"
        return there.id


def test_faults_follow_the_device_and_sight_follows_the_place(
    city: City, as_actor: AsActor, target: UUID
) -> None:
    with as_actor(city.contractor) as session:
        before = _reported(session, city, city.contractor, city.pump_id, 20)
    with as_actor(city.staff) as session:
        of_other = {"company_id": city.other_company_id}
        after = _reported(session, city, city.staff, target, 1, **of_other)
        cases = rows(
            session, "select id from fault_case where device_id = :d", d=city.new_device_id
        )
        assert {row.id for row in cases} == {before, after}
        twice = InstallationCreate(device_id=city.new_device_id, starts_on=MOVED_ON)
        with pytest.raises(InstallationOverlap), session.begin_nested():
            life_events.install_device(session, city.pump_id, twice, by=city.staff)
        assert installations.device_at(session, city.pump_id, MOVED_ON) is None
        past = MOVED_ON - timedelta(1)
        assert installations.device_at(session, city.pump_id, past) == city.new_device_id

    def seen(by: Actor) -> set[UUID]:
        with as_actor(by) as session:
            found = rows(session, "select id from fault_case where id = any(:i)", i=[before, after])
            return {row.id for row in found}

    assert seen(city.contractor) == {before}, "its own report, and nothing of the new place"
    assert seen(city.other_contractor) == {after}
