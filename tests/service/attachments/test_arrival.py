import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import pytest

from service.attachments.arrival import IN_MEMORY_BYTES, arrived_from, receive
from service.core.errors import TooLarge
from tests.tagged_city import digest


async def in_parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def test_parts_are_put_together_and_hashed() -> None:
    arrival = asyncio.run(receive(in_parts(b"ab", b"", b"cd"), limit_bytes=4))
    with arrival:
        assert (arrival.file.read(), arrival.size_bytes) == (b"abcd", 4)
        assert arrival.sha256 == digest(b"abcd")


def test_a_large_file_waits_on_the_disk() -> None:
    content = bytes(IN_MEMORY_BYTES + 1)
    with arrived_from(BytesIO(content), limit_bytes=len(content)) as arrival:
        assert arrival.file.fileno() > 0
        assert arrival.sha256 == digest(content)


@pytest.mark.parametrize("beyond", [1, 5, 500])
def test_one_byte_more_than_the_limit_is_too_much(beyond: int) -> None:
    with pytest.raises(TooLarge):
        arrived_from(BytesIO(bytes(4 + beyond)), limit_bytes=4)


def test_a_sender_without_end_is_cut_off() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 100
            yield bytes(100)

    with pytest.raises(TooLarge):
        asyncio.run(receive(endless(), limit_bytes=1000))
    assert taken <= 2200
