"""Rare, common and short words lead to the same places, whichever way they are looked for."""

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from service.core.database import RowIdentity, transaction
from service.registry.queries import facets, found, positions
from tests.factories import (
    make_class,
    make_company,
    make_contract,
    make_device,
    make_facility,
    make_installation,
    make_position,
)

MANY = found.FEW + 100


def _many(session: Session) -> str:
    """More places of one name than a search names one by one; the last has a device."""
    facility, kind = make_facility(session), make_class(session)
    session.execute(
        text(
            "insert into position (id, position_code, facility_id, class_id, name)"
            " select gen_random_uuid(), :code || '-' || lpad(n::text, 5, '0'), :f, :c, '架空多数弁'"
            " from generate_series(1, :many) n"
        ),
        {"code": facility.facility_code, "f": facility.id, "c": kind.id, "many": MANY},
    )
    return str(facility.facility_code)


@pytest.mark.parametrize(
    ("typed", "count"),
    [("架空多数弁", MANY), ("多数", MANY), ("架空多数弁 -00200", 1), ("架空多数弁 汚水", 0)],
)
@pytest.mark.parametrize("many", [found.MANY, -1])
def test_words_find_the_same_whatever_they_cost(
    session: Session, monkeypatch: pytest.MonkeyPatch, typed: str, count: int, many: int
) -> None:
    monkeypatch.setattr(found, "MANY", many)
    code = _many(session)
    conditions = {"q": typed.replace("-00200", f"{code}-00200"), "facility": code}
    rows = positions.page(session, conditions, after="", limit=MANY + 1)
    assert len(rows) == count
    counted = facets.facets(session, conditions)["status"]
    assert sum(row["count"] for row in counted) == count


def test_a_rare_word_shows_nobody_the_places_of_others(engine: Engine) -> None:
    with transaction(engine) as session:
        company = make_company(session)
        mine, other = make_facility(session), make_facility(session)
        make_contract(session, company, [mine])
        own, foreign = make_position(session, mine), make_position(session, other)
        serial = f"稀番{own.position_code}"
        for position in (own, foreign):
            make_installation(session, position, make_device(session, serial_no=serial))
    with transaction(engine, RowIdentity("contractor", company.id)) as session:
        for typed in (serial, f"{other.name} ポンプ", foreign.position_code):
            rows = positions.page(session, {"q": typed}, after="", limit=10)
            assert foreign.position_code not in {row["position_code"] for row in rows}
        rows = positions.page(session, {"q": serial}, after="", limit=10)
        assert [row["position_code"] for row in rows] == [own.position_code]
