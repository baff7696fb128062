"""The port that browsers use: is it free, and if not, whose is it."""

import contextlib
import socket
from pathlib import Path

from app.language import SetupFailed

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LISTEN = "0A"
_TRIES = 100


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose(host: str, wanted: int, *, is_explicit: bool) -> int:
    """The wanted port; the next free one when nobody insisted on it."""
    if is_free(host, wanted):
        return wanted
    if not is_explicit:
        for port in range(wanted + 1, wanted + _TRIES):
            if is_free(host, port):
                return port
    user = holder(wanted)
    raise SetupFailed(
        f"ポート {wanted} は使用中です({user})。そのプログラムを止めるか、"
        f"「./gesuibo up --port {wanted + 1}」のように別のポートを指定してください。",
        f"Port {wanted} is in use ({user}). Stop that program, or choose another port: "
        f'"./gesuibo up --port {wanted + 1}".',
        code="port-busy",
    )


def holder(port: int) -> str:
    """Name and pid of the program, as far as this user may know."""
    if not (inodes := _listening_inodes(port)):
        return "?"
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").glob("[0-9]*"):
        if wanted & _open_files(process):
            return f"{(process / 'comm').read_text().strip()}, pid {process.name}"
    return "another user's program"


def _open_files(process: Path) -> set[str]:
    """What may be seen of it; processes and files come and go while this looks."""
    found = set()
    with contextlib.suppress(OSError):
        for link in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(link.readlink()))
    return found


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in _TABLES:
        try:
            rows = [line.split() for line in table.read_text().splitlines()[1:]]
        except OSError:
            continue
        inodes |= {
            row[9]
            for row in rows
            if row[3] == _LISTEN and int(row[1].rpartition(":")[2], 16) == port
        }
    return inodes
