"""Brings the database's schema to this release, and says where it stands."""

from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from app.places import ROOT
from service.core.settings import get_settings


@dataclass(frozen=True)
class SchemaState:
    current: str | None
    newest: str

    @property
    def is_current(self) -> bool:
        return self.current == self.newest


def _config() -> Config:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "service" / "migrations"))
    return config


def state() -> SchemaState:
    engine = create_engine(get_settings().migration_url)
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return SchemaState(current, ScriptDirectory.from_config(_config()).get_current_head() or "")


def upgrade() -> bool:
    """False when there was nothing to do; every step is one transaction."""
    if state().is_current:
        return False
    command.upgrade(_config(), "head")
    return True
