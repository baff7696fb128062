"""Where this checkout keeps what it makes: everything below one state folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Places:
    state: Path

    @property
    def run_file(self) -> Path:
        return self.state / "run.json"

    @property
    def lock_file(self) -> Path:
        return self.state / "up.lock"

    @property
    def log(self) -> Path:
        return self.state / "log"

    @property
    def sample_marker(self) -> Path:
        return self.state / "sample.json"

    @property
    def sample_tag(self) -> Path:
        return self.state / "sample-tag.txt"

    @property
    def sample_sign_ins(self) -> Path:
        return self.state / "sample-sign-ins.json"

    @property
    def test_cluster(self) -> Path:
        return self.state / "testcluster"

    @property
    def bench_cluster(self) -> Path:
        return self.state / "benchcluster"

    def make(self) -> None:
        """Others may pass through the state folder (the database's user does), not list it."""
        self.state.mkdir(parents=True, exist_ok=True)
        self.log.mkdir(exist_ok=True)
        if self.state.stat().st_uid == os.getuid():
            self.state.chmod(0o711)
            self.log.chmod(0o711)


def prepare_environment() -> Places:
    """Settles the checkout's `.env` and state folder whatever folder the command was called from.

    Child processes and `service.core.settings` then see the same values.
    """
    for name, value in dotenv_values(ROOT / ".env").items():
        if value is not None:
            os.environ.setdefault(name, value)
    state = (ROOT / os.environ.get("GESUIBO_STATE_DIR", ".gesuibo")).absolute()
    os.environ["GESUIBO_STATE_DIR"] = str(state)
    return Places(state)
