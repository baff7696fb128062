"""Inspections and part replacements come in, go out and come in again; an import is taken back."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from importers import queries, service
from importers.exporting.files import written_csv, written_xlsx
from importers.exporting.ledgers import lines_of
from service.accounts.actor import Actor
from service.maintenance.models import Inspection, PartReplacement
from service.registry.models import Position
from tests.importers.ledgers import (
    CLASSES,
    EQUIPMENT_HEADER,
    FACILITIES,
    PUMP_1,
    PUMP_2,
    load,
    outcomes,
    plan,
)

HEADER = (
    "施設名,機器名称,点検日,点検区分,点検者,電流(A),絶縁抵抗,振動,判定,健全度,次回点検日,所見\n"
)
INSPECTIONS = (
    HEADER
    + '見本浄化センター,１号汚水ポンプ,R5.10.3,定期,見本保全,"1,012.5",50MΩ,0.8 △,○,3,R6.10,異音\n'
    + "見本浄化センター,No.1汚水ポンプ,R6.10,精密,見本保全,12.5,,,△,2,R9.10.1,\n"
    + "見本浄化センター,No.2汚水ポンプ,R6.10.3,,,,,,×,,,\n"
)
PARTS = (
    "設備番号,部品名,品番,数量,交換年月日,施工業者,費用(千円),交換理由\n"
    "TJ-P-001,メカニカルシール,MS-50,1個,R6.4.1,見本保全,48.4,漏水\n"
    "K-0002,軸受,,２,R6.5,,,\n"
)


@pytest.fixture
def registry(session: Session, terminal: Actor) -> Session:
    load(session, CLASSES, FACILITIES, EQUIPMENT_HEADER + PUMP_1 + PUMP_2, by=terminal)
    return session


def _csv(session: Session, ledger: str) -> bytes:
    return b"".join(written_csv(lines_of(session, ledger)))


def _position(session: Session, code: str) -> Position:
    session.expire_all()
    return session.exec(select(Position).where(Position.position_code == code)).one()


def test_inspections_are_recorded_at_the_place_their_words_mean(registry, terminal):
    before = _position(registry, "TJ-P-001")
    was = (before.health, before.health_judged_on, before.version, before.updated_at)
    assert was[:2] == (3, date(2022, 10, 1))
    job = plan(registry, INSPECTIONS, by=terminal)
    assert (job.source, outcomes(job)) == ("inspections", {"create": 3})
    service.apply_job(registry, job.id, by=terminal)
    first = registry.exec(
        select(Inspection).where(Inspection.inspected_from == date(2023, 10, 3))
    ).one()
    assert first.items == [
        {"item": "電流", "value": 1012.5, "unit": "A"},
        {"item": "絶縁抵抗", "value": 50.0, "unit": "MΩ"},
        {"item": "振動", "value": 0.8, "unit": "mm/s", "judgement": "watch"},
    ]
    assert (first.kind, first.result, first.health) == ("periodic", "good", 3)
    assert first.next_due_on == date(2024, 10, 1)
    assert first.device_id is not None
    pump = _position(registry, "TJ-P-001")
    assert (pump.health, pump.health_judged_on) == (2, date(2024, 10, 1))
    assert outcomes(plan(registry, INSPECTIONS, by=terminal)) == {"unchanged": 3}
    service.undo_job(registry, job.id, by=terminal)
    after = _position(registry, "TJ-P-001")
    assert (after.health, after.health_judged_on, after.version, after.updated_at) == was
    assert registry.exec(select(Inspection)).all() == []


def test_an_older_judgement_leaves_the_health_alone(registry, terminal):
    old = HEADER + "見本浄化センター,No.1汚水ポンプ,H30.10.1,定期,,,,,,5,,\n"
    job = plan(registry, old, by=terminal)
    service.apply_job(registry, job.id, by=terminal)
    assert _position(registry, "TJ-P-001").health == 3


def test_what_a_row_lacks_is_said(registry, terminal):
    rows = (
        HEADER
        + "見本浄化センター,No.9汚水ポンプ,R6.10.3,定期,,,,,,,,\n"
        + "見本浄化センター,No.1汚水ポンプ,不明,定期,,,,,,,,\n"
        + "見本浄化センター,No.1汚水ポンプ,R6.10.3,定期,,,,,,7,,\n"
        + "見本浄化センター,No.1汚水ポンプ,R6.10.4,定期,,,,,,3,R6.10.1,\n"
        + "見本浄化センター,No.1汚水ポンプ,R6.10.5,特別,,,,,,3,,\n"
    )
    job = plan(registry, rows, by=terminal)
    told = {
        message["code"]
        for row in queries.rows(registry, job.id, after=0, limit=10)
        for message in row["messages"]
        if message["level"] in {"error", "question"}
    }
    assert outcomes(job) == {"needs_decision": 2, "rejected": 3}
    assert told == {
        "unknown-equipment",
        "day-unknown",
        "health-out-of-range",
        "ends-before-start",
        "unknown-word",
    }


def test_two_inspections_of_a_day_need_numbers(registry, terminal):
    row = "見本浄化センター,No.1汚水ポンプ,R6.10.3,定期,{},,,,,,,\n"
    twice = HEADER + row.format("甲") + row.format("乙")
    assert outcomes(plan(registry, twice, by=terminal)) == {"conflict": 2}
    numbered = twice.replace("施設名,", "回,施設名,").replace("見本浄化", "1,見本浄化", 1)
    numbered = numbered.replace("\n見本浄化", "\n2,見本浄化")
    assert outcomes(plan(registry, numbered, by=terminal)) == {"create": 2}


def test_part_replacements_are_recorded_and_taken_back(registry, terminal):
    job = plan(registry, PARTS, by=terminal)
    assert (job.source, outcomes(job)) == ("part_replacements", {"create": 2})
    service.apply_job(registry, job.id, by=terminal)
    rows = registry.exec(select(PartReplacement).order_by(PartReplacement.replaced_from)).all()
    assert [(r.part_name, r.part_no, r.quantity, r.cost_yen) for r in rows] == [
        ("メカニカルシール", "MS-50", 1, 48_400),
        ("軸受", None, 2, None),
    ]
    assert rows[1].position_id == _position(registry, "TJ-P-002").id
    assert rows[1].device_id is not None
    changed = PARTS.replace("48.4", "50")
    again = plan(registry, changed, by=terminal)
    assert outcomes(again) == {"update": 1, "unchanged": 1}
    service.undo_job(registry, job.id, by=terminal)
    assert registry.exec(select(PartReplacement)).all() == []


def test_exports_come_back_as_zero_changes(registry, terminal):
    load(registry, INSPECTIONS, PARTS, by=terminal)
    registry.execute(
        text("update inspection set note = '=1+1', health_basis = '雨; 雪' where seq = 1")
    )
    for ledger, count in (("inspections", 3), ("part_replacements", 2)):
        content = _csv(registry, ledger)
        assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) - 1 == count
        job = plan(registry, content, by=terminal)
        assert (job.source, outcomes(job)) == (ledger, {"unchanged": count})
        with written_xlsx(lines_of(registry, ledger), "台帳") as file:
            again = plan(registry, file.read(), by=terminal)
        assert outcomes(again) == {"unchanged": count}
