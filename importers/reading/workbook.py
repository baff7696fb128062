import io
import zipfile
from dataclasses import replace

import fastexcel

from importers.errors import DamagedWorkbook, EncryptedWorkbook, NotATable, OversizedWorkbook
from importers.reading.appearance import BookLook, Look, look_of
from importers.reading.rows import ArrowRows, small
from importers.reading.table import Grid, Note

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
_WORKBOOK_PARTS = ("xl/", "content.xml")


def is_workbook(content: bytes) -> bool:
    return content.startswith((ZIP_MAGIC, OLE_MAGIC))


def read_workbook(content: bytes, notes: list[Note]) -> list[Grid]:
    """The visible sheets of an xlsx, xlsm, xls or ods file, in order.

    ``notes`` tells of sheets that are hidden and of links to other files, which are not followed.

    Raises:
        NotATable: for a zip file that is no workbook.
        EncryptedWorkbook: for one with a password.
        OversizedWorkbook: for one that unpacks to more than a gigabyte.
        DamagedWorkbook: for one that cannot be read.
    """
    _look_before_unpacking(content)
    book = look_of(content) if content.startswith(ZIP_MAGIC) else BookLook()
    if book.external_links:
        notes.append({"code": "external-links"})
    grids = []
    try:
        reader = fastexcel.read_excel(content)
        for name in reader.sheet_names:
            look = book.sheets.get(name, Look())
            if look.is_hidden:
                notes.append({"code": "hidden-sheet", "sheet": name})
            else:
                grids.append(replace(_grid(reader, name, look), epoch_1904=book.epoch_1904))
    except fastexcel.FastExcelError as error:
        raise DamagedWorkbook from error
    return grids


def _look_before_unpacking(content: bytes) -> None:
    if content.startswith(OLE_MAGIC):
        if _ENCRYPTED_STREAM in content:
            raise EncryptedWorkbook
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise DamagedWorkbook from error
    if not any(part.filename.startswith(_WORKBOOK_PARTS) for part in parts):
        raise NotATable
    if sum(part.file_size for part in parts) > _MAX_UNPACKED_BYTES:
        raise OversizedWorkbook


def _grid(reader: fastexcel.ExcelReader, name: str, look: Look) -> Grid:
    # skip_rows=0 keeps the blank rows at the top, so that row numbers are those of the sheet.
    sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if sheet.height == 0:
        return Grid(name, [], look=look)
    return Grid(name, small(ArrowRows(sheet.to_arrow(), look.odd)), look=look)
