"""Folders that the database's own user can reach, and clusters that end with the test."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.local_cluster import LocalCluster


@pytest.fixture
def home() -> Iterator[Path]:
    """pytest's own temporary folders are closed to the user that runs PostgreSQL for root."""
    folder = Path(tempfile.mkdtemp(prefix="gesuibo-test-"))
    folder.chmod(0o711)
    yield folder
    if any(folder.glob("pgdata/PG_VERSION")):
        LocalCluster(folder).stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """A cluster as `up` makes it, for tests that leave it as they found it."""
    folder = Path(tempfile.mkdtemp(prefix="gesuibo-test-"))
    folder.chmod(0o711)
    cluster = LocalCluster(folder)
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(folder)
