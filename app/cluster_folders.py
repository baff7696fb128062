"""Where a private cluster may live: reachable by its user, with a socket path that fits."""

import hashlib
import json
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.language import SetupFailed
from app.system_account import SystemAccount

SOCKET_FILE = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 107  # bytes of sun_path on Linux, without the closing NUL
_SYSTEM_STATE = Path("/var/lib")


@dataclass(frozen=True)
class ClusterFolders:
    data: Path
    socket: Path
    log: Path


def settle(
    home: Path, account: SystemAccount, *, name: str = "pgdata", elsewhere: Path = _SYSTEM_STATE
) -> ClusterFolders:
    """Uses what was recorded before; otherwise chooses, makes and records the folders."""
    record = home / f"{name}.location.json"
    if record.exists():
        data = Path(json.loads(record.read_text())["data"])
    elif account.can_reach(home):
        data = home / name
    else:
        data = elsewhere / "gesuibo" / _short_hash(home) / name
        record.write_text(json.dumps({"data": str(data), "user": account.name}))
    _make_owned(data, account)
    socket = _socket_folder(data, account)
    log = data.parent / f"{name}.log"
    log.touch(mode=0o600)
    account.own(log)
    return ClusterFolders(data, socket, log)


def _short_hash(path: Path) -> str:
    return hashlib.sha256(bytes(path)).hexdigest()[:10]


def _make_owned(folder: Path, account: SystemAccount) -> None:
    if not folder.parent.exists():
        folder.parent.mkdir(parents=True, mode=0o711)
    folder.mkdir(mode=0o700, exist_ok=True)
    account.own(folder)


def _socket_folder(data: Path, account: SystemAccount) -> Path:
    beside = data.with_name(f"{data.name}.socket")
    if len(bytes(beside / SOCKET_FILE)) <= _LONGEST_SOCKET_PATH:
        _make_owned(beside, account)
        return beside
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    has_runtime = runtime and account.uid == os.geteuid() and Path(runtime).is_dir()
    base = Path(runtime) if runtime and has_runtime else Path(tempfile.gettempdir())
    short = base / f"gesuibo-{account.uid}-{_short_hash(data)}"
    if not short.exists():
        _make_owned(short, account)
    _refuse_foreign(short, account)
    return short


def _refuse_foreign(folder: Path, account: SystemAccount) -> None:
    """A folder in /tmp may have been laid there by somebody else."""
    seen = folder.lstat()
    is_private = stat.S_ISDIR(seen.st_mode) and stat.S_IMODE(seen.st_mode) == stat.S_IRWXU
    if is_private and seen.st_uid == account.uid:
        return
    raise SetupFailed(
        f"{folder} は利用者 {account.name} だけが使えるフォルダーではありません。"
        "確かめて取り除いてから、もう一度お試しください。",
        f"{folder} is not a folder that only the user {account.name} can use. Look at it, "
        "remove it, and try again.",
        code="socket-folder",
    )
