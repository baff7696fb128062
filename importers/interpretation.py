"""From cells to values: one row at a time, with every normalisation noted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from importers.decisions import Decisions
from importers.directory import Directory
from importers.mapping import Mapping
from importers.reading.appearance import NO_VALUE
from importers.reading.table import SourceRow, SourceTable
from importers.records import BLOCKING, Draft, Message, RowNotes, change_message, problem
from importers.sources.source import Cells, Column, Lookup
from importers.values.reading import Change, Reader, Unreadable

_GUARDED = frozenset("=+-@\t\r＝＋－＠")
MOST_REMEMBERED = 5_000  # writings of one column that are not read again
DITTO = frozenset({"〃", "″", "”", '"', "''", "々", "同上", "同左", "↓", "↑"})
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})


@dataclass(slots=True)
class InterpretedRow:
    """``cells`` are the row's values by field; ``drafts`` the records that they describe."""

    table_no: int
    sheet: str | None
    row_no: int
    raw: dict[str, str]
    main: str
    cells: Cells
    messages: list[Message]
    part_no: int = 1
    is_blocked: bool = False
    drafts: list[Draft] = field(default_factory=list)

    @property
    def main_draft(self) -> Draft:
        """What the row is about; others of its kind only stand around it."""
        own = [draft for draft in self.drafts if draft.kind == self.main]
        return next((draft for draft in own if not draft.ensure), own[0])

    @property
    def is_sound(self) -> bool:
        return bool(self.drafts)

    def block(self, message: Message) -> None:
        self.messages.append(message)
        self.is_blocked = True
        self.drafts = []


@dataclass(slots=True)
class _Cell:
    """What became of one writing in one column; equal cells are read once."""

    value: Any
    messages: list[Message]
    failed: bool = False


class _ReadColumn:
    """A column with the reader that decisions and the header's unit give it."""

    __slots__ = ("column", "header", "known", "place", "read", "replaced")

    def __init__(self, column: Column, place: int, header: str, read: Reader) -> None:
        self.column = column
        self.place = place
        self.header = header
        self.read = read
        self.known: dict[str, _Cell] = {}
        self.replaced: dict[str, str] = {}


