import os
from pathlib import Path

import pytest

from app import cluster_folders, system_account
from app.cluster_folders import SOCKET_FILE
from app.language import SetupFailed

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as another user")


def test_everything_lies_below_the_state_folder(home: Path) -> None:
    folders = cluster_folders.settle(home, system_account.for_database())
    assert folders.data == home / "pgdata"
    assert folders.socket.parent == home


def test_socket_moves_to_a_short_folder_when_the_path_is_too_long(home: Path) -> None:
    deep = home / ("深" * 20) / ("x" * 60)
    deep.mkdir(parents=True)
    folders = cluster_folders.settle(deep, system_account.for_database())
    try:
        assert folders.data == deep / "pgdata"
        assert len(bytes(folders.socket / SOCKET_FILE)) <= 107
        assert folders.socket.stat().st_mode & 0o777 == 0o700
        again = cluster_folders.settle(deep, system_account.for_database())
        assert again == folders
    finally:
        folders.socket.rmdir()


def test_short_folder_that_others_could_enter_is_refused(home: Path) -> None:
    deep = home / ("x" * 90)
    deep.mkdir()
    account = system_account.for_database()
    socket = cluster_folders.settle(deep, account).socket
    socket.chmod(0o777)
    try:
        with pytest.raises(SetupFailed) as refused:
            cluster_folders.settle(deep, account)
        assert refused.value.code == "socket-folder"
    finally:
        socket.rmdir()


@needs_root
def test_cluster_goes_elsewhere_when_its_user_cannot_reach_the_checkout(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    elsewhere = home / "elsewhere"
    account = system_account.for_database()
    folders = cluster_folders.settle(closed, account, elsewhere=elsewhere)
    assert elsewhere in folders.data.parents
    assert account.can_write(folders.data)
    assert cluster_folders.settle(closed, account, elsewhere=home / "other") == folders


@needs_root
def test_root_never_runs_the_database(home: Path) -> None:
    account = system_account.for_database()
    assert account.uid != 0
    assert account.run(["id", "-u"]).stdout.strip() == str(account.uid)
