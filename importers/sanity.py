"""What is wrong with a whole column rather than with one cell."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from sqlmodel import Session

from importers import sanity_queries as queries
from importers.decisions import Decisions
from importers.interpretation import InterpretedRow
from importers.mapping import Mapping
from importers.questions import Question, Questions
from importers.records import BLOCKING, problem
from importers.values.codes import lost_zeros, widths_of
from service.core.clock import JST, now
from service.core.partial_date import PartialDate

_ENOUGH_CELLS = 5
_MOSTLY = 0.5
_CODES = {"position_code": "position", "asset_code": "device"}


class ColumnSanity:
    """Looks at the rows of one table, part by part, before they are matched."""

    def __init__(self, session: Session, decisions: Decisions, mapping: Mapping) -> None:
        self._session = session
        self._mapping = mapping
        self._filled: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._open_codes = [
            field
            for field in _CODES
            if field in mapping.fields and field not in decisions.code_widths
        ]
        self._today = now().astimezone(JST).date()

    def look(self, rows: Sequence[InterpretedRow]) -> None:
        failed = Counter(
            message["column"]
            for row in rows
            if row.is_blocked
            for message in row.messages
            if message["level"] in BLOCKING and message["column"]
        )
        self._failed += failed
        for header in failed:
            self._filled[header] += sum(header in row.raw for row in rows)
        for row in rows:
            _warn_of_future(row, self._today)
        for field in self._open_codes:
            self._find_lost_zeros(field, rows)

    def ask(self, questions: Questions) -> None:
        """A column of which most cells cannot be read is perhaps another column."""
        for header, failed in self._failed.items():
            filled = self._filled[header]
            if filled < _ENOUGH_CELLS or failed / filled < _MOSTLY:
                continue
            fields = [{"value": c.field, "label": c.title} for c in self._mapping.source.columns]
            path = ("columns", self._mapping.signature, header)
            params = {"failed": failed, "filled": filled}
            choices = [{"value": "", "label": "-"}, *fields]
            question = Question("column-mostly-unreadable", path, "", header, params, choices)
            question.row_count = failed
            questions.ask(question)

    def _find_lost_zeros(self, field: str, rows: Sequence[InterpretedRow]) -> None:
        """「1」 among 「0001」: a spreadsheet took numbers for figures."""
        coded = [row for row in rows if not row.is_blocked and _is_digits(row.cells.get(field))]
        short = [row for row in coded if not row.cells[field].startswith("0")]
        if not short:
            return
        widths = widths_of(row.cells[field] for row in coded)
        widths |= queries.widths_with_zeros(self._session, _CODES[field])
        if not widths:
            return
        header = self._mapping.header[self._mapping.places[self._mapping.source.column(field)]]
        for row in short:
            if lost_zeros(row.cells[field], widths):
                told = {"field": field, "value": row.cells[field], "words": sorted(widths)}
                row.block(problem("question", "lost-zeros", header, **told))


def _is_digits(code: object) -> bool:
    return isinstance(code, str) and code.isdecimal()


def _warn_of_future(row: InterpretedRow, today: date) -> None:
    for value in _dates(row.cells.values()):
        if value.start is not None and value.start > today:
            row.messages.append(problem("warning", "future-date", value=value.raw or ""))


def _dates(values: Iterable[object]) -> Iterable[PartialDate]:
    return (value for value in values if isinstance(value, PartialDate))
