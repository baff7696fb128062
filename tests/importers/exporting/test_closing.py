"""A closed year is written the same next year, whatever has happened to the register since."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session

from importers.exporting import closing
from importers.exporting.closing import LEDGERS_OF_A_YEAR, DigestDiffers, YearNotOver
from importers.exporting.year_changes import approval, stay_kind
from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.clock import JST, today
from service.faults.approval_models import ApprovalRequest
from service.faults.models import Approval, FaultCase
from service.history import queries
from service.registry import life_events, service
from service.registry.domain import Lifecycle
from service.registry.models import Position
from service.registry.schemas.changes import PositionUpdate
from service.registry.schemas.life import Relocation, Removal, Replacement, StatusChange
from tests.factories import make_device, make_installation, make_position, make_user

SPRING = date(2020, 4, 1)
YEAR = 2024  # 令和6年度


@pytest.fixture
def register(session: Session) -> Session:
    for _ in range(3):
        make_installation(session, make_position(session), starts_on=SPRING)
    session.execute(text("set local role none"))
    for table in ("facility", "equipment_class", "position", "device", "installation"):
        session.execute(text(f"update {table} set created_at = now() - interval '1 hour'"))
    session.execute(text("truncate registry_history"))
    session.execute(text("set local role gesuibo_app"))
    session.expire_all()
    return session


def _positions(session: Session) -> list:
    return list(session.execute(text("select id from position order by position_code")).scalars())


def _later(session: Session) -> None:
    """What is changed from here on happened after the closing, in a transaction of its own."""
    session.execute(text("set local role none"))
    session.execute(text("update ledger_closing set known_at = now() - interval '1 second'"))
    session.execute(text("set local role gesuibo_app"))
    session.expire_all()


def test_a_closed_year_stays_as_it_was(register: Session, terminal: Actor) -> None:
    closed = closing.close_year(register, YEAR, note="決算", by=terminal)
    _later(register)
    before = {
        ledger: closing.closed_ledger(register, closed.id, ledger, by=terminal)
        for ledger in LEDGERS_OF_A_YEAR
    }
    assert before["equipment"].count(b"\r\n") == 4
    first, second, third = _positions(register)
    late = Replacement(device_id=make_device(register).id, replaced_on=date(2025, 2, 14))
    life_events.replace_device(register, first, late, by=terminal)
    service.update_position(register, second, PositionUpdate(name="改称"), None, by=terminal)
    gone = StatusChange(status=Lifecycle.ABOLISHED, changed_on=date(2025, 3, 1), reason="廃止")
    life_events.change_status(register, third, gone, by=terminal)
    make_installation(register, make_position(register), starts_on=SPRING)
    after = {
        ledger: closing.closed_ledger(register, closed.id, ledger, by=terminal)
        for ledger in LEDGERS_OF_A_YEAR
    }
    assert after == before


def test_a_change_behind_the_back_is_noticed(register: Session, terminal: Actor) -> None:
    closed = closing.close_year(register, YEAR, by=terminal)
    register.execute(text("set local role none"))
    register.execute(text("alter table position disable trigger keep_history"))
    register.execute(text("update position set name = '書換'"))
    register.execute(text("alter table position enable trigger keep_history"))
    register.execute(text("set local role gesuibo_app"))
    with pytest.raises(DigestDiffers):
        closing.closed_ledger(register, closed.id, "equipment", by=terminal)


def test_a_year_is_closed_after_its_last_day(register: Session, terminal: Actor) -> None:
    with pytest.raises(YearNotOver):
        closing.close_year(register, today().year + 1, by=terminal)


def _approved(session: Session, position_id: UUID, case_no: str) -> UUID:
    """A case of the position on which the manager has decided."""
    moment = datetime(2025, 2, 10, 12, tzinfo=JST)
    user = make_user(session, Role.STAFF)
    place = session.get_one(Position, position_id)
    times = {"occurred_at": moment, "reported_at": moment}
    case = FaultCase(case_no=case_no, facility_id=place.facility_id, position_id=place.id, **times)
    session.add(case)
    session.flush()
    request = ApprovalRequest(
        case_id=case.id,
        route_name="架空",
        steps=["manager"],
        state="approved",
        cost_yen=0,
        submitted_by=user.id,
        submitted_at=moment,
        content_hash=b"-",
        settled_at=moment,
    )
    session.add(request)
    session.flush()
    session.add(
        Approval(
            target_type="case",
            target_id=case.id,
            route_step=0,
            role="manager",
            decision="approved",
            decided_by=user.id,
            decided_at=moment,
            content_hash=b"-",
            request_id=request.id,
        )
    )
    session.flush()
    return case.id


def test_what_happened_in_a_year(register: Session, terminal: Actor) -> None:
    first, second, _third = _positions(register)
    decided = _approved(register, first, "R6-KETSU-0001")
    late = Replacement(
        device_id=make_device(register).id,
        replaced_on=date(2025, 2, 14),
        work_ref="更新工事",
        reason="案件R6-KETSU-0001による。",
    )
    life_events.replace_device(register, first, late, by=terminal)
    renamed = PositionUpdate(name="改称")
    service.update_position(register, second, renamed, None, by=terminal, reason="銘板で確認")
    stays = list(queries.stays_of(register, date(2024, 4, 1), date(2025, 4, 1)))
    assert [(row["what"], row["day"]) for row in stays] == [
        ("ended", date(2025, 2, 14)),
        ("began", date(2025, 2, 14)),
    ]
    assert stays[1]["work_ref"] == "更新工事"
    assert {row["approved_case_id"] for row in stays} == {decided}
    assert approval(stays[1]).startswith("R6-KETSU-0001 課長 見本 太郎 2025-02-10")
    moment = register.execute(text("select now()")).scalar_one().astimezone(JST)
    changes = queries.values_of(register, moment - timedelta(1), moment + timedelta(1))
    changes = list(changes)
    named = {row["field"]: row["approved_case_no"] for row in changes}
    assert (named["name"], named["retired_on"]) == (None, "R6-KETSU-0001")
    told = {(row["field"], row["new"], row["reason"]) for row in changes}
    assert ("name", "改称", "銘板で確認") in told
    assert ("retired_on", "2025-02-14", late.reason) in told
    counts = queries.unknown_counts(register)
    assert counts["total"] == counts["without_price"]


def test_a_move_says_so_on_both_ends_and_why(register: Session, terminal: Actor) -> None:
    device = make_device(register)
    here, there = make_position(register), make_position(register)
    make_installation(register, here, device, starts_on=SPRING)
    move = Relocation(
        to_position_id=there.id,
        moved_on=date(2025, 2, 20),
        work_ref="移設工事",
        reason="予備として使う",
    )
    life_events.move_device(register, device.id, move, by=terminal)
    removal = Removal(removed_on=date(2025, 3, 1), retired_reason=None, reason="倉庫へ")
    life_events.remove_device(register, there.id, removal, by=terminal)
    rows = [
        row
        for row in queries.stays_of(register, date(2024, 4, 1), date(2025, 4, 1))
        if row["device_id"] == device.id
    ]
    told = {
        (row["what"], row["position_id"]): (stay_kind(row), row["work_ref"], row["reason"])
        for row in rows
    }
    assert told == {
        ("ended", here.id): ("移設", "移設工事", "予備として使う"),
        ("began", there.id): ("移設", "移設工事", "予備として使う"),
        ("ended", there.id): ("", None, "倉庫へ"),
    }
