"""From cells to drafts: one row at a time, with every normalisation noted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from importers.reading.table import SourceRow, SourceTable
from importers.records import Draft, Message, RowNotes, change_message, problem
from importers.sources.source import Cells, Column, Source
from importers.values.reading import Change, Unreadable

DITTO = frozenset({"〃", "″", "”", '"', "同上", "↓"})


@dataclass(slots=True)
class InterpretedRow:
    row_no: int
    raw: dict[str, str]
    drafts: list[Draft]
    messages: list[Message]

    @property
    def is_sound(self) -> bool:
        return bool(self.drafts)


@dataclass(slots=True)
class _Cell:
    """What became of one writing in one column; equal cells are read once."""

    value: Any
    messages: list[Message]
    failed: bool = False


class Interpreter:
    def __init__(self, source: Source, table: SourceTable) -> None:
        self._source = source
        self._table = table
        self._columns = [
            (column, place, dict[str, _Cell]())
            for column, place in source.find(table.header).items()
        ]
        self._required = tuple(column for column in source.columns if column.required)
        self._above: SourceRow | None = None

    def rows(self) -> Iterator[InterpretedRow]:
        for row in self._table.rows:
            yield self._row(row)

    @property
    def unused_columns(self) -> list[str]:
        used = {place for _, place, _ in self._columns}
        return [name for at, name in enumerate(self._table.header) if name and at not in used]

    def _row(self, row: SourceRow) -> InterpretedRow:
        notes = RowNotes()
        row = self._without_ditto(row, notes)
        cells, is_sound = self._cells(row, notes)
        raw = {
            name: cell
            for name, cell in zip(self._table.header, row.cells, strict=False)
            if cell and name
        }
        drafts = self._drafts(cells, notes) if is_sound else []
        self._above = row
        return InterpretedRow(row.row_no, raw, drafts, notes.messages)

    def _cells(self, row: SourceRow, notes: RowNotes) -> tuple[Cells, bool]:
        cells: Cells = {}
        is_sound = True
        for column, place, known in self._columns:
            raw = row.cells[place]
            if not raw or raw.isspace():
                continue
            cell = known.get(raw)
            if cell is None:
                cell = known[raw] = _read(column, self._table.header[place], raw)
            if cell.messages:
                notes.messages.extend(cell.messages)
            if cell.failed:
                is_sound = False
            elif cell.value is not None:
                cells[column.field] = cell.value
        return cells, is_sound

    def _drafts(self, cells: Cells, notes: RowNotes) -> list[Draft]:
        try:
            return self._source.draft(cells, notes)
        except KeyError as missing:
            notes.messages.append(self._missing(str(missing.args[0])))
        except Unreadable as reason:
            params = dict(reason.params)
            column = params.pop("column", "")
            level = "question" if reason.asks else "error"
            notes.messages.append(problem(level, reason.code, column, **params))
        return []

    def _missing(self, field: str) -> Message:
        titles = {column.field: column.title for column in self._source.columns}
        return problem("error", "required-missing", titles[field])

    def _without_ditto(self, row: SourceRow, notes: RowNotes) -> SourceRow:
        """「〃」 means the cell above, within one block of rows."""
        if DITTO.isdisjoint(row.cells):
            return row
        above = self._above
        if above is None or above.row_no != row.row_no - 1:
            return row
        cells = list(row.cells)
        for place, cell in enumerate(cells):
            if cell in DITTO:
                cells[place] = above.cells[place]
                name = self._table.header[place]
                notes.messages.append(change_message(name, Change("ditto", cell, cells[place])))
        return SourceRow(row.row_no, tuple(cells))


def _read(column: Column, name: str, raw: str) -> _Cell:
    if raw in DITTO:
        return _Cell(None, [problem("error", "ditto-without-row-above", name)], failed=True)
    try:
        reading = column.read(raw)
    except Unreadable as reason:
        level = "question" if reason.asks else "error"
        params = {"value": raw} | reason.params
        return _Cell(None, [problem(level, reason.code, name, **params)], failed=True)
    return _Cell(reading.value, [change_message(name, c) for c in reading.changes])
