"""The facility of a table that names it only in its title, beside it, or as the sheet's name."""

from collections.abc import Iterator

from importers.directory import Directory
from importers.mapping import Mapping
from importers.reading.table import SourceTable, header_name
from importers.records import Message, problem
from importers.values.reading import Unreadable

FACILITY = frozenset({"facility", "facility_code"})


def facility_of(
    table: SourceTable, mapping: Mapping, directory: Directory
) -> tuple[str | None, Message | None]:
    """The code, and what is to be told of it to every row: where it was found, or a question.

    Nothing at all for tables that name their facilities in a column, or that need none.
    """
    wanted = FACILITY & {column.field for column in mapping.source.columns}
    if not wanted or wanted & mapping.fields or mapping.source.main == "facility":
        return None, None
    if not mapping.source.elsewhere & FACILITY:
        return None, None
    labels = {
        h for column in mapping.source.columns if column.field in FACILITY for h in column.headers
    }
    words = list(_words(table, labels)) or ["-"]
    for word in words:
        code = _named(directory, word)
        if code is not None:
            told = problem("warning", "facility-from-context", facility=code, value=word)
            return code, told
    if mapping.source.placed_by & mapping.fields:
        return None, None
    return None, problem("question", "facility-of-table", value=words[0])


def _words(table: SourceTable, labels: set[str]) -> Iterator[str]:
    """The likeliest first: a labelled cell, the sheet's name, other words around the table."""
    for label, value in table.context:
        if header_name(label) in labels:
            yield value
    if table.sheet:
        yield table.sheet
    for label, value in table.context:
        if header_name(label) not in labels:
            yield value or label


def _named(directory: Directory, word: str) -> str | None:
    try:
        return directory.code_of("facility", word)
    except Unreadable:
        return directory.mentioned("facility", word)
