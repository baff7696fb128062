"""One file, of whatever sort, as tables of text."""

import hashlib
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from importers.errors import EmptyFile, HeaderNotFound
from importers.reading.delimited import read_delimited
from importers.reading.header import find_table
from importers.reading.table import Grid, SourceTable
from importers.reading.workbook import is_workbook, read_workbook


@dataclass(frozen=True)
class SourceFile:
    """``tables`` holds one table per sheet that has a row of column names."""

    sha256: str
    size_bytes: int
    tables: list[SourceTable]
    sheets_without_table: list[str]
    encoding: str | None = None
    notes: list[dict[str, Any]] = field(default_factory=list)


def read_tables(
    content: bytes, *, known: AbstractSet[str], encoding: str | None = None
) -> SourceFile:
    """Reads CSV, TSV or a workbook.

    Raises:
        EmptyFile: when there is nothing in it.
        HeaderNotFound: when no row names columns.
    """
    if not content.strip(b"\x00\x1a \t\r\n"):
        raise EmptyFile
    grids = read_workbook(content) if is_workbook(content) else [read_delimited(content)]
    if not any(_has_text(grid) for grid in grids):
        raise EmptyFile
    found = [(grid, find_table(grid, known)) for grid in grids]
    tables = [table for _, table in found if table is not None]
    if not tables:
        raise HeaderNotFound
    return SourceFile(
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        tables=tables,
        sheets_without_table=[grid.sheet or "" for grid, table in found if table is None],
        encoding=grids[0].encoding,
    )


def _has_text(grid: Grid) -> bool:
    return any(cell.strip() for row in grid.rows for cell in row.cells)
