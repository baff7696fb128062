"""Counts beside the filters come from a tally that follows every change of the positions."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from service.core.database import RowIdentity, transaction
from service.registry.queries import facets
from tests.factories import make_class, make_company, make_contract, make_facility, make_position

_NOT_THE_SUM = text(
    """
    select facility_id, class_id, criticality, health, status, sum(n) from (
      select facility_id, class_id, criticality, health, status, 1 as n from position
      union all
      select facility_id, class_id, criticality, health, status, -positions from position_tally
    ) both_sides group by 1, 2, 3, 4, 5 having sum(n) <> 0
    """
)
_KINDS = st.tuples(
    st.sampled_from("ABC"), st.sampled_from([None, 1, 3]), st.sampled_from(["in_use", "suspended"])
)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), _KINDS, st.integers(1, 3)),
        st.tuples(st.just("change"), _KINDS, _KINDS),
        st.tuples(st.just("remove"), _KINDS),
        st.tuples(st.just("sum up")),
    ),
    max_size=12,
)


def _do(session: Session, step: Any, base: dict[str, Any]) -> None:
    kind = dict(zip(("criticality", "health", "status"), step[1] if step[1:] else (), strict=False))
    same = "criticality = :criticality and health is not distinct from :health and status = :status"
    if step[0] == "add":
        statement = (
            "insert into position (id, position_code, facility_id, class_id, name, criticality,"
            " health, status) select gen_random_uuid(), gen_random_uuid()::text, :facility, :class,"
            " '数える架空弁', :criticality, :health, :status from generate_series(1, :number)"
        )
        kind["number"] = step[2]
    elif step[0] == "change":
        new = dict(zip(("c", "h", "s"), step[2], strict=True))
        statement = (
            "update position set criticality = :c, health = cast(:h as integer), status = :s"
            f" where facility_id = :facility and class_id = :class and {same}"
        )
        kind |= new
    elif step[0] == "remove":
        statement = f"delete from position where facility_id = :facility and {same}"
    else:
        facets.sum_up(session, most=0)
        return
    session.execute(text(statement), base | kind)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_the_tally_is_what_there_is(session: Session, steps: list[Any]) -> None:
    with session.begin_nested() as undone:
        base = {"facility": make_facility(session).id, "class": make_class(session).id}
        session.flush()
        for step in steps:
            _do(session, step, base)
        assert session.execute(_NOT_THE_SUM).all() == []
        undone.rollback()


@pytest.mark.parametrize("asked", [{}, {"criticality": "A"}, {"status": "in_use", "health": 2}])
def test_the_tally_and_the_positions_count_the_same(
    session: Session, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    place = make_facility(session)
    for criticality, health in (("A", 2), ("A", 2), ("A", None), ("B", 2), ("C", 5)):
        make_position(session, place, criticality=criticality, health=health)
    make_position(session, place, criticality="A", health=2, status="suspended")
    session.flush()
    conditions = asked | {"facility": place.facility_code}
    from_tally = facets.facets(session, conditions)
    monkeypatch.setattr(facets, "TALLIED", frozenset())
    assert facets.facets(session, conditions) == from_tally
    assert from_tally["facility_type"]


def test_summing_up_keeps_the_counts_and_leaves_one_row_of_a_kind(session: Session) -> None:
    place = make_facility(session)
    kind = make_class(session)
    for _ in range(3):
        make_position(session, place, class_id=kind.id)
    session.flush()
    before = facets.facets(session, {"facility": place.facility_code})
    rows = text("select count(*) from position_tally where facility_id = :id")
    assert session.execute(rows, {"id": place.id}).scalar_one() == 3
    assert facets.sum_up(session, most=0)
    assert session.execute(rows, {"id": place.id}).scalar_one() == 1
    assert not facets.sum_up(session, most=0)
    assert facets.facets(session, {"facility": place.facility_code}) == before


def test_nobody_counts_what_he_may_not_see(engine: Engine) -> None:
    with transaction(engine) as session:
        company = make_company(session)
        mine, other = make_facility(session), make_facility(session)
        make_contract(session, company, [mine])
        make_position(session, mine)
        make_position(session, other)
    with transaction(engine, RowIdentity("contractor", company.id)) as session:
        counted = facets.facets(session, {})["facility"]
        assert [(row["value"], row["count"]) for row in counted] == [(mine.facility_code, 1)]
        assert not facets.facets(session, {"facility": other.facility_code})["status"]
