"""Inspections give the position its health; part replacements leave ages alone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from service.accounts.actor import Actor
from service.core.clock import today
from service.core.errors import Stale
from service.core.partial_date import Precision
from service.maintenance import queries, service
from service.maintenance.domain import (
    CaseUnknown,
    CompanyUnknown,
    DayAhead,
    DueBeforeInspected,
    InspectionKind,
    InspectionRepeated,
    ReplacementRepeated,
)
from service.maintenance.queries import Chosen
from service.maintenance.schemas import (
    InspectionCorrection,
    InspectionCreate,
    InspectionItem,
    PartReplacementCorrection,
    PartReplacementCreate,
)
from service.registry.models import Device, Position
from service.registry.schemas.changes import PartialDateWrite
from tests.factories import make_company, make_device, make_facility, make_installation
from tests.factories import make_position as position_of


def on(day: date) -> PartialDateWrite:
    return PartialDateWrite(start=day, end=day, precision=Precision.DAY)


@pytest.fixture
def position(session: Session) -> Position:
    return position_of(session)


def inspect(session: Session, position: Position, day: date, by: Actor, **facts: object):
    new = InspectionCreate(
        position_id=position.id, kind=InspectionKind.PERIODIC, inspected=on(day), **facts
    )
    return service.record_inspection(session, new, by=by)


def test_the_newest_judgement_is_the_positions_health(session, position, terminal):
    inspect(session, position, date(2024, 5, 1), terminal, health=3)
    inspect(session, position, date(2022, 5, 1), terminal, health=5)
    inspect(session, position, date(2025, 5, 1), terminal)
    session.refresh(position)
    assert (position.health, position.health_judged_on) == (3, date(2024, 5, 1))
    records = service.records_of(session, Chosen(position=position.id), limit=10)
    assert [row["health"] for row in records.judgements] == [3, 5]


def test_an_old_judgement_does_not_outdo_what_the_ledger_says(session, terminal):
    position = position_of(session, health=4, health_judged_on=date(2024, 1, 1))
    inspect(session, position, date(2023, 1, 1), terminal, health=2)
    session.refresh(position)
    assert (position.health, position.health_judged_on) == (4, date(2024, 1, 1))


def test_a_corrected_judgement_goes_back_to_the_one_before(session, position, terminal):
    inspect(session, position, date(2022, 5, 1), terminal, health=5)
    wrong = inspect(session, position, date(2024, 5, 1), terminal, health=1)
    change = InspectionCorrection(reason="別の号機の記録だった", health=None)
    service.correct_inspection(session, wrong.id, change, wrong.version, by=terminal)
    session.refresh(position)
    assert (position.health, position.health_judged_on) == (5, date(2022, 5, 1))
    with pytest.raises(Stale):
        service.correct_inspection(session, wrong.id, change, 1, by=terminal)
    trail = session.execute(
        text(
            "select reason from audit_entry where action = 'update'"
            " and target_type = 'inspection' order by id desc limit 1"
        )
    )
    assert trail.scalar_one() == "別の号機の記録だった"


def test_the_device_is_the_one_that_stood_there_on_the_day(session, terminal):
    position = position_of(session)
    old, new = make_device(session), make_device(session)
    change_day = date(2025, 2, 14)
    make_installation(session, position, old, starts_on=date(2000, 1, 1), ends_on=change_day)
    make_installation(session, position, new, starts_on=change_day)
    before = inspect(session, position, change_day - timedelta(days=1), terminal)
    after = inspect(session, position, change_day, terminal)
    assert (before.device_id, after.device_id) == (old.id, new.id)
    moved = InspectionCorrection(reason="日付の誤り", inspected=on(date(2025, 3, 1)))
    assert service.correct_inspection(session, before.id, moved, None, by=terminal).device_id == (
        new.id
    )


def test_what_cannot_be_is_refused(session, position, terminal):
    with pytest.raises(DayAhead):
        inspect(session, position, today() + timedelta(days=1), terminal)
    with pytest.raises(DueBeforeInspected):
        inspect(session, position, today(), terminal, next_due_on=today())
    with pytest.raises(CompanyUnknown):
        inspect(session, position, today(), terminal, company_code="NONE")
    inspect(session, position, today(), terminal)
    with pytest.raises(InspectionRepeated):
        inspect(session, position, today(), terminal)
    assert inspect(session, position, today(), terminal, seq=2).seq == 2


def test_items_are_kept_as_a_file_would_bring_them(session, position, terminal):
    item = InspectionItem(item="電流", value=12.0, unit="A", judgement="good")
    row = inspect(session, position, today(), terminal, items=[item])
    assert row.items == [{"item": "電流", "value": 12.0, "unit": "A", "judgement": "good"}]


def test_a_changed_part_leaves_the_age_alone(session, position, terminal):
    device = make_device(
        session,
        installed_from=date(2001, 4, 1),
        installed_to=date(2001, 4, 1),
        installed_precision="day",
    )
    make_installation(session, position, device, starts_on=date(2001, 4, 1))
    company = make_company(session)
    new = PartReplacementCreate(
        position_id=position.id,
        part_name="メカニカルシール",
        replaced=on(date(2024, 7, 1)),
        company_code=company.company_code,
        cost_yen=48_400,
        cause="漏れ",
    )
    row = service.record_replacement(session, new, by=terminal)
    assert row.device_id == device.id
    assert session.get(Device, device.id).installed_from == date(2001, 4, 1)
    with pytest.raises(ReplacementRepeated):
        service.record_replacement(session, new, by=terminal)
    with pytest.raises(CaseUnknown):
        service.record_replacement(
            session, new.model_copy(update={"seq": 2, "case_no": "R6-X-1"}), by=terminal
        )
    change = PartReplacementCorrection(reason="金額の誤り", cost_yen=50_000)
    assert service.correct_replacement(session, row.id, change, 1, by=terminal).cost_yen == 50_000


def test_the_last_inspection_of_a_kind_says_what_is_due(session, terminal):
    facility = make_facility(session)
    position = position_of(session, facility)
    stopped = position_of(session, facility, status="abolished")
    inspect(session, position, date(2024, 4, 1), terminal, next_due_on=date(2024, 10, 1))
    inspect(session, position, date(2024, 9, 1), terminal, next_due_on=date(2025, 3, 1))
    inspect(session, stopped, date(2024, 9, 1), terminal, next_due_on=date(2025, 3, 1))
    ask = {"facility": facility.facility_code, "today": date(2025, 4, 1), "limit": 10}
    (row,) = queries.due(session, until=date(2025, 4, 1), **ask)
    assert (row["position_id"], row["next_due_on"], row["overdue_days"]) == (
        position.id,
        date(2025, 3, 1),
        31,
    )
    assert queries.due(session, until=date(2025, 2, 1), **ask) == []
