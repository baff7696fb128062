"""Rows set down in parts, so that a file of any length is planned in bounded memory."""

import pickle
import tempfile
from collections.abc import Iterator
from typing import IO, Self

from importers.interpretation import InterpretedRow

ROWS_A_PART = 5_000
ROWS_AT_ONCE = 20_000  # files up to here are matched and planned as a whole


class Spool:
    """A file of one part stays in memory; the parts of longer ones go to disk."""

    def __init__(self) -> None:
        self._only: list[InterpretedRow] = []
        self._file: IO[bytes] | None = None
        self._offsets: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_reason: object) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def is_one_part(self) -> bool:
        return self._file is None

    def put(self, rows: list[InterpretedRow], *, last: bool = False) -> None:
        if self._file is None and last:
            self._only = rows
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._offsets.append(self._file.seek(0, 2))
        pickle.dump(rows, self._file, pickle.HIGHEST_PROTOCOL)

    def parts(self) -> Iterator[list[InterpretedRow]]:
        """Every part in turn; rows from disk are as they were put, whoever changed them since."""
        if self._file is None:
            yield self._only
            return
        for offset in self._offsets:
            self._file.seek(offset)
            yield pickle.load(self._file)  # noqa: S301 - written above
