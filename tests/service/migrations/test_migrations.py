"""The schema that migrations build is what the tables describe, and it can be taken back."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import CheckConstraint, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from service.core.settings import Settings
from service.migrations.tables import load_tables
from tests.own_database import configuration

ROOT = Path(__file__).parents[3]


def test_tables_and_migrations_agree(settings: Settings) -> None:
    owner = create_engine(settings.migration_url)
    with owner.connect() as connection:
        command.check(configuration(connection))
    owner.dispose()


def test_down_to_nothing_and_up_again(maintenance_url: str) -> None:
    name = f"gesuibo_down_{uuid4().hex[:8]}"
    maintenance = create_engine(maintenance_url, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
    engine = create_engine(make_url(maintenance_url).set(database=name))
    try:
        for step, direction in (("head", "up"), ("base", "down"), ("head", "up")):
            with engine.connect() as connection:
                config = configuration(connection)
                (command.upgrade if direction == "up" else command.downgrade)(config, step)
                connection.commit()
        with engine.connect() as connection:
            tables = connection.execute(
                text("select count(*) from pg_tables where schemaname = 'public'")
            ).scalar_one()
        assert tables > 25
    finally:
        engine.dispose()
        with maintenance.connect() as connection:
            connection.execute(text(f'drop database "{name}" with (force)'))
        maintenance.dispose()


def test_check_constraints_hold_the_words_of_the_enums(engine: Engine) -> None:
    """A changed CHECK is invisible to the drift check, so the catalogue is read itself."""
    load_tables()
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "select conrelid::regclass::text as tab, conname, pg_get_constraintdef(oid) as def"
                " from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace"
            )
        )
        catalogue = {(row.tab.strip('"'), row.conname): row.def_ for row in _named(rows)}
    compared = 0
    for table in SQLModel.metadata.tables.values():
        for constraint in table.constraints:
            if not isinstance(constraint, CheckConstraint):
                continue
            ours = set(re.findall(r"'([^']+)'", str(constraint.sqltext)))
            found = catalogue[(table.name, str(constraint.name))]
            theirs = set(re.findall(r"'([^']+)'(?:::text|::character varying)?", found))
            assert ours <= theirs | {"{}"}, (table.name, constraint.name)
            compared += bool(ours)
    assert compared > 20


class _Row:
    def __init__(self, tab: str, conname: str, definition: str) -> None:
        self.tab, self.conname, self.def_ = tab, conname, definition


def _named(rows: object) -> list[_Row]:
    return [_Row(*row) for row in rows]  # type: ignore[attr-defined]


def test_application_role_owns_nothing_and_bypasses_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        role = connection.execute(
            text("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        ).one()
        owned = connection.execute(
            text("select count(*) from pg_tables where tableowner = current_user")
        ).scalar_one()
    assert (role.rolsuper, role.rolbypassrls, owned) == (False, False, 0)


NOT_PROTECTED = {
    "equipment_class",  # a public master
    "device_model",  # what makers print in catalogues
    "alembic_version",
    "spatial_ref_sys",
}


def test_every_table_has_row_level_security_or_a_reason(engine: Engine) -> None:
    with engine.connect() as connection:
        bare = set(
            connection.execute(
                text(
                    "select relname from pg_class where relkind = 'r' and not relrowsecurity"
                    " and relnamespace = 'public'::regnamespace"
                )
            ).scalars()
        )
    assert bare == NOT_PROTECTED


@pytest.mark.parametrize(
    "table", ["audit_entry", "audit_seal", "response_record", "fault_report", "approval"]
)
def test_records_refuse_change_even_by_their_owner(settings: Settings, table: str) -> None:
    owner = create_engine(settings.migration_url)
    with owner.connect() as connection:
        triggers = connection.execute(
            text(
                "select count(*) from pg_trigger where tgrelid = cast(:table as regclass)"
                " and tgfoid = 'gesuibo.refuse_change'::regproc"
            ),
            {"table": table},
        ).scalar_one()
        assert triggers >= 1
        granted = connection.execute(
            text(
                "select has_table_privilege('gesuibo_app', :table, 'update')"
                " or has_table_privilege('gesuibo_app', :table, 'delete')"
            ),
            {"table": table},
        ).scalar_one()
        assert granted is False
    owner.dispose()


def test_the_owner_cannot_alter_an_audit_entry(settings: Settings) -> None:
    owner = create_engine(settings.migration_url)
    with owner.connect() as connection, connection.begin() as outer:
        connection.execute(
            text(
                "insert into audit_entry (actor_name, via, action, target_type, target_id, digest)"
                " values ('t', 'job', 'create', 'x', '1', '\\x00')"
            )
        )
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text("update audit_entry set actor_name = 'other'"))
        outer.rollback()
    owner.dispose()
