"""Brings the database's schema to this release, and says where it stands."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.places import ROOT, Places
from service.core.settings import get_settings

_MIGRATIONS = ROOT / "service" / "migrations"


@dataclass(frozen=True)
class SchemaState:
    current: str | None
    newest: str

    @property
    def is_current(self) -> bool:
        return self.current == self.newest


def state() -> SchemaState:
    from alembic.config import Config  # noqa: PLC0415  # alembic costs a second at every start
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(_MIGRATIONS))
    return SchemaState(_current(), ScriptDirectory.from_config(config).get_current_head() or "")


def upgrade(places: Places) -> bool:
    """False when there was nothing to do; every step is one transaction.

    What was reached is noted with a fingerprint of the migrations, so that the next start needs one
    question to the database instead of loading every table.
    """
    note = places.state / "schema.json"
    reached = {"fingerprint": _fingerprint(), "revision": _current()}
    if reached["revision"] and _read(note) == reached:
        return False
    is_changed = not state().is_current
    if is_changed:
        _run_migrations()
    note.write_text(json.dumps(reached | {"revision": _current()}))
    return is_changed


def _run_migrations() -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(_MIGRATIONS))
    command.upgrade(config, "head")


def _current() -> str | None:
    url = get_settings().migration_url.replace("postgresql+psycopg:", "postgresql:", 1)
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute("select version_num from alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    return row[0] if row else None


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted([*_MIGRATIONS.rglob("*.py"), *_MIGRATIONS.rglob("*.sql")]):
        digest.update(bytes(path.relative_to(_MIGRATIONS)) + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _read(note: Path) -> object:
    try:
        return json.loads(note.read_text())
    except (FileNotFoundError, ValueError):
        return None
