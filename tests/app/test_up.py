"""Two words on a terminal: the real launcher, the real server, in a state folder of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.places import ROOT, Places
from app.processes import is_ready
from app.run_state import RunState, recorded, running

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]


@dataclass
class Launcher:
    state: Path
    port: int

    @property
    def places(self) -> Places:
        return Places(self.state)

    def __call__(self, *words: str, exit_code: int = 0) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name[:7] != "GESUIBO"}
        done = subprocess.run(  # noqa: S603  # our own launcher
            [ROOT / "gesuibo", *words],
            env=kept | {"GESUIBO_STATE_DIR": str(self.state), "LANG": "en_US.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == exit_code, done.stdout + done.stderr
        return done

    def up(self, *words: str) -> dict[str, Any]:
        options = ["--detach", "--json", "--sample", "none", "--port", str(self.port)]
        answer: dict[str, Any] = json.loads(self("up", *options, *words).stdout)
        return answer

    def run(self) -> RunState:
        state = recorded(self.places)
        assert state is not None
        return state


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    folder = Path(tempfile.mkdtemp(prefix="gesuibo-test-"))
    folder.chmod(0o711)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    launcher = Launcher(folder, port)
    yield launcher
    launcher("down")
    shutil.rmtree(folder)


def until(condition: Any, timeout_s: float = 30) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.1)


def test_up_again_down_and_up(launcher: Launcher) -> None:
    url = launcher.up()["url"]
    with urllib.request.urlopen(f"{url}/readyz") as answer:  # noqa: S310  # our own address
        assert json.load(answer)["status"] == "ready"
    before = launcher.run()

    again = launcher("up", "--detach")
    assert "already running" in again.stderr
    assert url in again.stdout
    assert launcher.run().supervisor == before.supervisor

    assert json.loads(launcher("down", "--json").stdout) == {"stopped": True}
    assert not is_ready(url)
    assert running(launcher.places) is None
    assert json.loads(launcher("down", "--json").stdout) == {"stopped": False}

    started_s = time.monotonic()
    launcher.up()
    assert time.monotonic() - started_s < 20  # 8 s is measured on a quiet machine; this one is busy


def test_killed_web_server_is_started_again(launcher: Launcher) -> None:
    url = launcher.up()["url"]
    before = launcher.run().children["web"]
    os.kill(before.pid, signal.SIGKILL)
    until(lambda: not before.is_alive and launcher.run().children["web"] != before)
    until(lambda: is_ready(url))


def test_everything_killed_at_once_comes_up_again(launcher: Launcher) -> None:
    launcher.up()
    before = launcher.run()
    until(lambda: "worker" in launcher.run().children)
    postmaster = launcher.state / "pgdata" / "postmaster.pid"
    database_pid = int(postmaster.read_text().splitlines()[0])
    for pid in (before.supervisor.pid, database_pid):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not before.supervisor.is_alive)
    url = launcher.up()["url"]
    assert is_ready(url)
    assert not before.children["web"].is_alive


def test_port_in_use_is_refused_with_the_program_that_holds_it(launcher: Launcher) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", launcher.port))
        holder.listen()
        refused = launcher("up", "--detach", "--port", str(launcher.port), exit_code=1)
    assert f"pid {os.getpid()}" in refused.stderr
    assert "エラー" in refused.stderr
    assert not (launcher.state / "pgdata").exists()


def test_foreground_stops_cleanly_on_ctrl_c(launcher: Launcher) -> None:
    kept = {name: value for name, value in os.environ.items() if name[:7] != "GESUIBO"}
    process = subprocess.Popen(  # noqa: S603  # our own launcher
        [ROOT / "gesuibo", "up", "--sample", "none", "--port", str(launcher.port)],
        env=kept | {"GESUIBO_STATE_DIR": str(launcher.state)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert f":{launcher.port}" in process.stdout.readline().decode()
    assert is_ready(f"http://127.0.0.1:{launcher.port}")
    state = launcher.run()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err.decode()
    assert not state.children["web"].is_alive
    assert not (launcher.state / "pgdata" / "postmaster.pid").exists()


def test_own_database_is_used_and_no_cluster_is_made(
    launcher: Launcher, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GESUIBO_DATABASE_URL", database_url)
    done = subprocess.run(  # noqa: S603  # our own launcher
        [ROOT / "gesuibo", "migrate", "--check", "--json"],
        env=os.environ | {"GESUIBO_STATE_DIR": str(launcher.state)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["changed"] is False
    assert not (launcher.state / "pgdata").exists()
