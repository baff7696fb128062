"""Packages of the operating system, installed only with the rights to do so."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_CLUSTER_CONFIG = Path("/etc/postgresql-common/createcluster.d/gesuibo.conf")
_QUIET = "DEBIAN_FRONTEND=noninteractive"


def administrator_prefix() -> list[str] | None:
    """What to put before a command to run it as root, or None when that is impossible."""
    if os.geteuid() == 0:
        return ["env"]
    if shutil.which("sudo") is None:
        return None
    without_password = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)  # noqa: S607
    if without_password.returncode == 0 or sys.stdin.isatty():
        return ["sudo", "env"]
    return None


def can_install() -> bool:
    return shutil.which("apt-get") is not None and administrator_prefix() is not None


def install(packages: Sequence[str]) -> bool:
    """True when apt has installed every package; its own messages go to standard error."""
    prefix = administrator_prefix()
    if prefix is None or shutil.which("apt-get") is None:
        return False
    options = ["-y", "-qq", "--no-install-recommends"]
    for words in (["update", "-qq"], ["install", *options, *packages]):
        done = subprocess.run(  # noqa: S603  # package names come from this project
            [*prefix, _QUIET, "apt-get", *words], stdout=sys.stderr, check=False
        )
        if done.returncode:
            return False
    return True


def refresh_index() -> None:
    if prefix := administrator_prefix():
        subprocess.run([*prefix, "apt-get", "update", "-qq"], stdout=sys.stderr, check=False)  # noqa: S603


def postgis_majors() -> list[int]:
    """Major versions of PostgreSQL for which apt offers PostGIS, newest first."""
    if shutil.which("apt-cache") is None:
        return []
    pattern = "^postgresql-[0-9]+-postgis-3$"
    found = subprocess.run(  # noqa: S603
        ["apt-cache", "search", "--names-only", pattern],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    majors = re.findall(r"^postgresql-(\d+)-postgis-3\b", found.stdout, re.MULTILINE)
    return sorted({int(major) for major in majors}, reverse=True)


def install_postgis(major: int | None) -> bool:
    """Installs PostgreSQL with PostGIS without starting Debian's own cluster beside ours."""
    if not can_install():
        return False
    if not (majors := postgis_majors()):
        refresh_index()
        majors = postgis_majors()
    wanted = major or next(iter(majors), None)
    if wanted is None or wanted not in majors:
        return False
    is_new = not Path("/etc/postgresql-common").exists()
    if is_new:
        _write_as_root(_CLUSTER_CONFIG, "create_main_cluster = false\n")
    try:
        return install([f"postgresql-{wanted}-postgis-3", "ca-certificates"])
    finally:
        if is_new:
            _as_root(["rm", "-f", str(_CLUSTER_CONFIG)])


def _as_root(command: Sequence[str], stdin: str | None = None) -> None:
    prefix = administrator_prefix() or []
    subprocess.run(  # noqa: S603
        [*prefix, *command], input=stdin, text=True, stdout=subprocess.DEVNULL, check=True
    )


def _write_as_root(path: Path, content: str) -> None:
    _as_root(["mkdir", "-p", str(path.parent)])
    _as_root(["tee", str(path)], stdin=content)
