"""What `doctor` looks at: each check says what it found and how to mend it."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from pydantic import ValidationError

from app import postgres_binaries, private_database, run_state, schema, web_port
from app.language import SetupFailed, either
from app.local_cluster import MIB
from app.places import ROOT, Places
from service.core.settings import Settings

_DISK_WANTED_MIB = 1024


@dataclass(frozen=True)
class Finding:
    """`ok` is None for what is missing but not needed by the service itself."""

    check: str
    ok: bool | None
    found: str
    mend: str = ""


def examine(places: Places) -> Iterator[Finding]:
    yield _python()
    yield _uv()
    yield _postgres()
    yield _disk(places)
    yield _port(places)
    yield _program("chromium", ("chromium", "chromium-browser", "google-chrome"), "chromium")
    yield _fonts()
    settings = _settings()
    yield settings
    if settings.ok:
        yield from _database(places)


def _python() -> Finding:
    return Finding("python", ok=sys.version_info >= (3, 11), found=sys.version.split()[0])


def _uv() -> Finding:
    private = ROOT / ".gesuibo" / "tools" / "uv" / "bin" / "uv"
    path = shutil.which("uv") or (str(private) if private.exists() else None)
    return Finding(
        "uv", ok=True if path else None, found=path or "–", mend="" if path else "./gesuibo up"
    )


def _postgres() -> Finding:
    found = postgres_binaries.find()
    if found is None:
        here = ", ".join(str(one.major) for one in postgres_binaries.installed()) or "–"
        is_needed = private_database.is_private()
        mend = "apt-get install postgresql-postgis"
        return Finding("postgresql+postgis", ok=False if is_needed else None, found=here, mend=mend)
    return Finding("postgresql+postgis", ok=True, found=f"{found.major} ({found.folder})")


def _disk(places: Places) -> Finding:
    folder = places.state if places.state.exists() else places.state.parent
    free_mib = shutil.disk_usage(folder).free // MIB
    is_enough = free_mib >= _DISK_WANTED_MIB
    mend = either("不要なファイルを片付けてください", "remove what is not needed")
    return Finding("disk", ok=is_enough, found=f"{free_mib} MiB", mend="" if is_enough else mend)


def _port(places: Places) -> Finding:
    if state := run_state.running(places):
        return Finding("port", ok=True, found=f"{state.url} (up)")
    port = int(os.environ.get("GESUIBO_PORT", "8000"))
    if web_port.is_free("127.0.0.1", port):
        return Finding("port", ok=True, found=str(port))
    return Finding(
        "port", None, f"{port}: {web_port.holder(port)}", f"./gesuibo up --port {port + 1}"
    )


def _program(check: str, names: tuple[str, ...], package: str) -> Finding:
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path:
        return Finding(check, ok=True, found=path)
    purpose = either("ブラウザーのテストだけに必要", "only for browser tests")
    return Finding(check, ok=None, found=purpose, mend=f"apt-get install {package}")


def _fonts() -> Finding:
    folders = (Path("/usr/share/fonts"), Path.home() / ".local/share/fonts")
    pattern = "*CJK*"
    found = next((file for folder in folders for file in folder.rglob(pattern)), None)
    if found:
        return Finding("fonts", ok=True, found=found.name)
    purpose = either("PDFの日本語に必要", "for Japanese in PDF files")
    return Finding("fonts", ok=None, found=purpose, mend="apt-get install fonts-noto-cjk")


def _settings() -> Finding:
    try:
        settings = Settings()
    except ValidationError as error:
        names = ", ".join(f"GESUIBO_{str(one['loc'][0]).upper()}" for one in error.errors())
        return Finding("settings", ok=False, found=names, mend=".env")
    return Finding("settings", ok=True, found=settings.public_url)


def _database(places: Places) -> Iterator[Finding]:
    try:
        finish = private_database.attach(places)
    except SetupFailed as failure:
        yield Finding(
            "database", ok=False, found=either(failure.ja, failure.en), mend="./gesuibo up"
        )
        return
    try:
        settings = Settings()
        yield _asked("database", lambda: _answers(settings))
        yield _asked("app role", lambda: _app_role(settings))
        yield _asked("schema", _schema)
    finally:
        finish()


def _asked(check: str, ask: Callable[[], Finding]) -> Finding:
    try:
        return ask()
    except psycopg.Error as error:
        return Finding(check, ok=False, found=str(error).strip(), mend="GESUIBO_DATABASE_URL")


def _connect(settings: Settings) -> psycopg.Connection:
    url = settings.database_url.replace("postgresql+psycopg:", "postgresql:", 1)
    return psycopg.connect(url, connect_timeout=5)


def _answers(settings: Settings) -> Finding:
    with _connect(settings) as connection:
        row = connection.execute("select version(), current_database()").fetchone()
    shown = " ".join(str(row[0]).split()[:2]) if row else ""
    return Finding("database", ok=True, found=f"{shown}, {urlsplit(settings.database_url).query}")


def _app_role(settings: Settings) -> Finding:
    """Row-level security binds neither owners nor superusers, so the login must be neither."""
    with _connect(settings) as connection:
        row = connection.execute(
            "select r.rolsuper or r.rolbypassrls, exists (select from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'"
            " and c.relkind in ('r', 'p') and c.relowner = r.oid),"
            " pg_has_role(r.oid, %s, 'member'), r.rolname"
            " from pg_roles r where r.rolname = session_user",
            [settings.app_role],
        ).fetchone()
    assert row is not None  # noqa: S101  # everybody who asks has a role
    is_mighty, owns_tables, is_member, name = row
    mend = f"GESUIBO_DATABASE_URL → {settings.app_role}"
    is_right = is_member and not is_mighty and not owns_tables
    return Finding("app role", ok=is_right, found=name, mend="" if is_right else mend)


def _schema() -> Finding:
    state = schema.state()
    mend = "" if state.is_current else "./gesuibo migrate"
    return Finding(
        "schema", ok=state.is_current, found=f"{state.current} / {state.newest}", mend=mend
    )
