"""Files that are written whole before the first byte is sent: an error is still an error then."""

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

_PART_BYTES = 1 << 18


def spooled(parts: Iterable[bytes]) -> IO[bytes]:
    """On disk, closed by `parts_of`."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed over
    file.writelines(parts)
    file.seek(0)
    return file


def parts_of(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(_PART_BYTES):
            yield part
