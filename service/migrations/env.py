"""Runs as the owner of the tables, under timeouts, one upgrade at a time."""

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, create_engine, text
from sqlmodel import SQLModel

from service.core.outbox import TransactionNumber
from service.core.settings import get_settings
from service.migrations.audited import drop_views, make_views
from service.migrations.tables import load_tables

load_tables()
ADVISORY_LOCK = 0x6765_7375


def include_object(  # the signature alembic calls
    thing: Any, name: str | None, kind: str, reflected: Any, other: Any
) -> bool:
    if name == "alembic_version":
        return False
    return bool(alembic_helpers.include_object(thing, name, kind, reflected, other))


def _changes_schema() -> bool:
    """An upgrade or downgrade, not a comparison."""
    try:
        context.get_revision_argument()
    except KeyError:
        return False
    return True


def run(connection: Connection) -> None:
    connection.dialect.ischema_names["xid8"] = TransactionNumber  # type: ignore[attr-defined]
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_object=include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_type=True,
        compare_server_default=False,  # the catalogue writes defaults in its own words
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        connection.execute(text("set local lock_timeout = '5s'"))
        connection.execute(text("set local statement_timeout = '10min'"))
        connection.execute(text(f"select pg_advisory_xact_lock({ADVISORY_LOCK})"))
        if _changes_schema():
            drop_views(connection)
        context.run_migrations()
    if _changes_schema():
        make_views(connection)


def main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    url = context.config.get_main_option("sqlalchemy.url") or get_settings().migration_url
    engine = create_engine(url)
    with engine.connect() as connection:
        run(connection)
        connection.commit()
    engine.dispose()


main()