class Interpreter:
    def __init__(
        self,
        table: SourceTable,
        table_no: int,
        mapping: Mapping,
        decisions: Decisions,
        directory: Directory,
        *,
        facility: str | None = None,
    ) -> None:
        self._table = table
        self._table_no = table_no
        self._mapping = mapping
        self._decisions = decisions
        self._directory = directory
        self._facility = facility
        self._columns = [self._bound(column) for column in mapping.places]
        self._lookups = [
            (c.column.field, c.header, c.column.lookup) for c in self._columns if c.column.lookup
        ]
        self._names = {c.column.field: c.header for c in self._columns}
        self._above: SourceRow | None = None

    def rows(self) -> Iterator[InterpretedRow]:
        for row in self._table.rows:
            yield from self._row(row)

    def _bound(self, column: Column) -> _ReadColumn:
        place = self._mapping.places[column]
        unit = self._mapping.units.get(column)
        reader = column.reader(
            self._mapping.header[place], unit, self._decisions, epoch_1904=self._table.epoch_1904
        )
        bound = _ReadColumn(column, place, self._mapping.header[place], reader)
        bound.replaced = self._decisions.replacements.get(column.field, {})
        return bound

    def _row(self, row: SourceRow) -> Iterator[InterpretedRow]:
        notes = RowNotes()
        row = self._without_ditto(row, notes)
        cells, failed = self._cells(row, notes)
        self._above = row
        raw = {
            name: cell for name, cell in zip(self._table.header, row.cells, strict=False) if cell
        }
        raw.pop("", None)
        source = self._mapping.source
        first = InterpretedRow(
            self._table_no, self._table.sheet, row.row_no, raw, source.main, cells, notes.messages
        )
        first.is_blocked = failed
        self._mark(first)
        if not first.is_blocked:
            self._look_up(first)
        yield from self._parts(first)

    def _cells(self, row: SourceRow, notes: RowNotes) -> tuple[Cells, bool]:
        cells: Cells = {}
        failed = False
        for column in self._columns:
            raw = row.cells[column.place]
            if not raw or raw.isspace():
                continue
            cell = column.known.get(raw)
            if cell is None:
                if len(column.known) >= MOST_REMEMBERED:
                    column.known.clear()
                cell = column.known[raw] = _read(column, raw)
            if cell.messages:
                notes.messages.extend(cell.messages)
            if cell.failed:
                failed = True
            elif cell.value is not None:
                cells[column.column.field] = cell.value
        return cells, failed

    # -- words that stand for records ------------------------------------------------------------

    def _look_up(self, row: InterpretedRow) -> None:
        if self._facility and "facility" not in row.cells and "facility_code" not in row.cells:
            row.cells["facility_code"] = self._facility
        for name, header, lookup in self._lookups:
            if name in row.cells and lookup is not None:
                self._resolve(row, header, row.cells.pop(name), lookup)

    def _resolve(self, row: InterpretedRow, header: str, word: str, lookup: Lookup) -> None:
        if lookup.into in row.cells:  # the code outweighs the name beside it
            return
        try:
            code = self._directory.code_of(lookup.kind, word)
        except Unreadable as reason:
            row.block(problem("question", reason.code, header, **reason.params))
            return
        row.cells[lookup.into] = code
        if code != word:
            row.messages.append(change_message(header, Change("lookup", word, code)))

    # -- rows that look unlike the others ----------------------------------------------------------

    def _mark(self, row: InterpretedRow) -> None:
        marks = self._table.marks
        if marks is None:
            return
        if row.row_no in marks.hidden_rows:
            row.messages.append(problem("warning", "hidden-row"))
        if row.row_no in marks.struck_rows:
            self._strike(row)

    def _strike(self, row: InterpretedRow) -> None:
        if self._mapping.source.removed is None:
            row.block(problem("error", "struck-row"))
            return
        row.cells |= self._mapping.source.removed
        row.messages.append(problem("warning", "struck-is-removed"))

    def _parts(self, row: InterpretedRow) -> Iterator[InterpretedRow]:
        expand = self._mapping.source.expand
        if expand is None or row.is_blocked:
            yield row
            return
        notes = RowNotes()
        try:
            parts = expand(row.cells, self._decisions, notes)
        except Unreadable as reason:
            params = dict(reason.params)
            name = self._names.get(params.pop("in_field", "name"), "")
            level = "question" if reason.asks else "error"
            row.block(problem(level, reason.code, name, **params))
            yield row
            return
        row.messages.extend(notes.messages)
        if len(parts) == 1:
            yield row
            return
        for number, cells in enumerate(parts, start=1):
            told = problem("warning", "part-of-group", part=number, parts=len(parts))
            yield InterpretedRow(
                row.table_no,
                row.sheet,
                row.row_no,
                row.raw,
                row.main,
                cells,
                [*row.messages, told],
                part_no=number,
            )

    def _without_ditto(self, row: SourceRow, notes: RowNotes) -> SourceRow:
        """「〃」 means the cell above, within one block of rows; 「同左」 the cell to the left."""
        if DITTO.isdisjoint(row.cells):
            return row
        cells = list(row.cells)
        for place, cell in enumerate(cells):
            if cell not in DITTO:
                continue
            meant = self._meant(cells, place, row.row_no)
            if meant is not None:
                cells[place] = meant
                name = self._table.header[place]
                notes.messages.append(change_message(name, Change("ditto", cell, meant)))
        return row._replace(cells=tuple(cells))

    def _meant(self, cells: list[str], place: int, row_no: int) -> str | None:
        if cells[place] == "同左":
            return cells[place - 1] if place else None
        above = self._above
        if above is None or row_no - above.row_no > 1 + _line_breaks(above):
            return None  # a blank row, a subtotal or a repeated header stands between
        return above.cells[place]


def _line_breaks(row: SourceRow) -> int:
    """A record of a CSV with line breaks in its cells takes several lines."""
    return sum(cell.count("\n") for cell in row.cells)


def _read(column: _ReadColumn, raw: str) -> _Cell:
    name, told = column.header, list[Message]()
    if raw[0] == "'" and raw[1:2] in _GUARDED:
        raw = raw[1:]  # exports guard what a spreadsheet program would take for a formula
    if raw in column.replaced:
        new = column.replaced[raw]
        told.append(change_message(name, Change("decided", raw, new)))
        if not new:
            return _Cell(None, told)
        raw = new
    if raw in _ERRORS or raw == NO_VALUE:
        code = "formula-without-value" if raw == NO_VALUE else "cell-error"
        return _Cell(None, [problem("error", code, name, value=raw)], failed=True)
    if raw in DITTO:
        return _Cell(
            None, [problem("error", "ditto-without-row-above", name, value=raw)], failed=True
        )
    try:
        reading = column.read(raw)
    except Unreadable as reason:
        level = "question" if reason.asks else "error"
        params = {"value": raw, "field": column.column.field} | reason.params
        return _Cell(None, [*told, problem(level, reason.code, name, **params)], failed=True)
    return _Cell(reading.value, [*told, *(change_message(name, c) for c in reading.changes)])


def draft(row: InterpretedRow, mapping: Mapping) -> None:
    """Turns a row's values into drafts, or says why that cannot be."""
    notes = RowNotes()
    try:
        drafts = mapping.source.draft(row.cells, notes)
    except KeyError as missing:
        title = mapping.source.column(str(missing.args[0])).title
        row.block(problem("error", "required-missing", title))
    except Unreadable as reason:
        params = dict(reason.params)
        column = params.pop("column", "")
        level = "question" if reason.asks else "error"
        row.block(problem(level, reason.code, column, **params))
    else:
        row.messages.extend(notes.messages)
        if any(message["level"] in BLOCKING for message in notes.messages):
            row.is_blocked = True
            return
        row.drafts = drafts
