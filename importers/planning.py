"""From the bytes of a file to a plan: read, map, interpret, match, settle, plan."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from sqlmodel import Session

from importers.collector import collector_resting
from importers.context import facility_of
from importers.decisions import Decisions, header_signature
from importers.directory import Directory, Places
from importers.errors import NoRows
from importers.interpretation import InterpretedRow, Interpreter, draft
from importers.known import Known, Record
from importers.mapped_tables import MappedTable, UnknownTable, mapped_tables
from importers.mapping import Mapping
from importers.missing import Missing
from importers.naming import Naming
from importers.plan import PlannedRow, Planner
from importers.progress import Progress
from importers.questions import Question, Questions
from importers.reading.file import SourceFile, read_tables
from importers.records import Draft, Message, problem
from importers.resolution import Resolution, drafted_by
from importers.sanity import ColumnSanity
from importers.settling import Settlement
from importers.soundness import block_unsound
from importers.sources.catalogue import SOURCES, known_headers
from importers.sources.custom_columns import with_custom_columns
from importers.sources.source import Matcher
from importers.spool import ROWS_A_PART, ROWS_AT_ONCE, Spool
from service.registry.queries import custom


@dataclass(frozen=True)
class MadePlan:
    """``rows`` are planned while they are walked, once; ``questions`` are known before."""

    source: str
    encoding: str | None
    sha256: str
    signature: str
    notes: dict[str, Any]
    questions: list[dict[str, Any]]
    rows: Iterable[PlannedRow]


# From what was decided and the header signature of a file to what else holds for such files.
Remembering = Callable[[Decisions, str], Decisions]


def make_plan(
    session: Session,
    content: bytes,
    *,
    decisions: Decisions,
    progress: Progress,
    remembering: Remembering = lambda decisions, _signature: decisions,
) -> MadePlan:
    """What a file would do. Nothing in the registry changes.

    Raises:
        importers.errors: the file cannot be read at all.
        ImportCancelled: ``progress`` was asked to stop.
    """
    with collector_resting():
        progress("reading", 0, 0)
        file = read_tables(content, encoding=decisions.encoding, known=known_headers())
        signature = _signature(file)
        known = remembering(decisions, signature)
        return _Planning(session, known, progress).plan(file, signature)


def _signature(file: SourceFile) -> str:
    """The headers of all tables, known or not: it stays the same whatever is decided."""
    signatures = tuple(header_signature(table.header) for table in file.tables)
    return header_signature(signatures) if len(signatures) > 1 else "".join(signatures)


class _Planning:
    def __init__(self, session: Session, decisions: Decisions, progress: Progress) -> None:
        self._session = session
        self._decisions = decisions
        self._progress = progress
        self._directory = Directory(session, decisions)
        self._places = Places(session)
        self._questions = Questions(self._directory, self._places)
        self._matchers: dict[str, Matcher] = {}
        self._settlement = Settlement()
        self._naming = Naming()
        self._missing = Missing(session, decisions)
        self._spool = Spool()
        self._buffer: list[InterpretedRow] = []
        self._known: Known | None = None
        self._total = 0
        self._part_size = ROWS_A_PART
        self._done = 0

    def plan(self, file: SourceFile, signature: str) -> MadePlan:
        tables, left_out = mapped_tables(file, self._decisions)
        tables = [self._with_custom_columns(table) for table in tables]
        if not tables:
            self._ask_source(left_out)
        self._total = sum(len(table.table.rows) for table in tables)
        self._part_size = ROWS_AT_ONCE if self._total <= ROWS_AT_ONCE else ROWS_A_PART
        if tables and not self._total:
            raise NoRows
        for table in tables:
            self._interpret(table)
        self._flush(last=True)
        self._settlement.settle(self._spool.parts())
        self._missing.look()
        if self._missing.question is not None:
            self._questions.ask(self._missing.question)
        return MadePlan(
            source=tables[0].mapping.source.name if tables else "",
            encoding=file.encoding,
            sha256=file.sha256,
            signature=signature,
            notes=self._notes(file, tables, left_out),
            questions=self._questions.told(),
            rows=self._rows(),
        )

    # -- tables ------------------------------------------------------------------------------------

    def _ask_source(self, tables: Iterable[UnknownTable]) -> None:
        for _, table in tables:
            signature = header_signature(table.header)
            if self._decisions.sources.get(signature) == "":
                continue
            choices = [{"value": s.name, "label": s.title} for s in SOURCES.values()]
            shown = ", ".join(name for name in table.header if name)
            path = ("sources", signature)
            question = Question("source-unknown", path, "", "", {"header": shown}, choices)
            question.examples = [table.sheet] if table.sheet else []
            question.row_count = len(table.rows)
            self._questions.ask(question)

    def _with_custom_columns(self, table: MappedTable) -> MappedTable:
        mapping = with_custom_columns(table.mapping, custom.fields(self._session))
        return table._replace(mapping=mapping)

    # -- rows --------------------------------------------------------------------------------------

    def _interpret(self, table: MappedTable) -> None:
        facility, told = facility_of(table.table, table.mapping, self._directory)
        interpreter = Interpreter(
            table.table,
            table.no,
            table.mapping,
            self._decisions,
            self._directory,
            facility=facility,
        )
        before = [
            problem("question", "column-missing", column.title, field=column.field)
            for column in table.mapping.missing
        ]
        if told is not None and told["level"] == "question":
            before.append(told)
        elif told is not None:
            table.table.notes.append({"code": told["code"], **told["params"]})
        rows = interpreter.rows()
        sanity = ColumnSanity(self._session, self._decisions, table.mapping)
        while part := list(islice(rows, self._part_size)):
            _tell_all(part, before)
            sanity.look(part)
            matcher = self._matcher(table.mapping)
            if matcher is not None:
                matcher.match([row for row in part if not row.is_blocked], table.mapping.fields)
            for row in part:
                self._draft(row, table.mapping)
            self._done += len(part)
            self._progress("interpreting", self._done, self._total)
            self._put(part)
        sanity.ask(self._questions)

    def _draft(self, row: InterpretedRow, mapping: Mapping) -> None:
        if not row.is_blocked:
            draft(row, mapping)
        if row.is_blocked:
            self._questions.add(row.messages, row.row_no, mapping)
            return
        for drafted in row.drafts:
            if drafted.kind == "facility":
                name = drafted.values.get("name")
                self._directory.learn("facility", drafted.key[0], *([name] if name else []))

    def _matcher(self, mapping: Mapping) -> Matcher | None:
        source = mapping.source
        if source.matcher is None:
            return None
        if source.name not in self._matchers:
            self._matchers[source.name] = source.matcher(
                self._session, self._decisions, self._directory, self._places
            )
        return self._matchers[source.name]

    def _put(self, part: list[InterpretedRow]) -> None:
        self._buffer += part
        if len(self._buffer) > self._part_size:
            self._flush(last=False)

    def _flush(self, *, last: bool) -> None:
        rows, self._buffer = self._buffer, []
        known, drafted = self._known_of(rows)
        resolution = Resolution(known, self._naming, drafted)
        self._settlement.tell(rows)
        block_unsound(rows, known, resolution, drafted, self._settlement.is_repeated)
        self._settlement.add(rows, known)
        self._missing.add(rows, known)
        self._spool.put(rows, last=last)
        self._known = known

    def _known_of(self, rows: list[InterpretedRow]) -> tuple[Known, dict[Record, Draft]]:
        drafted: dict[Record, Draft] = {}
        for row in rows:
            drafted_by(row.drafts, drafted)
        return Known(self._session, (d for row in rows for d in row.drafts)), drafted

    # -- the plan ----------------------------------------------------------------------------------

    def _rows(self) -> Iterator[PlannedRow]:
        planner, ordinals, done = Planner(), count(), 0
        with collector_resting(), self._spool:
            for rows in self._spool.parts():
                self._settlement.apply(rows, ordinals)
                known, drafted = self._known_again(rows)
                yield from planner.plan(rows, known, Resolution(known, self._naming, drafted))
                done += len(rows)
                self._progress("planning", done, self._total)
            yield from self._missing.retirements(self._naming)

    def _known_again(self, rows: list[InterpretedRow]) -> tuple[Known, dict[Record, Draft]]:
        """What was fetched for the only part still holds for it."""
        if self._spool.is_one_part and self._known is not None:
            drafted: dict[Record, Draft] = {}
            for row in rows:
                drafted_by(row.drafts, drafted)
            return self._known, drafted
        return self._known_of(rows)

    def _notes(
        self, file: SourceFile, tables: list[MappedTable], left_out: list[UnknownTable]
    ) -> dict[str, Any]:
        return {
            "tables": [table.told() for table in tables],
            "tables_left_out": [
                {
                    "no": number,
                    "sheet": table.sheet,
                    "header": list(table.header),
                    "row_count": len(table.rows),
                    "signature": header_signature(table.header),
                }
                for number, table in left_out
            ],
            "file": file.notes,
            "missing": self._missing.told(),
        } | self._told_by_matchers()

    def _told_by_matchers(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for matcher in self._matchers.values():
            told |= matcher.told()
        return told


def _tell_all(rows: Iterable[InterpretedRow], messages: list[Message]) -> None:
    for message in messages:
        for row in rows:
            row.block(message)
