"""Files that mean harm, or that no program could read: each ends at once with a named reason."""

import io
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from importers.errors import (
    DamagedWorkbook,
    EmptyFile,
    EncryptedWorkbook,
    HeaderNotFound,
    NotATable,
    OversizedWorkbook,
    TooManyColumns,
    UnknownEncoding,
)
from importers.reading.file import read_tables
from service.core.errors import DomainError

KNOWN = frozenset({"施設コード", "施設名", "備考"})
SECONDS, MEGABYTES = 5, 300
HEADER = "施設コード,施設名,備考\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _book(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _with(book: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part rewritten, or added when there was none."""
    old, new = zipfile.ZipFile(io.BytesIO(book)), io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            archive.writestr(name, change(old.read(name)) if name == part else old.read(name))
        if part not in old.namelist():
            archive.writestr(part, change(b""))
    return new.getvalue()


def _sheet(xml: str) -> bytes:
    return _with(
        _book([["施設コード", "施設名"], ["A", "甲"]]),
        "xl/worksheets/sheet1.xml",
        lambda _: xml.encode(),
    )


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'
)


def zip_bomb() -> bytes:
    zeros = SHEET.format("<sheetData>" + " " * (2 << 30 >> 1) + "</sheetData>")
    return _sheet(zeros)


def entities() -> bytes:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 50 + '">]>'
    return _with(
        _book([["施設コード", "施設名"]]),
        "xl/workbook.xml",
        lambda xml: (
            xml.replace(b"?>", b"?>" + laughs.encode(), 1)
            if b"?>" in xml
            else laughs.encode() + xml
        ),
    )


def _other_zip() -> bytes:
    return _zip({"../../etc/passwd": b"root"})


HOSTILE: dict[str, tuple[Callable[[], bytes], type[DomainError]]] = {
    "empty": (bytes, EmptyFile),
    "only line ends": (lambda: b"\r\n\r\n\x1a", EmptyFile),
    "zip bomb": (zip_bomb, OversizedWorkbook),
    "entities": (entities, DamagedWorkbook),
    "NUL": (lambda: HEADER.encode() + b"A,\x00\x00\x01,\n", NotATable),
    "html named xlsx": (lambda: b"<html><table><tr><td>A</table>", NotATable),
    "xml": (lambda: b'<?xml version="1.0"?><a/>', NotATable),
    "pdf": (lambda: b"%PDF-1.7\n1 0 obj", NotATable),
    "encrypted": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), EncryptedWorkbook),
    "broken ole": (lambda: OLE + b"\x00" * 2000, DamagedWorkbook),
    "broken zip": (lambda: b"PK\x03\x04" + b"\x00" * 2000, DamagedWorkbook),
    "zip of other things": (_other_zip, NotATable),
    "mixed encodings": (
        lambda: HEADER.encode() + "A,甲,\n".encode() + "B,乙,\n".encode("cp932") + b"\x80\xff\n",
        UnknownEncoding,
    ),
    "one column": ("施設コード\nA\n".encode, HeaderNotFound),
}


def _zip(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_refused_at_once(name):
    make, error = HOSTILE[name]
    content = make()
    started = time.monotonic()
    with pytest.raises(error):
        read_tables(content, known=KNOWN)
    assert time.monotonic() - started < SECONDS


def test_a_cell_of_five_megabytes_is_refused():
    content = (HEADER + "A," + "甲" * 5_000_000 + ",\n").encode()
    with pytest.raises(NotATable):
        read_tables(content, known=KNOWN)


def test_the_line_of_the_first_bad_byte_is_told():
    content = HEADER.encode() + "A,甲,\n".encode() + b"\x80\xff\n"
    with pytest.raises(UnknownEncoding) as refused:
        read_tables(content, known=KNOWN)
    assert refused.value.params["line"] == "3"


def test_a_million_columns_are_refused():
    content = (",".join(f"列{n}" for n in range(1_000_000)) + "\n" + "," * 999_999 + "\n").encode()
    with pytest.raises(TooManyColumns):
        read_tables(content, known=KNOWN)


def test_links_to_other_files_are_told_and_never_opened():
    book = _with(
        _book([["施設コード", "施設名"], ["A", "甲"]]),
        "xl/externalLinks/externalLink1.xml",
        lambda _: b"<externalLink/>",
    )
    assert {"code": "external-links"} in read_tables(book, known=KNOWN).notes


def test_formulas_are_only_their_last_value():
    book = _book([["施設コード", "施設名"], ["A", '=HYPERLINK("http://x","甲")']])
    (row,) = read_tables(book, known=KNOWN).tables[0].rows
    assert row.cells[1] == "\ue000"  # nobody has calculated it


def test_refusing_takes_little_memory():
    """The worst of them, alone in a process that may not grow."""
    script = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.importers.reading.test_hostile import KNOWN\n"
        "from importers.reading.file import read_tables\n"
        "import resource\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    read_tables(sys.stdin.buffer.read(), known=KNOWN)\n"
        "except Exception as error:\n    print(type(error).__name__)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], input=zip_bomb(), capture_output=True, check=True
    )
    name, grown_mb = done.stdout.decode().split()
    assert name == "OversizedWorkbook"
    assert int(grown_mb) < MEGABYTES
