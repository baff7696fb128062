import pytest
from sqlalchemy import text
from sqlmodel import Session

from service.accounts.actor import Actor
from service.core.database import SYSTEM, identify
from service.core.errors import Forbidden, NotFound
from service.tags import life, service
from service.tags.domain import TagState, UnknownTag, mint_code
from service.tags.life import NotYourStock, StockCount, TooLateToUndo
from service.tags.models import QrTag
from service.tags.queries import life as queries
from service.tags.queries import tags
from tests.service.faults.conftest import City, build_city


@pytest.fixture
def city(session: Session) -> City:
    return build_city(session)


def stock(session: Session, terminal: Actor, count: int = 1) -> list[QrTag]:
    ids = life.mint_stock(session, count, by=terminal)
    return [found for tag_id in ids if (found := session.get(QrTag, tag_id))]


def issued(session: Session, city: City, terminal: Actor) -> str:
    (tag,) = stock(session, terminal)
    assert life.issue(session, [tag.id], city.company_id, "青空", by=terminal) == 1
    session.expire(tag)
    return tag.tag_code


def as_actor(session: Session, by: Actor) -> Actor:
    identify(session, by.identity)
    return by


def kinds(session: Session, code: str) -> list[str]:
    identify(session, SYSTEM)
    tag = tags.tag(session, code)
    assert tag is not None
    return [event.kind for event in reversed(queries.history(session, tag.id))]


def test_stock_has_no_position_and_different_codes(session: Session, terminal: Actor) -> None:
    minted = stock(session, terminal, 50)
    assert len({tag.tag_code for tag in minted}) == 50
    assert {(tag.state, tag.position_id) for tag in minted} == {("minted", None)}
    for count in (0, life.MOST_AT_ONCE + 1):
        with pytest.raises(StockCount):
            life.mint_stock(session, count, by=terminal)


def test_a_contractor_binds_what_was_issued_to_the_company(
    session: Session, city: City, terminal: Actor
) -> None:
    code = issued(session, city, terminal)
    by = as_actor(session, city.contractor)
    tag = life.bind_on_site(session, code, city.pump_id, by=by)
    assert (tag.state, tag.position_id) == (TagState.IN_USE, city.pump_id)
    assert service.equipment(session, code)
    assert kinds(session, code) == ["minted", "issued", "bound"]


def test_a_contractor_binds_nothing_else(session: Session, city: City, terminal: Actor) -> None:
    code = issued(session, city, terminal)
    (unissued,) = stock(session, terminal)
    by = as_actor(session, city.contractor)
    with pytest.raises(NotFound):
        life.bind_on_site(session, code, city.other_pump_id, by=by)
    by = as_actor(session, city.other_contractor)
    with pytest.raises(NotYourStock):
        life.bind_on_site(session, code, city.other_pump_id, by=by)
    by = as_actor(session, city.contractor)
    with pytest.raises(NotYourStock):
        life.bind_on_site(session, unissued.tag_code, city.pump_id, by=by)
    with pytest.raises(UnknownTag):
        life.bind_on_site(session, mint_code(), city.pump_id, by=by)
    by = as_actor(session, city.engineer)
    with pytest.raises(Forbidden):
        life.bind_on_site(session, code, city.pump_id, by=by)


def test_staff_bind_any_tag_of_the_stock_but_none_in_use(
    session: Session, city: City, terminal: Actor
) -> None:
    (tag,) = stock(session, terminal)
    life.bind_on_site(session, tag.tag_code, city.pump_id, by=city.staff)
    with pytest.raises(UnknownTag):
        life.bind_on_site(session, tag.tag_code, city.other_pump_id, by=city.staff)


def test_a_slip_is_taken_back_within_ten_minutes_by_its_maker(
    session: Session, city: City, terminal: Actor
) -> None:
    code = issued(session, city, terminal)
    by = as_actor(session, city.contractor)
    tag = life.bind_on_site(session, code, city.pump_id, by=by)
    with pytest.raises(TooLateToUndo):
        life.unbind(session, code, by=as_actor(session, city.staff))
    by = as_actor(session, city.contractor)
    assert life.may_undo(session, tag.id, by=by)
    life.unbind(session, code, by=by)
    assert tag.state == TagState.ISSUED
    life.bind_on_site(session, code, city.pump_id, by=by)
    identify(session, SYSTEM)
    session.execute(
        text(
            "update tag_event set created_at = created_at - interval '11 minutes'"
            " where tag_id = :id"
        ),
        {"id": tag.id},
    )
    with pytest.raises(TooLateToUndo):
        life.unbind(session, code, by=as_actor(session, city.contractor))
    assert kinds(session, code) == ["minted", "issued", "bound", "unbound", "bound"]


