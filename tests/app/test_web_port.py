import os
import socket
from collections.abc import Iterator

import pytest

from app import web_port
from app.language import SetupFailed

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_free_port_is_taken_as_it_is(busy_port: int) -> None:
    free = web_port.choose("127.0.0.1", busy_port, is_explicit=False)
    assert web_port.choose("127.0.0.1", free, is_explicit=True) == free


def test_busy_port_nobody_asked_for_gives_way_to_the_next_free_one(busy_port: int) -> None:
    chosen = web_port.choose("127.0.0.1", busy_port, is_explicit=False)
    assert chosen > busy_port
    assert web_port.is_free("127.0.0.1", chosen)


def test_busy_port_that_was_asked_for_names_the_program(busy_port: int) -> None:
    with pytest.raises(SetupFailed) as refused:
        web_port.choose("127.0.0.1", busy_port, is_explicit=True)
    assert refused.value.code == "port-busy"
    assert f"pid {os.getpid()}" in refused.value.ja
    assert f"--port {busy_port + 1}" in refused.value.en
