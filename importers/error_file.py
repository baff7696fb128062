"""The file of an import with its bad rows marked, to be mended and sent again."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlmodel import Session

from importers import queries
from importers.exporting.error_workbook import (
    BadRow,
    ReadTable,
    marked_text,
    marked_workbook,
    plain_workbook,
)
from importers.filing import content_of
from importers.messages import sentence
from importers.models import ImportJob, Outcome
from importers.reading.delimited import delimiter_of
from importers.reading.workbook import ZIP_MAGIC, is_workbook, read_workbook
from importers.records import BLOCKING
from service.core.i18n.locales import Locale

_BAD = (Outcome.REJECTED, Outcome.CONFLICT, Outcome.NEEDS_DECISION)
_AT_ONCE = 2_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroEnabled.12"


class ErrorFile(NamedTuple):
    name: str
    media_type: str
    content: bytes


def error_file(session: Session, job: ImportJob, locale: Locale) -> ErrorFile:
    """The user's own file: same columns and look, bad cells coloured, a reason column.

    Raises:
        LedgerGone: the file is no longer kept.
    """
    content = content_of(job)
    tables = [ReadTable.of(told) for told in job.notes["tables"]]
    rows = list(bad_rows_of(session, job, locale))
    stem, _, ending = job.file_name.rpartition(".")
    if not is_workbook(content):
        encoding = job.detected_encoding or "utf-8-sig"
        marked = marked_text(
            content,
            tables[0],
            rows,
            job.id,
            encoding=encoding,
            delimiter=delimiter_of(content, encoding),
        )
        return ErrorFile(f"{stem or 'file'}_取込結果.csv", f"text/csv; charset={encoding}", marked)
    if content.startswith(ZIP_MAGIC) and ending.lower() in {"xlsx", "xlsm"}:
        media = XLSM if ending.lower() == "xlsm" else XLSX
        marked = marked_workbook(content, tables, rows, job.id)
        return ErrorFile(f"{stem}_取込結果.{ending}", media, marked)
    cells = {
        grid.sheet: [(row.row_no, row.cells) for row in grid.rows]
        for grid in read_workbook(content, [])
    }
    marked = plain_workbook(tables, cells, rows, job.id)
    return ErrorFile(f"{stem}_取込結果.xlsx", XLSX, marked)


def bad_rows_of(session: Session, job: ImportJob, locale: Locale) -> Iterator[BadRow]:
    for outcome in _BAD:
        after = 0
        while part := queries.rows(session, job.id, after=after, limit=_AT_ONCE, outcome=outcome):
            for row in part:
                reasons = [
                    (message["column"], sentence(message, locale))
                    for message in row["messages"]
                    if message["level"] in BLOCKING
                ]
                yield BadRow(row["sheet"], row["row_no"], reasons)
            after = part[-1]["id"]
