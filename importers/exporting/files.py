"""Ledgers as CSV and xlsx; no cell of them is ever a formula."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import IO

import xlsxwriter

from importers.exporting.formulas import harmless

_WIDEST = 40
_AT_ONCE = 500


class LedgerFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    LedgerFormat.CSV: "text/csv; charset=utf-8",
    LedgerFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def written_csv(lines: Iterable[list[str]], encoding: str = "utf-8-sig") -> Iterator[bytes]:
    """Part after part; UTF-8 has the mark that Excel needs."""
    if encoding == "utf-8-sig":
        yield b"\xef\xbb\xbf"
        encoding = "utf-8"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for number, line in enumerate(lines, start=1):
        writer.writerow([harmless(cell) for cell in line])
        if number % _AT_ONCE == 0:
            yield out.getvalue().encode(encoding)
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode(encoding)


def written_xlsx(lines: Iterable[list[str]], sheet: str) -> IO[bytes]:
    """Every cell as text in constant memory; the file is closed by whoever has read it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed over
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    page = book.add_worksheet(sheet[:31])
    bold = book.add_format({"bold": True, "bottom": 1})
    for row_no, line in enumerate(lines):
        if row_no == 0:
            for at, name in enumerate(line):
                page.set_column(at, at, min(max(len(name) * 2, 10), _WIDEST))
        for at, cell in enumerate(line):
            if cell:
                page.write_string(row_no, at, cell, bold if row_no == 0 else None)
    page.freeze_panes(1, 0)
    book.close()
    file.seek(0)
    return file