def test_a_second_doubt_calls_the_office_and_a_look_settles_it(
    session: Session, city: City, terminal: Actor
) -> None:
    service.mint_for_positions(session, by=terminal, facility_id=city.facility_id)
    tag = tags.tags_of(session, city.pump_id)[0]
    code = tag.tag_code
    for by in (city.contractor, city.contractor, city.staff):
        assert life.dispute(session, code, by=as_actor(session, by)) == city.pump_id
    identify(session, SYSTEM)
    assert tag.dispute_count == 2, "one person counts once a day"
    events = session.execute(
        text(
            "select count(*) from outbox_event where topic = 'tag.disputed'"
            " and payload ->> 'tag_code' = :code"
        ),
        {"code": code},
    ).scalar_one()
    assert events == 1
    rows, _ = queries.listed(
        session, "recheck", facility=city.facility_code, code=None, cursor=None, limit=10
    )
    assert [row.tag_code for row in rows] == [code]
    assert life.rechecked(session, code, by=city.staff, note="現地で確認").dispute_count == 0
    assert kinds(session, code)[-1] == "rechecked"


def test_nobody_doubts_a_tag_that_they_cannot_see(
    session: Session, city: City, terminal: Actor
) -> None:
    service.mint_for_positions(session, by=terminal, facility_id=city.facility_id)
    code = tags.tags_of(session, city.pump_id)[0].tag_code
    with pytest.raises(UnknownTag):
        life.dispute(session, code, by=as_actor(session, city.other_contractor))


def test_a_wish_for_a_reprint_is_listed_until_it_is_printed(
    session: Session, city: City, terminal: Actor
) -> None:
    service.mint_for_positions(session, by=terminal, facility_id=city.facility_id)
    code = tags.tags_of(session, city.pump_id)[0].tag_code
    assert life.want_reprint(session, [code, mint_code()], by=city.staff) == 1
    rows, _ = queries.listed(
        session, "reprint", facility=city.facility_code, code=None, cursor=None, limit=10
    )
    assert [row.tag_code for row in rows] == [code]


def test_positions_without_a_tag_are_missing_one(
    session: Session, city: City, terminal: Actor
) -> None:
    def missing() -> list[object]:
        rows, _ = queries.missing(session, facility=city.facility_code, cursor=None, limit=10)
        return [row.position_id for row in rows]

    assert missing() == [city.pump_id]
    service.mint_for_positions(session, by=terminal, facility_id=city.facility_id)
    assert missing() == []


def test_a_second_tag_is_minted_beside_the_first(
    session: Session, city: City, terminal: Actor
) -> None:
    wanted = {"by": terminal, "facility_id": city.facility_id}
    assert service.mint_for_positions(session, **wanted) == 1
    assert service.mint_for_positions(session, **wanted, wanted=2) == 1
    assert service.mint_for_positions(session, **wanted, wanted=2) == 0
    assert len(tags.tags_of(session, city.pump_id)) == 2


@pytest.mark.parametrize("typed", ["No.２ 汚水", "no.2汚水ぽんぷ", "辻堂 ポンプ", "P001"])
def test_a_position_is_found_by_words_of_any_width(
    session: Session, city: City, typed: str
) -> None:
    words = f"{typed} {city.facility_code}"  # other tests have pumps, too
    found = [row.id for row in queries.places(session, words)]
    assert city.pump_id in found
    identify(session, city.other_contractor.identity)
    assert city.pump_id not in [row.id for row in queries.places(session, words)]


def test_no_words_find_nothing(session: Session, city: City) -> None:
    assert queries.places(session, "  ") == []
    assert queries.places(session, "100%_") == []


def test_a_refusal_leaves_the_person_with_their_own_rights(
    session: Session, city: City, terminal: Actor
) -> None:
    service.mint_for_positions(session, by=terminal, facility_id=city.other_facility_id)
    other = tags.tags_of(session, city.other_pump_id)[0].tag_code
    by = as_actor(session, city.contractor)
    for typed in ("no code", mint_code(), other):
        with pytest.raises(UnknownTag):
            life.bind_on_site(session, typed, city.pump_id, by=by)
        assert tags.place(session, city.other_pump_id) is None
