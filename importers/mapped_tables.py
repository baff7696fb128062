"""The tables of a file with what their columns mean, in the order in which they must be read."""

from typing import Any, NamedTuple

from importers.decisions import Decisions
from importers.mapping import Mapping
from importers.reading.file import SourceFile
from importers.reading.table import SourceTable
from importers.sources.catalogue import SOURCES, mapping_of

UnknownTable = tuple[int, SourceTable]


class MappedTable(NamedTuple):
    """``no`` counts the tables of the file from 1, as people see them."""

    no: int
    table: SourceTable
    mapping: Mapping

    def told(self) -> dict[str, Any]:
        return {
            "no": self.no,
            "sheet": self.table.sheet,
            "source": self.mapping.source.name,
            "signature": self.mapping.signature,
            "header": list(self.table.header),
            "header_row_no": self.table.header_row_no,
            "columns": self.mapping.told(),
            "row_count": len(self.table.rows),
            "left_out": self.table.notes,
        }


def mapped_tables(
    file: SourceFile, decisions: Decisions
) -> tuple[list[MappedTable], list[UnknownTable]]:
    """Tables in the order in which their records refer to each other, and the unknown ones."""
    known: list[MappedTable] = []
    unknown: list[UnknownTable] = []
    for number, table in enumerate(file.tables, start=1):
        mapping = mapping_of(table.header, decisions)
        if mapping is None:
            unknown.append((number, table))
            continue
        if table.unit is not None:
            mapping = mapping.in_unit(table.unit)
        known.append(MappedTable(number, table, mapping))
    order = list(SOURCES)
    known.sort(key=lambda table: (order.index(table.mapping.source.name), table.no))
    return known, unknown
