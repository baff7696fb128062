"""The unprivileged user under which the private database runs: PostgreSQL refuses root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.language import SetupFailed

Completed = subprocess.CompletedProcess[str]

_PREFERRED = ("gesuibo", "postgres")


@dataclass(frozen=True)
class SystemAccount:
    name: str
    uid: int
    gid: int

    def run(
        self, command: Sequence[str], *, cwd: Path | None = None, env: dict[str, str] | None = None
    ) -> Completed:
        """Runs as this user; the output is for the caller to judge and to show."""
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
        switch = {} if self.uid == os.geteuid() else self._switch()
        done: Completed = subprocess.run(  # noqa: S603  # programs and arguments are made by this package
            list(command),
            cwd=cwd or "/",
            env=environment | (env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **switch,  # type: ignore[call-overload]  # a dict cannot be matched with the overloads
        )
        return done

    def _switch(self) -> dict[str, object]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if path.stat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid)

    def can_write(self, folder: Path) -> bool:
        """Asks the kernel as that user, so that every folder above counts too."""
        return self.run(["test", "-w", str(folder), "-a", "-x", str(folder)]).returncode == 0

    def can_reach(self, folder: Path) -> bool:
        return self.run(["test", "-x", str(folder)]).returncode == 0


def _from(entry: pwd.struct_passwd) -> SystemAccount:
    return SystemAccount(entry.pw_name, entry.pw_uid, entry.pw_gid)


def for_database() -> SystemAccount:
    """Ourselves, or for root an existing service user, made when there is none."""
    if os.geteuid() != 0:
        return _from(pwd.getpwuid(os.geteuid()))
    for name in _PREFERRED:
        try:
            return _from(pwd.getpwnam(name))
        except KeyError:
            continue
    return _create()


def _create() -> SystemAccount:
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [useradd, "--system", "--user-group", "--no-create-home", "gesuibo"]
    try:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        return _from(pwd.getpwnam("gesuibo"))
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise SetupFailed(
            "データベース用の利用者 gesuibo を作れませんでした。"
            "「useradd --system gesuibo」を実行するか、"
            "root 以外の利用者で ./gesuibo を実行してください。",
            'Could not create the user gesuibo for the database. Run "useradd --system gesuibo",'
            " or run ./gesuibo as a user other than root.",
            code="no-system-account",
        ) from error
