"""A private PostgreSQL cluster: made once, started, reused and stopped, never deleted.

It listens on a Unix socket in a folder that only its own user may enter, and on no network. A
marker is written last, so that a cluster whose making was interrupted is known for what it is.
"""

import json
import shutil
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from app import cluster_folders, cluster_roles, postgres_binaries, system_account
from app.cluster_folders import ClusterFolders
from app.language import SetupFailed
from app.postgres_binaries import PostgresBinaries
from app.system_account import Completed, SystemAccount
from service.core import clock

MIB = 1024 * 1024
_MARKER = "gesuibo-cluster.json"
_START_TIMEOUT_S = 60

_SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "'256MB'",
    "random_page_cost": "1.1",
    "log_timezone": "'UTC'",
    "timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] %u@%d '",
}
_THROW_AWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "'256MB'",
}


@dataclass(frozen=True)
class DiskNeeds:
    """Free space below which it is better not to begin than to stop half-way."""

    make_bytes: int = 1024 * MIB
    start_bytes: int = 200 * MIB


@dataclass
class LocalCluster:
    """`home` is the state folder; `durable=False` is for tests, whose data nobody misses."""

    home: Path
    durable: bool = True
    disk: DiskNeeds = field(default_factory=DiskNeeds)
    account: SystemAccount = field(default_factory=system_account.for_database)
    notices: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def folders(self) -> ClusterFolders:
        self.home.mkdir(parents=True, exist_ok=True)
        return cluster_folders.settle(self.home, self.account)

    @property
    def is_made(self) -> bool:
        return self._marker.exists()

    @property
    def major(self) -> int | None:
        """Major version that the files were written by; None before there are any."""
        try:
            return int((self.folders.data / "PG_VERSION").read_text())
        except (FileNotFoundError, ValueError):
            return None

    @cached_property
    def binaries(self) -> PostgresBinaries:
        return postgres_binaries.require(self.major)

    def url(self, role: str, database: str = cluster_roles.DATABASE) -> str:
        socket = quote(str(self.folders.socket), safe="/")
        return f"postgresql+psycopg://{role}@/{database}?host={socket}"

    def start(self) -> bool:
        """Makes what is missing; False when the server was running already."""
        self._set_aside_when_half_made()
        is_new = not self.is_made
        if not is_new and self.is_running():
            return False
        self._require_space(self.disk.make_bytes if is_new else self.disk.start_bytes)
        if is_new:
            self._initialise()
        self._launch()
        if is_new and self.durable:
            cluster_roles.prepare(str(self.folders.socket))
        if is_new:
            self._write_marker()
        return True

    def stop(self) -> bool:
        """False when it was not running. Sessions are ended, committed data is flushed."""
        if not self.is_running():
            return False
        done = self._pg_ctl("stop", "-m", "fast", "-w", "-t", str(_START_TIMEOUT_S))
        if done.returncode:
            raise SetupFailed(
                f"データベースを停止できませんでした。{self.folders.log} を確かめてください。",
                f"Could not stop the database; see {self.folders.log}.",
                code="postgres-stop",
            )
        return True

    def is_running(self) -> bool:
        pid = self.pid()
        return pid is not None and self._is_our_postmaster(pid)

    def pid(self) -> int | None:
        try:
            return int((self.folders.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    @property
    def _marker(self) -> Path:
        return self.folders.data / _MARKER

    def _is_our_postmaster(self, pid: int) -> bool:
        """A postmaster's working folder is its data folder; a recycled pid has another."""
        try:
            return Path(f"/proc/{pid}/cwd").resolve() == self.folders.data.resolve()
        except OSError:
            return False

    def _set_aside_when_half_made(self) -> None:
        data = self.folders.data
        if self.is_made or not any(data.iterdir()):
            return
        self.stop()
        aside = data.with_name(f"{data.name}.half-made-{clock.now():%Y%m%d-%H%M%S-%f}")
        data.rename(aside)
        del self.folders
        self.notices.append(
            (
                f"作りかけのデータベースがあったので {aside} に移し、作り直します。",
                f"A half-made database was moved to {aside}; making a new one.",
            )
        )

    def _require_space(self, needed_bytes: int) -> None:
        free_bytes = shutil.disk_usage(self.folders.data).free
        if free_bytes >= needed_bytes:
            return
        free_mib, needed_mib = free_bytes // MIB, -(-needed_bytes // MIB)
        raise SetupFailed(
            f"ディスクの空きが足りません({self.folders.data}: "
            f"空き {free_mib} MiB、必要 {needed_mib} MiB)。"
            "不要なファイルを片付けるか、GESUIBO_STATE_DIR に別の場所を指定してください。"
            "データには手を付けていません。",
            f"Not enough disk space ({self.folders.data}: "
            f"{free_mib} MiB free, {needed_mib} MiB needed)."
            " Remove what is not needed, or set GESUIBO_STATE_DIR to another place. No data was"
            " touched.",
            code="disk-full",
        )

    def _initialise(self) -> None:
        """Trust is safe here: only the account itself (and root) can enter the socket's folder."""
        done = self.account.run(
            [
                self.binaries["initdb"],
                f"--pgdata={self.folders.data}",
                f"--username={cluster_roles.SUPERUSER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                *([] if self.durable else ["--no-sync"]),
            ],
            cwd=self.folders.data.parent,
        )
        if done.returncode:
            raise self._failed("initdb", done.stderr)
        settings = _SETTINGS if self.durable else _SETTINGS | _THROW_AWAY_SETTINGS
        settings = settings | {"unix_socket_directories": f"'{self._quoted_socket}'"}
        lines = [f"{name} = {value}\n" for name, value in settings.items()]
        with (self.folders.data / "postgresql.conf").open("a") as config:
            config.writelines(["\n# Gesuibo\n", *lines])

    @property
    def _quoted_socket(self) -> str:
        return str(self.folders.socket).replace("'", "''")

    def _launch(self) -> None:
        self._remove_stale_lock()
        for attempt in range(3):
            done = self._pg_ctl(
                "start",
                "-w",
                *("-t", str(_START_TIMEOUT_S)),
                *("-l", str(self.folders.log)),
                # The checkout may have moved since the cluster was made.
                *("-o", f"-c unix_socket_directories='{self._quoted_socket}'"),
            )
            if done.returncode == 0:
                return
            time.sleep(1 + attempt)  # children of a killed postmaster leave within seconds
        raise self._failed("pg_ctl start", self._log_tail() or done.stderr)

    def _remove_stale_lock(self) -> None:
        """A pid that now belongs to another program would keep PostgreSQL from starting."""
        pid = self.pid()
        if pid is None or self._is_our_postmaster(pid):
            return
        (self.folders.data / "postmaster.pid").unlink()
        (self.folders.socket / f"{cluster_folders.SOCKET_FILE}.lock").unlink(missing_ok=True)
        self.notices.append(
            (
                "前回は正しく終了していなかったため、残っていた postmaster.pid を片付けました。",
                "The database had not been shut down; its stale postmaster.pid was removed.",
            )
        )

    def _pg_ctl(self, *words: str) -> Completed:
        command = [self.binaries["pg_ctl"], "-D", str(self.folders.data), *words]
        return self.account.run(command, cwd=self.folders.data.parent)

    def _log_tail(self) -> str:
        return "\n".join(self.folders.log.read_text(errors="replace").splitlines()[-5:])

    def _failed(self, step: str, detail: str) -> SetupFailed:
        return SetupFailed(
            f"データベースの準備に失敗しました({step})。"
            f"{self.folders.log} を確かめてください。\n{detail}",
            f"Preparing the database failed ({step}); see {self.folders.log}.",
            code="postgres-start",
        )

    def _write_marker(self) -> None:
        made = {"major": self.binaries.major, "made_at": clock.now().isoformat()}
        partial = self._marker.with_suffix(".partial")
        partial.write_text(json.dumps(made))
        partial.replace(self._marker)
        self.account.own(self._marker)
