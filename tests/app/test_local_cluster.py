import os
import signal
import time
from pathlib import Path

import psycopg
import pytest

from app.cluster_roles import APP_ROLE, LOGIN, OWNER, SUPERUSER
from app.language import SetupFailed
from app.local_cluster import DiskNeeds, LocalCluster

GIGANTIC_BYTES = 1 << 62


def connect(cluster: LocalCluster, role: str) -> psycopg.Connection:
    return psycopg.connect(cluster.url(role).replace("+psycopg", "", 1))


def keep_a_row(cluster: LocalCluster) -> None:
    with connect(cluster, OWNER) as connection:
        connection.execute("create table kept as select 'ポンプ' as name")


def kept_rows(cluster: LocalCluster) -> list[tuple[str]]:
    with connect(cluster, OWNER) as connection:
        return connection.execute("select name from kept").fetchall()


def kill_hard(cluster: LocalCluster) -> None:
    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while cluster.is_running() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_login_is_bound_by_row_level_security(cluster: LocalCluster) -> None:
    with connect(cluster, LOGIN) as connection:
        found = connection.execute(
            "select rolsuper, rolbypassrls, rolcreaterole, pg_has_role(oid, %s, 'member'),"
            " pg_has_role(oid, %s, 'member') from pg_roles where rolname = current_user",
            [APP_ROLE, OWNER],
        ).fetchone()
        assert found == (False, False, False, True, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table public.mine (id int)")


def test_extensions_are_ready_for_an_owner_who_may_not_make_them(cluster: LocalCluster) -> None:
    with connect(cluster, OWNER) as connection:
        for extension in ("postgis", "pg_trgm", "btree_gist"):
            connection.execute(f"create extension if not exists {extension}")
        found = connection.execute("select extname from pg_extension").fetchall()
    assert {("postgis",), ("pg_trgm",), ("btree_gist",)} <= set(found)


def test_nothing_listens_on_the_network_and_only_the_account_may_enter(
    cluster: LocalCluster,
) -> None:
    with connect(cluster, SUPERUSER) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
        assert connection.execute("show fsync").fetchone() == ("on",)
    assert cluster.folders.socket.stat().st_mode & 0o777 == 0o700
    assert cluster.folders.data.stat().st_uid != 0


def test_japanese_text_has_trigrams(cluster: LocalCluster) -> None:
    with connect(cluster, LOGIN) as connection:
        found = connection.execute("select similarity('汚水ポンプ', '汚水ポンプ場') > 0.4")
        assert found.fetchone() == (True,)


def test_second_start_uses_the_running_server(cluster: LocalCluster) -> None:
    pid = cluster.pid()
    assert LocalCluster(cluster.home).start() is False
    assert cluster.pid() == pid


def test_data_survives_stop_and_start(home: Path) -> None:
    cluster = LocalCluster(home)
    assert cluster.start() is True
    keep_a_row(cluster)
    assert cluster.stop() is True
    assert cluster.stop() is False
    again = LocalCluster(home)
    assert again.start() is True
    assert kept_rows(again) == [("ポンプ",)]


def test_killed_server_starts_again_with_its_data(home: Path) -> None:
    cluster = LocalCluster(home)
    cluster.start()
    keep_a_row(cluster)
    kill_hard(cluster)
    again = LocalCluster(home)
    assert again.start() is True
    assert kept_rows(again) == [("ポンプ",)]
    assert "postmaster.pid" in again.notices[0][1]


def test_stale_pid_that_now_belongs_to_another_program_does_not_block(home: Path) -> None:
    cluster = LocalCluster(home)
    cluster.start()
    pid_file = cluster.folders.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    cluster.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
    again = LocalCluster(home)
    assert again.is_running() is False
    assert again.start() is True


def test_half_made_cluster_is_moved_aside_and_kept(home: Path) -> None:
    data = LocalCluster(home).folders.data
    (data / "PG_VERSION").write_text("15\n")
    (data / "base").mkdir()
    cluster = LocalCluster(home)
    assert cluster.start() is True
    (aside,) = home.glob("pgdata.half-made-*")
    assert (aside / "PG_VERSION").read_text() == "15\n"
    assert str(aside) in cluster.notices[0][0]


def test_cluster_that_was_interrupted_before_its_last_step_counts_as_half_made(home: Path) -> None:
    first = LocalCluster(home)
    first.start()
    (first.folders.data / "gesuibo-cluster.json").unlink()
    again = LocalCluster(home)
    assert again.start() is True
    (aside,) = home.glob("pgdata.half-made-*")
    assert (aside / "base").is_dir()
    with connect(again, LOGIN) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_full_disk_is_told_before_anything_is_made(home: Path) -> None:
    cluster = LocalCluster(home, disk=DiskNeeds(make_bytes=GIGANTIC_BYTES))
    with pytest.raises(SetupFailed) as refused:
        cluster.start()
    assert refused.value.code == "disk-full"
    assert "MiB" in refused.value.ja
    assert list(cluster.folders.data.iterdir()) == []


def test_full_disk_stops_a_start_but_touches_no_data(home: Path) -> None:
    first = LocalCluster(home)
    first.start()
    keep_a_row(first)
    first.stop()
    with pytest.raises(SetupFailed) as refused:
        LocalCluster(home, disk=DiskNeeds(start_bytes=GIGANTIC_BYTES)).start()
    assert refused.value.code == "disk-full"
    again = LocalCluster(home)
    again.start()
    assert kept_rows(again) == [("ポンプ",)]


def test_files_of_another_major_version_are_left_alone(home: Path) -> None:
    data = LocalCluster(home).folders.data
    (data / "PG_VERSION").write_text("13\n")
    (data / "gesuibo-cluster.json").write_text("{}")
    before = sorted(data.iterdir())
    with pytest.raises(SetupFailed) as refused:
        LocalCluster(home).start()
    assert refused.value.code == "postgres-version"
    assert "postgresql-13-postgis-3" in refused.value.en
    assert "backup" in refused.value.ja
    assert sorted(data.iterdir()) == before


def test_throw_away_cluster_gives_up_durability(home: Path) -> None:
    cluster = LocalCluster(home, durable=False)
    cluster.start()
    url = cluster.url(SUPERUSER, "postgres").replace("+psycopg", "", 1)
    with psycopg.connect(url) as connection:
        assert connection.execute("show fsync").fetchone() == ("off",)
