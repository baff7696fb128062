import os
import socket
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from service.attachments.domain import store_key
from service.attachments.store import PhotoStore, StoreAway, open_store
from service.core.settings import Settings
from tests.tagged_city import digest

KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    if request.param == "folder":
        return open_store(Settings(photo_store=tmp_path.as_uri()))
    endpoint = request.getfixturevalue("s3_endpoint")
    bucket = f"b{os.urandom(6).hex()}"
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **KEYS).create_bucket(
        Bucket=bucket
    )
    return open_store(
        Settings(
            photo_store=f"s3://{bucket}/photos/of/the/city",
            s3_endpoint=endpoint,
            s3_access_key_id="key",
            s3_secret_access_key=SecretStr("secret"),
        )
    )


def test_bytes_come_back_as_they_went(store: PhotoStore) -> None:
    content = os.urandom(300_000)
    key = store_key(digest(content))
    assert store.read(key) is None
    store.keep(key, content, size_bytes=len(content))
    assert store.read(key) == content
    parts = store.stream(key)
    assert parts is not None
    assert b"".join(parts) == content


def test_a_file_larger_than_a_part_goes_and_comes(store: PhotoStore) -> None:
    content = os.urandom(12 * 1024 * 1024)
    key = store_key(digest(content))
    store.keep(key, BytesIO(content), size_bytes=len(content))
    assert store.size_of(key) == len(content)
    assert store.read(key) == content


def test_what_is_kept_already_is_not_read_again(store: PhotoStore) -> None:
    store.keep("originals/aa", b"kept", size_bytes=4)
    nothing_left = BytesIO(b"kept")
    nothing_left.seek(4)
    store.keep("originals/aa", nothing_left, size_bytes=4)
    assert store.read("originals/aa") == b"kept"


def test_a_file_that_a_power_cut_left_short_is_written_again(store: PhotoStore) -> None:
    store.keep("originals/bb", b"", size_bytes=0)
    store.keep("originals/bb", b"whole", size_bytes=5)
    assert store.read("originals/bb") == b"whole"


def test_nothing_lies_about_beside_the_file(tmp_path: Path) -> None:
    open_store(Settings(photo_store=tmp_path.as_uri())).keep("a/b/c", b"123", size_bytes=3)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["c"]


def test_a_folder_that_cannot_be_written_is_told_as_unavailable(tmp_path: Path) -> None:
    store = open_store(Settings(photo_store=tmp_path.as_uri()))
    (tmp_path / "originals").write_text("a file where a folder should be")
    with pytest.raises(StoreAway):
        store.keep("originals/aa", b"1", size_bytes=1)


def test_a_bucket_that_is_away_is_told_as_unavailable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store = open_store(
        Settings(
            photo_store="s3://nowhere",
            s3_endpoint=f"http://127.0.0.1:{port}",
            s3_access_key_id="key",
            s3_secret_access_key=SecretStr("secret"),
        )
    )
    with pytest.raises(StoreAway):
        store.keep("originals/aa", b"1", size_bytes=1)
