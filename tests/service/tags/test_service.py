import json

import pytest
from sqlalchemy import text
from sqlmodel import Session

from service.accounts.actor import Actor
from service.core.clock import today
from service.core.errors import Forbidden
from service.core.identity import new_id
from service.registry.models import Position
from service.tags import service
from service.tags.domain import TagState, TagTaken, UnknownTag, mint_code
from service.tags.models import QrTag
from service.tags.queries import tags as queries
from service.tags.service import TagOutOfUse
from tests.service.faults.conftest import City, build_city


@pytest.fixture
def city(session: Session) -> City:
    return build_city(session)


def minted(session: Session, city: City, terminal: Actor) -> QrTag:
    service.mint_for_positions(session, by=terminal, facility_id=city.facility_id)
    return queries.tags_of(session, city.pump_id)[0]


def test_each_position_gets_one_tag_and_minting_again_gives_none(
    session: Session, city: City, terminal: Actor
) -> None:
    assert service.mint_for_positions(session, by=terminal, facility_id=city.facility_id) == 1
    assert service.mint_for_positions(session, by=terminal, facility_id=city.facility_id) == 0
    (tag,) = queries.tags_of(session, city.pump_id)
    (assignment,) = queries.assignments_of(session, tag.id)
    assert (assignment.period.lower, assignment.period.upper) == (today(), None)


def test_a_plant_of_eight_thousand_gets_as_many_different_codes(
    session: Session, city: City, terminal: Actor
) -> None:
    pump = session.get(Position, city.pump_id)
    assert pump is not None
    session.execute(
        text(
            "insert into position (id, position_code, facility_id, class_id, name)"
            " select gen_random_uuid(), :mark || n, :facility_id, :class_id, 'ポンプ'"
            " from generate_series(1, 8000) n"
        ),
        {"mark": f"{city.mark}-", "facility_id": city.facility_id, "class_id": pump.class_id},
    )
    assert service.mint_for_positions(session, by=terminal, facility_id=city.facility_id) == 8001
    codes = session.execute(
        text("select count(distinct tag_code) from qr_tag where facility_id = :id"),
        {"id": city.facility_id},
    ).scalar_one()
    assert codes == 8001


def test_an_abolished_position_gets_no_tag(session: Session, city: City, terminal: Actor) -> None:
    session.execute(
        text("update position set status = 'abolished' where id = :id"), {"id": city.pump_id}
    )
    assert service.mint_for_positions(session, by=terminal, facility_id=city.facility_id) == 0


def test_a_code_that_exists_is_minted_anew(
    session: Session, city: City, terminal: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = minted(session, city, terminal).tag_code
    codes = iter([taken, mint_code()])
    monkeypatch.setattr(service, "mint_code", lambda: next(codes))
    assert service.mint_one(session, city.pump_id, by=terminal).tag_code != taken


def test_a_replaced_tag_leads_on_to_its_successor(
    session: Session, city: City, terminal: Actor
) -> None:
    old = minted(session, city, terminal).tag_code
    fresh = service.replace(session, old, by=terminal).tag_code
    through_old = json.loads(service.equipment(session, old))
    assert through_old["tag"]["superseded_by"] == fresh
    assert through_old["position"]["id"] == str(city.pump_id)
    assert json.loads(service.equipment(session, fresh))["tag"]["superseded_by"] is None


def test_a_retired_tag_without_successor_is_as_unknown_as_any(
    session: Session, city: City, terminal: Actor
) -> None:
    old = minted(session, city, terminal).tag_code
    service.retire(session, old, by=terminal)
    for look in (service.equipment, lambda s, c: service.public_place(s, c, by=None)):
        for code in (old, mint_code()):
            with pytest.raises(UnknownTag):
                look(session, code)


def test_a_tag_that_served_for_a_day_keeps_that_day(
    session: Session, city: City, terminal: Actor
) -> None:
    tag = minted(session, city, terminal)
    service.retire(session, tag.tag_code, by=terminal)
    (assignment,) = queries.assignments_of(session, tag.id)
    assert assignment.period.lower == today()
    assert assignment.period.upper is not None
    assert assignment.period.upper > today()
    with pytest.raises(TagOutOfUse):
        service.retire(session, tag.tag_code, by=terminal)


def from_stock(session: Session) -> QrTag:
    tag = QrTag(tag_code=mint_code(), state=TagState.MINTED)
    session.add(tag)
    session.flush()
    return tag


def test_a_tag_from_the_stock_is_bound_once(session: Session, city: City, terminal: Actor) -> None:
    code = from_stock(session).tag_code
    with pytest.raises(UnknownTag):
        service.equipment(session, code)
    service.bind(session, code, city.pump_id, by=terminal)
    again = service.bind(session, code, city.pump_id, by=terminal)
    assert len(queries.assignments_of(session, again.id)) == 1
    with pytest.raises(TagTaken):
        service.bind(session, code, city.other_pump_id, by=terminal)


def test_contractors_and_engineers_manage_no_tags(
    session: Session, city: City, terminal: Actor
) -> None:
    code = minted(session, city, terminal).tag_code
    for by in (city.contractor, city.engineer):
        with pytest.raises(Forbidden):
            service.retire(session, code, by=by)
        with pytest.raises(Forbidden):
            service.mint_for_positions(session, by=by)


def test_each_change_is_in_the_trail(session: Session, city: City, terminal: Actor) -> None:
    tag = minted(session, city, terminal)
    service.replace(session, tag.tag_code, reason="汚れ", by=terminal)
    actions = session.execute(
        text("select action, reason from audit_entry where target_id = :id"), {"id": str(tag.id)}
    ).all()
    assert [tuple(row) for row in actions] == [("tag.retired", "汚れ")]


def test_a_stranger_is_told_the_public_name_and_the_rights_are_put_back(
    session: Session, city: City, terminal: Actor
) -> None:
    code = minted(session, city, terminal).tag_code
    place = service.public_place(session, code, by=city.other_contractor)
    assert (place.position_name, place.facility_name) == ("No.2汚水ポンプ", "辻堂架空浄化センター")
    assert queries.place(session, city.pump_id) is None
    assert queries.place(session, new_id()) is None
