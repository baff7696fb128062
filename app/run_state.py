"""What `up` left running: processes known by pid and start time, so that a recycled pid is not."""

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from app.places import Places

_START_TIME_FIELD = 19  # of /proc/PID/stat, counted after the program's name


@dataclass(frozen=True)
class ProcessMark:
    pid: int
    started: int

    @property
    def is_alive(self) -> bool:
        return start_time(self.pid) == self.started

    def end(self, *, patience_s: float = 15) -> None:
        """Asks, waits, then kills."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self.is_alive:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            deadline = time.monotonic() + patience_s
            while self.is_alive and time.monotonic() < deadline:
                time.sleep(0.05)


@dataclass(frozen=True)
class RunState:
    supervisor: ProcessMark
    children: dict[str, ProcessMark]
    url: str
    port: int

    def save(self, places: Places) -> None:
        partial = places.run_file.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(self), indent=2))
        partial.replace(places.run_file)


def start_time(pid: int) -> int | None:
    """None when there is no such process, or only its unread exit status."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[_START_TIME_FIELD])


def mark(pid: int) -> ProcessMark:
    return ProcessMark(pid, start_time(pid) or 0)


def recorded(places: Places) -> RunState | None:
    try:
        read = json.loads(places.run_file.read_text())
        children = {name: ProcessMark(**one) for name, one in read.pop("children").items()}
        return RunState(ProcessMark(**read.pop("supervisor")), children, **read)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None  # absent, or cut short by a full disk: then nothing is known to run


def running(places: Places) -> RunState | None:
    state = recorded(places)
    return state if state and state.supervisor.is_alive else None


def clear(places: Places) -> bool:
    """Ends what a killed supervisor left behind; True when there was anything."""
    state = recorded(places)
    if state is None:
        return False
    leftovers = [one for one in (state.supervisor, *state.children.values()) if one.is_alive]
    for process in leftovers:
        process.end()
    places.run_file.unlink(missing_ok=True)
    return bool(leftovers)


@contextlib.contextmanager
def exclusive(places: Places) -> Iterator[None]:
    """Two `up` at once: the second waits until the first has started."""
    with places.lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
