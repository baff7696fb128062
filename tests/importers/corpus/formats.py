"""Cells as the bytes of a file, in the formats in which ledgers are handed over."""

import csv
import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | None
Cells = Sequence[Sequence[Cell]]


def delimited(
    rows: Cells, *, encoding: str = "cp932", delimiter: str = ",", tail: bytes = b""
) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue().encode(encoding) + tail


def fill(sheet: Worksheet, rows: Cells) -> None:
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def workbook(sheets: Mapping[str, Cells]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        fill(book.create_sheet(name), rows)
    return saved(book)


def with_macros(content: bytes) -> bytes:
    """The workbook as an .xlsm: another content type and a (dead) macro project."""
    source = zipfile.ZipFile(io.BytesIO(content))
    target = io.BytesIO()
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name).replace(plain, macro))
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(508))
    return target.getvalue()


_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"))
)


def open_document(sheets: Mapping[str, Cells]) -> bytes:
    tables = "".join(_ods_table(name, rows) for name, rows in sheets.items())
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    document = f'<office:document-content {_NAMES} office:version="1.2">{body}'
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", _ODS)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?>{document}</office:document-content>',
        )
    return content.getvalue()


def _ods_table(name: str, rows: Cells) -> str:
    lines = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
    )
    return f'<table:table table:name="{escape(name)}">{lines}</table:table>'


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, str):
        text = escape(cell)
        return (
            '<table:table-cell office:value-type="string">'
            f"<text:p>{text}</text:p></table:table-cell>"
        )
    return (
        f'<table:table-cell office:value-type="float" office:value="{cell}">'
        f"<text:p>{cell}</text:p></table:table-cell>"
    )


# The .xls of Excel 97: a stream of records (BIFF8) inside a compound file of 512-byte sectors.
_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def excel_97(name: str, rows: Cells) -> bytes:
    return _compound("Workbook", _biff(name, rows))


def _record(number: int, payload: bytes) -> bytes:
    return struct.pack("<HH", number, len(payload)) + payload


def _biff(name: str, rows: Cells) -> bytes:
    title = name.encode("utf-16-le")
    bof = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    codepage = _record(0x0042, struct.pack("<H", 1200))
    head = len(bof) + len(codepage)
    sheet_at = head + 4 + 8 + len(title) + 4
    bound = _record(0x0085, struct.pack("<IHBB", sheet_at, 0, len(name), 1) + title)
    eof = _record(0x000A, b"")
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    width = max(len(row) for row in rows)
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for number, row in enumerate(rows):
        sheet += b"".join(_biff_cell(number, place, cell) for place, cell in enumerate(row))
    return bof + codepage + bound + eof + sheet + eof


def _biff_cell(row: int, place: int, cell: Cell) -> bytes:
    if cell is None or cell == "":
        return b""
    if isinstance(cell, str):
        text = cell.encode("utf-16-le")
        return _record(0x0204, struct.pack("<HHHHB", row, place, 0, len(cell), 1) + text)
    return _record(0x0203, struct.pack("<HHHd", row, place, 0, cell))


def _compound(name: str, stream: bytes) -> bytes:
    """One stream of at least 4096 bytes, so that no short sectors are needed."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    sectors = len(stream) // _SECTOR
    chain = [_FAT, _END, *range(3, sectors + 2), _END]
    chain += [_FREE] * (_SECTOR // 4 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    root = _entry("Root Entry", 5, 1, _END, 0)
    directory = root + _entry(name, 2, _FREE, 2, len(stream)) + _entry("", 0, _FREE, 0, 0) * 2
    return header + struct.pack("<128I", *chain) + directory + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    title = (name.encode("utf-16-le") + b"\0\0") if name else b""
    links = struct.pack("<BBIII", kind, 1, _FREE, _FREE, child)
    head = title.ljust(64, b"\0") + struct.pack("<H", len(title)) + links
    return head + bytes(36) + struct.pack("<IQ", start, size)


def archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        for name, body in files:
            target.writestr(name, body)
    return content.getvalue()
