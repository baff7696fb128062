"""A column of an export: the source's field, and how its cell is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from importers.exporting.writing import partial, plain

Row = Mapping[str, Any]
Cell = Callable[[Row], str]


@dataclass(frozen=True)
class Column:
    """``field`` is the source's; ``unit`` is what its header adds."""

    field: str
    cell: Cell
    unit: str = ""


def as_written(field: str, write: Callable[[Any], str] = plain, *, column: str = "") -> Column:
    name = column or field
    return Column(field, lambda row: write(row[name]))


def date_of(field: str) -> Column:
    def cell(row: Row) -> str:
        return partial(row[f"{field}_from"], row[f"{field}_to"], row[f"{field}_precision"])

    return Column(field, cell)
