"""The register of a past day: what stood where, and what its records said."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session, SQLModel

from service.accounts.actor import Actor
from service.accounts.domain import Role
from service.core.clock import JST, now, today
from service.core.errors import Forbidden
from service.migrations.tables import load_tables
from service.registry.past import DayInFuture, on_day, past_of
from service.registry.queries import positions
from tests.factories import make_device, make_installation, make_position

SPRING = date(2020, 4, 1)
LATER = date(2025, 2, 14)
TABLES = (
    "facility",
    "location",
    "equipment_class",
    "device_model",
    "position",
    "device",
    "installation",
)


def test_the_device_and_its_age_are_of_that_day(session: Session, terminal: Actor) -> None:
    position, old, new = make_position(session), make_device(session), make_device(session)
    make_installation(session, position, old, starts_on=SPRING, ends_on=LATER)
    make_installation(session, position, new, starts_on=LATER)
    with on_day(session, LATER - timedelta(1), by=terminal):
        assert positions.card(session, position.id)["device"]["asset_code"] == old.asset_code
    with on_day(session, LATER, by=terminal):
        assert positions.card(session, position.id)["device"]["asset_code"] == new.asset_code
    with on_day(session, SPRING - timedelta(1), by=terminal):
        assert positions.card(session, position.id) is None, "it was not there yet"
    assert positions.card(session, position.id)["device"]["asset_code"] == new.asset_code


def _changed(session: Session, sql: str, moment: datetime, **params: object) -> None:
    """A change as if it had been made at ``moment``."""
    before = session.execute(text("select coalesce(max(id), 0) from registry_history")).scalar_one()
    session.execute(text(sql), params)
    session.execute(text("set local role none"))
    session.execute(
        text("update registry_history set superseded_at = :m where id > :b"),
        {"m": moment, "b": before},
    )
    session.execute(text("set local role gesuibo_app"))


def test_records_say_what_they_said_then(session: Session, terminal: Actor) -> None:
    position = make_position(session, name="いまの名称")
    make_installation(session, position, starts_on=SPRING)
    moment = datetime(2024, 6, 1, 12, tzinfo=JST)
    rename = "update position set name = :name where id = :id"
    _changed(session, rename, moment, name="次の名称", id=position.id)
    session.expire_all()
    told = {}
    for day in (date(2024, 5, 31), date(2024, 6, 1), None):
        with on_day(session, day, by=terminal):
            told[day] = positions.card(session, position.id)["name"]
    assert list(told.values()) == ["いまの名称", "次の名称", "次の名称"]


def test_what_was_learned_later_does_not_count(session: Session, terminal: Actor) -> None:
    position = make_position(session)
    make_installation(session, position, starts_on=SPRING)
    before = now() - timedelta(hours=1)
    with past_of(session, today() - timedelta(1), by=terminal, known_at=before):
        assert positions.card(session, position.id) is None


def test_nobody_knows_tomorrow_and_contractors_see_the_present(
    session: Session, terminal: Actor
) -> None:
    contractor = Actor(id=None, name="x", role=Role.CONTRACTOR, company_id=uuid4())
    with pytest.raises(DayInFuture), on_day(session, today() + timedelta(1), by=terminal):
        pass
    with pytest.raises(Forbidden), on_day(session, SPRING, by=contractor):
        pass


@pytest.mark.parametrize("table", TABLES)
def test_the_views_of_the_past_have_the_columns_of_the_present(
    session: Session, table: str
) -> None:
    load_tables()
    columns = [column.name for column in SQLModel.metadata.tables[table].columns]
    seen = session.execute(text(f"select * from as_of.{table} limit 0")).keys()
    assert set(seen) == set(columns)
