"""Rows of files of any length: read again from their compact form each time they are walked."""

import csv
import io
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from importers.errors import NotATable
from importers.reading.table import Rows, SourceRow

EAGER = 30_000
_AT_ONCE = 5_000


class ArrowRows:
    """The rows of a sheet, kept by columns as the reader of workbooks gives them."""

    def __init__(self, batch: Any, odd: dict[tuple[int, int], str]) -> None:
        self._batch = batch
        self._odd: dict[int, dict[int, str]] = {}
        for (row_no, column), value in odd.items():
            self._odd.setdefault(row_no, {})[column] = value

    def __len__(self) -> int:
        return int(self._batch.num_rows)

    def __iter__(self) -> Iterator[SourceRow]:
        for start in range(0, len(self), _AT_ONCE):
            part = self._batch.slice(start, _AT_ONCE)
            columns = [column.to_pylist() for column in part.columns]
            for row_no, cells in enumerate(zip(*columns, strict=True), start=start + 1):
                yield SourceRow(row_no, self._whole(row_no, cells))

    def _whole(self, row_no: int, cells: tuple[str | None, ...]) -> tuple[str, ...]:
        """Errors and formulas without a value are blank for the reader, but they are no blanks."""
        whole = tuple("" if cell is None else cell for cell in cells)
        if row_no not in self._odd:
            return whole
        odd = self._odd[row_no]
        return tuple(cell or odd.get(at, "") for at, cell in enumerate(whole))


class DelimitedRows:
    """The records of a text file; each knows the line on which it starts."""

    def __init__(self, content: bytes, encoding: str, delimiter: str) -> None:
        self._content = content
        self._encoding = encoding
        self._delimiter = delimiter

    @cached_property
    def _length(self) -> int:
        return self._content.count(b"\n") + 1

    def __len__(self) -> int:
        """How many lines there are, which may be more than there are records."""
        return self._length

    def __iter__(self) -> Iterator[SourceRow]:
        text = io.TextIOWrapper(io.BytesIO(self._content), self._encoding, newline=None)
        reader = csv.reader(_lines(text), delimiter=self._delimiter)
        started_at = 1
        try:
            for cells in reader:
                yield SourceRow(started_at, tuple(cells))
                started_at = reader.line_num + 1
        except csv.Error as error:
            raise NotATable from error


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    for line in text:
        if line[:1] == "\x1a" and not line.strip("\x1a\n"):
            return  # old systems end a text file with Ctrl-Z
        yield line


def small(rows: Rows) -> Rows:
    """Short files as a list; long ones are walked anew each time."""
    return list(rows) if len(rows) <= EAGER else rows
