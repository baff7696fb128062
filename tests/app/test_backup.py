import tarfile
from collections.abc import Iterator
from pathlib import Path

import obstore
import psycopg
import pytest
from obstore.store import MemoryStore, ObjectStore

from app import backup, cluster_roles
from app.language import SetupFailed
from app.local_cluster import LocalCluster

PHOTO = bytes(range(256)) * 100


@pytest.fixture
def source_url(cluster: LocalCluster) -> Iterator[str]:
    name = "source"
    cluster_roles.create_database(str(cluster.folders.socket), name)
    with psycopg.connect(libpq(cluster.url(cluster_roles.OWNER, name))) as connection:
        connection.execute("create table pump (id int primary key, name text, at geometry)")
        connection.execute("alter table pump enable row level security")
        connection.execute(
            "insert into pump values (1, '汚水ポンプ', 'SRID=6668;POINT(139.1 36.2)')"
        )
        connection.execute("grant select on pump to gesuibo_app")
    yield cluster.url(cluster_roles.SUPERUSER, name)
    drop(cluster, name)


@pytest.fixture
def empty_url(cluster: LocalCluster) -> Iterator[str]:
    name = "target"
    cluster_roles.create_database(str(cluster.folders.socket), name)
    yield cluster.url(cluster_roles.OWNER, name)
    drop(cluster, name)


@pytest.fixture
def store() -> ObjectStore:
    store = MemoryStore()
    obstore.put(store, "ab/photo.jpg", PHOTO)
    return store


def libpq(url: str) -> str:
    return url.replace("+psycopg", "", 1)


def drop(cluster: LocalCluster, name: str) -> None:
    url = libpq(cluster.url(cluster_roles.SUPERUSER, "postgres"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


def rows(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(libpq(url)) as connection:
        return connection.execute(
            "select id, name, ST_AsText(at), ST_SRID(at),"
            " has_table_privilege('gesuibo_app', 'pump', 'select') from pump"
        ).fetchall()


def test_what_was_saved_comes_back(
    source_url: str, empty_url: str, store: ObjectStore, tmp_path: Path
) -> None:
    path, manifest = backup.write(tmp_path, database_url=source_url, store=store)
    target = MemoryStore()
    restored = backup.restore(path, database_url=empty_url, store=target)
    assert rows(empty_url) == [(1, "汚水ポンプ", "POINT(139.1 36.2)", 6668, True)]
    assert bytes(obstore.get(target, "ab/photo.jpg").bytes()) == PHOTO
    assert restored == manifest
    assert manifest.photos == 1
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_restore_refuses_a_database_that_holds_something(
    source_url: str, store: ObjectStore, tmp_path: Path
) -> None:
    path, _ = backup.write(tmp_path / "one.tar", database_url=source_url, store=store)
    with pytest.raises(SetupFailed) as refused:
        backup.restore(path, database_url=source_url, store=MemoryStore())
    assert refused.value.code == "not-empty"
    assert len(rows(source_url)) == 1


def test_one_changed_byte_is_found_before_anything_is_touched(
    source_url: str, empty_url: str, store: ObjectStore, tmp_path: Path
) -> None:
    path, _ = backup.write(tmp_path / "one.tar", database_url=source_url, store=store)
    content = bytearray(path.read_bytes())
    content[content.index(PHOTO[:200]) + 10] ^= 1
    path.write_bytes(content)
    target = MemoryStore()
    with pytest.raises(SetupFailed) as refused:
        backup.restore(path, database_url=empty_url, store=target)
    assert refused.value.code == "backup-damaged"
    assert "ab/photo.jpg" in refused.value.ja
    assert list(obstore.list(target)) == []
    with pytest.raises(psycopg.errors.UndefinedTable):
        rows(empty_url)


@pytest.mark.parametrize("cut_before", [b"database.dump", b"photos/", b'"members"'])
def test_backup_cut_short_is_refused(
    source_url: str, store: ObjectStore, tmp_path: Path, cut_before: bytes
) -> None:
    path, _ = backup.write(tmp_path / "one.tar", database_url=source_url, store=store)
    content = path.read_bytes()
    path.write_bytes(content[: content.index(cut_before)])
    with pytest.raises(SetupFailed) as refused:
        backup.verify(path)
    assert refused.value.code == "backup-damaged"


def test_archive_with_a_stranger_in_it_is_refused(
    source_url: str, store: ObjectStore, tmp_path: Path
) -> None:
    path, _ = backup.write(tmp_path / "one.tar", database_url=source_url, store=store)
    stranger = tmp_path / "stranger"
    stranger.write_text("?")
    with tarfile.open(path, "a") as archive:
        archive.add(stranger, "photos/../../stranger")
    with pytest.raises(SetupFailed) as refused:
        backup.verify(path)
    assert refused.value.code == "backup-damaged"


def test_failed_backup_leaves_no_file(store: ObjectStore, tmp_path: Path) -> None:
    nowhere = f"postgresql+psycopg://nobody@/none?host={tmp_path}"
    with pytest.raises(psycopg.OperationalError):
        backup.write(tmp_path / "one.tar", database_url=nowhere, store=store)
    assert list(tmp_path.iterdir()) == []
