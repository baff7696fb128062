"""Runs the web server and the worker, restarts what dies, and stops both together."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from app import run_state
from app.places import ROOT, Places
from app.run_state import RunState, mark

POLL_S = 0.1
GRACE_S = 3
_LONGEST_PAUSE_S = 30.0
_OTHERS_WAIT_S = 10.0
_STEADY_S = 60.0
_LOG_LIMIT_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Program:
    name: str
    command: Sequence[str]


def web(host: str, port: int) -> Program:
    options = ["--host", host, "--port", str(port), "--timeout-graceful-shutdown", str(GRACE_S)]
    command = [sys.executable, "-P", "-m", "uvicorn", "app.asgi:create_app", "--factory", *options]
    return Program("web", command)


def worker() -> Program:
    return Program("worker", [sys.executable, "-P", "-m", "app.worker"])


def child_environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def open_log(path: Path) -> int:
    """Appends; an overgrown file makes room, keeping one predecessor."""
    if path.exists() and path.stat().st_size > _LOG_LIMIT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)


@dataclass
class _Child:
    program: Program
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0
    next_start_s: float = 0
    pause_s: float = field(default=0.5)

    def start(self) -> None:
        output = open_log(self.log)
        try:
            self.process = subprocess.Popen(  # noqa: S603  # our own programs
                self.program.command,
                cwd=ROOT,
                env=child_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone
            )
        finally:
            os.close(output)
        self.started_s = time.monotonic()

    def tend(self) -> bool:
        """Starts it when it is due; True when a process was started."""
        now_s = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return False
            self._plan_restart(now_s)
        if now_s < self.next_start_s:
            return False
        self.start()
        return True

    def _plan_restart(self, now_s: float) -> None:
        """Waits longer after every quick death, not after one that followed a long life."""
        is_steady = now_s - self.started_s > _STEADY_S
        self.pause_s = 0.5 if is_steady else min(self.pause_s * 2, _LONGEST_PAUSE_S)
        self.next_start_s = now_s + self.pause_s
        self.process = None

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(timeout=GRACE_S + 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    def __init__(self, places: Places, programs: Sequence[Program], *, url: str, port: int) -> None:
        self.places = places
        self.children = [_Child(one, places.log / f"{one.name}.log") for one in programs]
        self.url = url
        self.port = port
        self.stopping = Event()

    def start(self) -> None:
        """Starts the first program and records it, so that `down` and the next `up` find it.

        The others wait until it is ready, so that they do not slow its start.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        first, *others = self.children
        first.start()
        for child in others:
            child.next_start_s = time.monotonic() + _OTHERS_WAIT_S
        self._record()

    def run(self, on_ready: Callable[[], None]) -> None:
        """Returns after a stop was asked for and every program has ended."""
        is_announced = False
        try:
            while not self.stopping.wait(POLL_S):
                if sum(child.tend() for child in self.children):
                    self._record()
                if not is_announced and is_ready(self.url):
                    is_announced = True
                    on_ready()
                    self._start_the_waiting()
        finally:
            for child in self.children:
                child.stop()
            for child in self.children:
                child.wait()
            self.places.run_file.unlink(missing_ok=True)

    def _start_the_waiting(self) -> None:
        for child in self.children:
            if child.process is None:
                child.next_start_s = 0

    def _record(self) -> None:
        children = {
            child.program.name: mark(child.process.pid) for child in self.children if child.process
        }
        RunState(mark(os.getpid()), children, self.url, self.port).save(self.places)


def address(host: str, port: int) -> str:
    """What to open on this machine; a server that listens everywhere answers locally too."""
    name = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104  # read, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def is_ready(url: str, timeout_s: float = 2) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_ready(places: Places, url: str, timeout_s: float) -> bool:
    """False when the time is over, or when nothing runs any more that could become ready."""
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        if is_ready(url):
            return True
        if run_state.recorded(places) and run_state.running(places) is None:
            return False
        time.sleep(POLL_S)
    return False
