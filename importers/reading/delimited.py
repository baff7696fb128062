import csv
from itertools import islice

from importers.errors import NotATable
from importers.reading.encoding import decode
from importers.reading.table import Grid, SourceRow

END_OF_FILE = "\x1a"  # old systems end a text file with Ctrl-Z
_MAX_CELL_CHARACTERS = 1_000_000
_NOT_TABLES = ("<!doctype", "<html", "%pdf", "{\\rtf")


def read_delimited(content: bytes, encoding: str | None = None) -> Grid:
    """CSV or TSV.

    Raises:
        UnknownEncoding: when no strict decoder accepts the bytes.
        NotATable: when the text is something else.
    """
    text, encoding = decode(content, encoding)
    text = text.rstrip(END_OF_FILE)
    if text.lstrip()[:16].lower().startswith(_NOT_TABLES):
        raise NotATable
    csv.field_size_limit(_MAX_CELL_CHARACTERS)
    try:
        rows = _parse(_physical_lines(text))
    except csv.Error as error:
        raise NotATable from error
    return Grid(None, rows, encoding)


def _delimiter(lines: list[str]) -> str:
    sample = "".join(islice(lines, 30))
    return "\t" if sample.count("\t") > sample.count(",") else ","


def _parse(lines: list[str]) -> list[SourceRow]:
    reader = csv.reader(lines, delimiter=_delimiter(lines))
    rows, started_at = [], 1
    for cells in reader:
        rows.append(SourceRow(started_at, tuple(cells)))
        started_at = reader.line_num + 1
    return rows


def _physical_lines(text: str) -> list[str]:
    """Lines as an editor counts them; other separators of `str.splitlines` stay inside cells."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return [line + "\n" for line in unified.removesuffix("\n").split("\n")]
