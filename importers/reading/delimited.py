import csv
from itertools import islice

from importers.errors import NotATable, TooManyColumns
from importers.reading.encoding import encoding_of
from importers.reading.rows import DelimitedRows, small
from importers.reading.table import Grid

_MAX_CELL_CHARACTERS = 1_000_000
_NOT_TABLES = ("<!doctype", "<html", "<?xml", "%pdf", "{\\rtf")
_SAMPLE_BYTES = 64 * 1024
_SAMPLE_LINES = 30
MAX_COLUMNS = 16_384  # as many as a sheet of Excel can have


def read_delimited(content: bytes, encoding: str | None = None) -> Grid:
    """CSV or TSV.

    Raises:
        UnknownEncoding: when no strict decoder accepts the bytes.
        NotATable: when the text is something else.
        TooManyColumns: more than a sheet can have.
    """
    encoding = encoding_of(content, encoding)
    sample = content[:_SAMPLE_BYTES].decode(encoding, "ignore").replace("\r", "\n")
    if sample.lstrip()[:16].lower().startswith(_NOT_TABLES):
        raise NotATable
    if any(line.count(b",") > MAX_COLUMNS for line in content.split(b"\n", _SAMPLE_LINES)[:-1]):
        raise TooManyColumns(limit=str(MAX_COLUMNS))
    csv.field_size_limit(_MAX_CELL_CHARACTERS)
    rows = DelimitedRows(content, encoding, delimiter_of(content, encoding))
    return Grid(None, small(rows), encoding)


def delimiter_of(content: bytes, encoding: str) -> str:
    """A tab when the first lines hold more of them than of commas."""
    sample = content[:_SAMPLE_BYTES].decode(encoding, "ignore").replace("\r", "\n")
    lines = "".join(islice(filter(None, sample.split("\n")), _SAMPLE_LINES))
    return "\t" if lines.count("\t") > lines.count(",") else ","
