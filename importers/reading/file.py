"""One file, of whatever sort, as tables of text."""

import hashlib
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from importers.errors import EmptyFile, HeaderNotFound
from importers.reading.delimited import read_delimited
from importers.reading.table import Grid, Note, SourceTable
from importers.reading.tables import find_tables
from importers.reading.workbook import is_workbook, read_workbook


@dataclass(frozen=True)
class SourceFile:
    """``tables`` in the order of the file; ``notes`` tell of what was left out as a whole."""

    sha256: str
    size_bytes: int
    tables: list[SourceTable]
    encoding: str | None = None
    notes: list[Note] = field(default_factory=list)


def read_tables(
    content: bytes, *, known: AbstractSet[str], encoding: str | None = None
) -> SourceFile:
    """Reads CSV, TSV or a workbook; ``encoding`` overrules what a text file looks like.

    Raises:
        EmptyFile: when there is nothing in it.
        HeaderNotFound: when no row names columns.
    """
    if not content.strip(b"\x00\x1a \t\r\n"):
        raise EmptyFile
    notes: list[Note] = []
    if is_workbook(content):
        grids = read_workbook(content, notes)
    else:
        grids = [read_delimited(content, encoding)]
    if not any(_has_text(grid) for grid in grids):
        raise EmptyFile
    tables: list[SourceTable] = []
    for grid in grids:
        found = find_tables(grid, known)
        if not found:
            notes.append({"code": "sheet-without-table", "sheet": grid.sheet or ""})
        tables += found
    if not tables:
        raise HeaderNotFound
    return SourceFile(
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        tables=tables,
        encoding=grids[0].encoding,
        notes=notes,
    )


def _has_text(grid: Grid) -> bool:
    return any(cell.strip() for row in grid.rows for cell in row.cells)
