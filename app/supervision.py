"""The process that stays: `up` in the foreground, or on its own after `up --detach`."""

import sys
from collections.abc import Callable

from app import private_database, processes
from app.local_cluster import LocalCluster
from app.places import Places, prepare_environment

SUPERVISOR = "app.supervision"


def supervise(places: Places, host: str, port: int, *, on_ready: Callable[[], None]) -> None:
    """Returns when it was told to stop; the private cluster stops last."""
    supervisor = processes.Supervisor(
        places,
        [processes.web(host, port), processes.worker()],
        url=processes.address(host, port),
        port=port,
    )
    supervisor.start()
    try:
        supervisor.run(on_ready)
    finally:
        if private_database.is_private():
            LocalCluster(places.state).stop()


def main() -> None:
    host, port = sys.argv[1:]
    supervise(prepare_environment(), host, int(port), on_ready=lambda: print("ready", flush=True))  # noqa: T201  # this process's log


if __name__ == "__main__":
    main()
