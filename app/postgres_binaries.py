"""Finds the server programs of a PostgreSQL that has PostGIS."""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app import debian
from app.language import SetupFailed

OLDEST_MAJOR = 14
_INSTALL_ROOTS = (
    Path("/usr/lib/postgresql"),  # Debian, Ubuntu
    Path("/usr/pgsql"),  # PGDG on Red Hat keeps /usr/pgsql-16
    Path("/opt/homebrew/opt"),
    Path("/usr/local"),
)


@dataclass(frozen=True)
class PostgresBinaries:
    folder: Path
    major: int

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)

    @property
    def has_postgis(self) -> bool:
        config = self.folder / "pg_config"
        command = [str(config), "--sharedir"]
        if not config.exists():
            return (Path(f"/usr/share/postgresql/{self.major}/extension/postgis.control")).exists()
        found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        return (Path(found.stdout.strip()) / "extension" / "postgis.control").exists()


def _folders() -> Iterable[Path]:
    for root in _INSTALL_ROOTS:
        yield from root.parent.glob(f"{root.name}*/bin")
        yield from root.glob("*/bin")


def installed() -> list[PostgresBinaries]:
    """Every server of a supported version on this machine, newest first."""
    found = {}
    for folder in _folders():
        server = folder / "postgres"
        if (folder / "initdb").exists() and server.exists():
            command = [str(server), "--version"]
            shown = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
            if version := re.search(r"(\d+)", shown.stdout):
                found[folder] = PostgresBinaries(folder, int(version[1]))
    supported = [one for one in found.values() if one.major >= OLDEST_MAJOR]
    return sorted(supported, key=lambda one: one.major, reverse=True)


def find(major: int | None = None) -> PostgresBinaries | None:
    for one in installed():
        if (major is None or one.major == major) and one.has_postgis:
            return one
    return None


def require(major: int | None = None) -> PostgresBinaries:
    """The server of that major version (any when None), installed through apt if need be."""
    if found := find(major):
        return found
    if debian.install_postgis(major) and (found := find(major)):
        return found
    raise _missing(major)


def _missing(major: int | None) -> SetupFailed:
    package = f"postgresql-{major}-postgis-3" if major else "postgresql-postgis"
    if major is None:
        return SetupFailed(
            f"PostGIS 付きの PostgreSQL({OLDEST_MAJOR} 以上)がありません。管理者として"
            f"「apt-get install {package}」を実行し、もう一度お試しください。",
            f"PostgreSQL {OLDEST_MAJOR} or newer with PostGIS is missing. As administrator run "
            f'"apt-get install {package}", then try again.',
            code="postgres-missing",
        )
    here = ", ".join(str(one.major) for one in installed()) or "–"
    return SetupFailed(
        f"データベースは PostgreSQL {major} で作られていますが、この機械にはありません"
        f"(あるのは: {here})。データには手を付けていません。"
        f"管理者として「apt-get install {package}」を実行してください。"
        "新しい版へ移すときは、元の版がある環境で ./gesuibo backup を取り、"
        "空の状態フォルダーで ./gesuibo restore を実行します。",
        f"The database was made by PostgreSQL {major}, which this machine lacks (found: {here})."
        f' Nothing was touched. As administrator run "apt-get install {package}".'
        " To move to a newer version, run ./gesuibo backup where the old one is installed and"
        " ./gesuibo restore into an empty state folder.",
        code="postgres-version",
    )
