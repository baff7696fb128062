"""A cluster for tests only: fast, without durability, apart from the data of `up`."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import cluster_roles
from app.local_cluster import LocalCluster


@contextmanager
def scratch_database(home: Path, *, durable: bool = False) -> Iterator[str]:
    """The superuser's URL of the maintenance database; the last of several users stops it.

    Measurements ask for ``durable``: a commit then waits for the disk as it does in service.
    """
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)
    cluster = LocalCluster(home, durable=durable)
    with (home / "users.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with (home / "start.lock").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            cluster.start()
        try:
            yield cluster.url(cluster_roles.SUPERUSER, "postgres")
        finally:
            _stop_when_last(cluster, users.fileno())


def _stop_when_last(cluster: LocalCluster, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # another run still uses it
    cluster.stop()
