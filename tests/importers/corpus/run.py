"""One file through the product's use cases: planned, its questions answered, applied, read back."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from importers import service
from importers.decisions import Decisions, answered
from importers.messages import sentence
from importers.models import ImportJob, ImportRow
from importers.service import ApplyMode
from service.accounts.actor import Actor
from service.core.errors import DomainError
from service.core.i18n.locales import Locale
from tests.importers.corpus.answers import CorpusFile
from tests.importers.corpus.registry import Facts, facts_of, versions

ROUNDS = 6
STORED = frozenset({"create", "update", "unchanged"})
Place = tuple[str | None, int]


@dataclass
class RowResult:
    """``asked`` also holds questions that were answered on the way."""

    outcome: str
    messages: list[dict[str, Any]]
    facts: Facts
    parts: int
    asked: set[str]

    @property
    def is_stored(self) -> bool:
        return self.outcome in STORED

    def codes(self, *levels: str) -> set[str]:
        return {m["code"] for m in self.messages if not levels or m["level"] in levels}


@dataclass
class FileResult:
    """``problem`` is the code that refused the whole file; a crash is never right.

    ``again`` are rows that would still change something when the file comes a second time,
    ``wordless`` codes that nobody could read, ``harmed`` records
    that changed though no row said so.
    """

    problem: str = ""
    crash: str = ""
    rows: dict[Place, list[RowResult]] = field(default_factory=dict)
    questions: set[str] = field(default_factory=set)
    again: list[str] = field(default_factory=list)
    wordless: set[str] = field(default_factory=set)
    harmed: set[str] = field(default_factory=set)


def run(session: Session, file: CorpusFile, *, by: Actor) -> FileResult:
    result = FileResult()
    asked: dict[Place, set[str]] = defaultdict(set)
    decisions = Decisions()
    before = versions(session)
    try:
        for _ in range(ROUNDS):
            job = _planned(session, file, decisions, by)
            rows = _rows_of(session, job)
            result.questions |= {question["code"] for question in job.questions}
            for row in rows:
                asked[row.sheet, row.row_no] |= _questions(row)
            further = answered(decisions, _replies(job, file))
            if further == decisions:
                break
            decisions = further
        service.apply_job(session, job.id, mode=ApplyMode.GOOD_ROWS_ONLY, by=by)
    except DomainError as refusal:
        result.problem = refusal.code
        return result
    except (SQLAlchemyError, LookupError, TypeError, ValueError, AttributeError) as crash:
        result.crash = f"{type(crash).__name__}: {str(crash).splitlines()[0]}"
        return result
    told = {str(o["id"]) for row in rows for o in (row.normalised or {}).get("operations", [])}
    after = versions(session)
    result.harmed = {at for at in before if after.get(at) != before[at]} - told
    _read_back(session, file, rows, asked, result)
    result.wordless = {m["code"] for row in rows for m in row.messages if not _has_words(m)}
    result.again = _changes_again(session, _planned(session, file, decisions, by))
    return result


def _has_words(message: dict[str, Any]) -> bool:
    try:
        told = {sentence(message, locale) for locale in Locale}
    except KeyError:
        return False
    return not any("%(" in words for words in told)


def _changes_again(session: Session, job: ImportJob) -> list[str]:
    return [
        f"{row.sheet or ''}:{row.row_no} {row.outcome} {row.changes or ''}"
        for row in _rows_of(session, job)
        if row.outcome in STORED - {"unchanged"}
    ]


def _planned(session: Session, file: CorpusFile, decisions: Decisions, by: Actor) -> ImportJob:
    return service.plan_file(session, file.content, file.name, decisions=decisions, by=by)


def _rows_of(session: Session, job: ImportJob) -> list[ImportRow]:
    wanted = select(ImportRow).where(ImportRow.job_id == job.id)
    return list(session.exec(wanted.order_by(ImportRow.row_no, ImportRow.part_no)))


def _questions(row: ImportRow) -> set[str]:
    return {message["code"] for message in row.messages if message["level"] == "question"}


def _replies(job: ImportJob, file: CorpusFile) -> list[tuple[list[str], Any]]:
    found = []
    for question in job.questions:
        code, params = question["code"], question["params"]
        for key in (f"{code}:{params.get('value')}", f"{code}:{question['field']}", code):
            if key in file.replies:
                found.append((question["path"], file.replies[key]))
                break
    return found


def _read_back(
    session: Session,
    file: CorpusFile,
    rows: list[ImportRow],
    asked: dict[Place, set[str]],
    result: FileResult,
) -> None:
    parts: dict[Place, int] = defaultdict(int)
    for row in rows:
        parts[row.sheet, row.row_no] += 1
    for row in rows:
        place = row.sheet, row.row_no
        facts = facts_of(session, file.read_back, row.target_id) if row.outcome in STORED else {}
        facts |= {"outcome": row.outcome, "parts": parts[place]}
        told = RowResult(row.outcome, row.messages, facts, parts[place], asked[place])
        result.rows.setdefault(place, []).append(told)
