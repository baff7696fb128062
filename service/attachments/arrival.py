"""A file on its way in: measured and hashed while it arrives, in memory only while it is small."""

import hashlib
import tempfile
from collections.abc import AsyncIterable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Self

from service.core.errors import TooLarge

IN_MEMORY_BYTES = 1 << 20
_PART = 1 << 18


@dataclass
class Arrival:
    """``file`` stands at its beginning; leaving the ``with`` block throws it away."""

    file: IO[bytes]
    size_bytes: int
    sha256: str

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def head(self, count: int = 32) -> bytes:
        self.file.seek(0)
        start = self.file.read(count)
        self.file.seek(0)
        return start


class _Spool:
    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.size_bytes = 0
        self._digest = hashlib.sha256()
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115  # lives on as the Arrival

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        """A sender that breaks off leaves nothing behind."""
        if failure is not None:
            self._file.close()

    def add(self, part: bytes) -> None:
        """Beyond the limit nothing is kept, but the sender is heard out for as much again.

        A browser that is still sending when the answer comes shows a broken connection instead.
        """
        self.size_bytes += len(part)
        if self.size_bytes > 2 * self.limit_bytes:
            self.refuse()
        if self.size_bytes <= self.limit_bytes:
            self._digest.update(part)
            self._file.write(part)

    def refuse(self) -> None:
        raise TooLarge(limit_mb=self.limit_bytes // 1024 // 1024)

    def arrived(self) -> Arrival:
        if self.size_bytes > self.limit_bytes:
            self.refuse()
        self._file.seek(0)
        return Arrival(self._file, self.size_bytes, self._digest.hexdigest())


async def receive(parts: AsyncIterable[bytes], *, limit_bytes: int) -> Arrival:
    """Takes in a request's body.

    Raises:
        TooLarge: when it is larger than the limit, without ever holding more than the limit.
    """
    with _Spool(limit_bytes) as spool:
        async for part in parts:
            spool.add(part)
        return spool.arrived()


def arrived_from(file: IO[bytes] | Iterable[bytes], *, limit_bytes: int) -> Arrival:
    """The same for a file that a form has brought along, or for bytes that are at hand."""
    with _Spool(limit_bytes) as spool:
        for part in _parts(file):
            spool.add(part)
        return spool.arrived()


def _parts(file: IO[bytes] | Iterable[bytes]) -> Iterator[bytes]:
    if not hasattr(file, "read"):
        yield from file
        return
    while part := file.read(_PART):
        yield part
