"""Joins the checkout's own cluster to the settings that the rest of the service reads."""

import os
from collections.abc import Callable

from app import cluster_roles, run_state
from app.language import SetupFailed
from app.local_cluster import LocalCluster
from app.places import Places

_OURS = "GESUIBO_PRIVATE_CLUSTER"


def is_private() -> bool:
    """False when the operator named a database; then no cluster is made, started or stopped."""
    return "GESUIBO_DATABASE_URL" not in os.environ or _OURS in os.environ


def export(cluster: LocalCluster) -> None:
    """For this process and its children."""
    os.environ[_OURS] = "1"
    os.environ["GESUIBO_DATABASE_URL"] = cluster.url(cluster_roles.LOGIN)
    os.environ["GESUIBO_OWNER_DATABASE_URL"] = cluster.url(cluster_roles.OWNER)


def attach(places: Places) -> Callable[[], None]:
    """Makes sure that a database answers; the result undoes that when the word is done."""
    if not is_private():
        return lambda: None
    cluster = LocalCluster(places.state)
    if not cluster.is_made:
        raise SetupFailed(
            "データベースがまだありません。先に「./gesuibo up」を実行するか、"
            "GESUIBO_DATABASE_URL を設定してください。",
            'There is no database yet. Run "./gesuibo up" first, or set GESUIBO_DATABASE_URL.',
            code="no-database",
        )
    was_started = cluster.start()
    export(cluster)

    def detach() -> None:
        if was_started and run_state.running(places) is None:
            cluster.stop()

    return detach
