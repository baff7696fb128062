"""Joins the checkout's own cluster to the settings that the rest of the service reads."""

import os
from collections.abc import Callable

from app import cluster_roles, run_state
from app.language import SetupFailed
from app.local_cluster import LocalCluster
from app.places import Places
from service.core import clock

_OURS = "GESUIBO_PRIVATE_CLUSTER"


def is_private() -> bool:
    """False when the operator named a database; then no cluster is made, started or stopped."""
    return "GESUIBO_DATABASE_URL" not in os.environ or _OURS in os.environ


def export(cluster: LocalCluster) -> None:
    """For this process and its children."""
    os.environ[_OURS] = "1"
    os.environ["GESUIBO_DATABASE_URL"] = cluster.url(cluster_roles.LOGIN)
    os.environ["GESUIBO_OWNER_DATABASE_URL"] = cluster.url(cluster_roles.OWNER)


def superuser_url(places: Places) -> str | None:
    """For what must see every row; None with the operator's own database."""
    return LocalCluster(places.state).url(cluster_roles.SUPERUSER) if is_private() else None


def attach(places: Places) -> Callable[[], None]:
    """Makes sure that a database answers; the result undoes that when the word is done."""
    if not is_private():
        return lambda: None
    if not places.state.exists() or not LocalCluster(places.state).is_made:
        raise SetupFailed(
            "データベースがまだありません。先に「./gesuibo up」を実行するか、"
            "GESUIBO_DATABASE_URL を設定してください。",
            'There is no database yet. Run "./gesuibo up" first, or set GESUIBO_DATABASE_URL.',
            code="no-database",
        )
    return _start(places)


def make_empty(places: Places, *, replace: bool) -> Callable[[], None]:
    """A started cluster for a restore; with `replace` the present database gets another name."""
    if not is_private():
        return lambda: None
    if replace and run_state.running(places):
        raise SetupFailed(
            "サービスが動いています。先に「./gesuibo down」を実行してください。",
            'The service is running. Run "./gesuibo down" first.',
            code="running",
        )
    finish = _start(places)
    if replace:
        socket = str(LocalCluster(places.state).folders.socket)
        kept = f"{cluster_roles.DATABASE}_before_{clock.now():%Y%m%d_%H%M%S}"
        cluster_roles.set_aside(socket, cluster_roles.DATABASE, kept)
        cluster_roles.create_database(socket, cluster_roles.DATABASE)
    return finish


def _start(places: Places) -> Callable[[], None]:
    cluster = LocalCluster(places.state)
    was_started = cluster.start()
    export(cluster)

    def finish() -> None:
        if was_started and run_state.running(places) is None:
            cluster.stop()

    return finish
